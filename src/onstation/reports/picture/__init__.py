"""How an answer looks as a picture: a chart, a map of flights, a map of regions.

Read `base` (what all pictures share) and `words`, then `chart`; a map of flights is `map`,
on `ground`, with `tracks`, `facts` and `labels`; `regions` shows regions alone.
"""
