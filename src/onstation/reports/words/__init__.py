"""What is said in plain words, whatever it is written on: sentences, stories, notes, cells.

Read `sentences`, which all others use; then `grid` and `below` (a report's table and what
stands below it), `asides` (what is not counted), `trust` (how far positions can be believed),
`story` (one aircraft), `coverage` (the ledger), `rule` (rule M1).
"""
