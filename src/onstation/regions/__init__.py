"""Where: regions and borders as outlines, and how far a place is from them."""
