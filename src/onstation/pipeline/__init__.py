"""The order of the rooms: collect, derive, answer."""
