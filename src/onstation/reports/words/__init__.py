"""What is said in plain words, whatever it is written on.

Read `phrases` (a number, a day, a list in a sentence), which all others use; then what every
answer says: `heard` (days and holes), `norm` (more than usual?), `limits` (what it cannot
show). After these, by what is told: a report is `grid` and `below`, with `asides`; an
aircraft is `story`, with `explained` and `trust`; the ledger is `coverage`; published figures
are `claims`; the rule is `rule`.
"""
