"""Where: regions and borders as outlines, and how far a place is from them.

From file to outline read `load` (what a regions file says), with `entries`, `shapes`,
`values`, `specs` and `faults`; then `resolve` (which outlines are in force) and `draw`, with
`read`, `outlines`, `shipped`; `model` is what comes of it. From flight to visit read
`geofence`, then `flight` (what of it is inside), `segments` and `bitgrid` (exact and fast),
`visits`, `fields` (what is taken off at airfields). `depth`, `nearest` (with
`closest`, which finds the sample of a line next to a place) and `bounds` measure distances to
the border; `show` and `thin` are for maps.
"""
