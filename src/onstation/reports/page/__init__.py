"""How an answer looks as a page in a browser: one file that asks the network nothing.

Read `dossier` (what a page is made from), `write` (the page), then its parts: `rows`,
`chart`, `map`, and `look`, which chart and map share. The templates lie in `files/`.
"""
