"""How many, out of how much that was heard, against what norm: numbers, and no words.

Read `counts` (rows chosen and counted), `uncounted` (what else was seen), `exposure` (days
heard), `baseline` (more than the norm?) with `poisson` (chances), `timeline` (counts over time),
`claims` (what others have published, beside ours).
"""
