"""Who is watched and why: read the fleet file, match an address, find an aircraft.

Read `records` first: what the file says. `load` reads it, with `values` (one value and its
faults) and `expressions` (no pattern that hangs); `match` asks it whether an aircraft is
watched; `nnumber` turns a US N-number into its address and back.
"""
