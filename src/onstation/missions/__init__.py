"""Missions: decide whether a sortie worked over a region, and say by which rule."""
