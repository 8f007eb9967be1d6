"""Tracks: join what was received of one address, clean it, cut it into sorties."""
