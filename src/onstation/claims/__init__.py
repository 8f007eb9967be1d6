"""Published figures: read from a file, each with its source, checked as a whole.

`load` is all of it; its records are in `onstation.claimed`. What the ledger says beside a figure
is asked in `onstation.pipeline.claims`, and compared in `onstation.reports.counting.claims`.
"""
