"""What is kept: raw documents, the ledger of questions and answers, missions derived.

Days are proleptic ordinals in the tables and dates outside, instants are Unix milliseconds, sizes
bytes. Whatever SQLite refuses is a `StoreError`: what, where, and what to do.

One SQLite file, in the order its parts build on one another:

`connection`
    one connection, whose failures are sentences and whose transactions nest
`seals`
    a digest on every row, so that a flipped byte is found
`archive`
    documents as received, each once, and who they are of
`days`, `files`
    which of the user's own files were read, and what they make of each day
`answers`, `ledger`
    what was asked of sources and what came back; what is known of each day and aircraft
`pulls`
    how far the reading of a published day has come
`changes`, `touched`
    whether anything changed since rows were derived, and from when to when of whom
`pieces`, `derived`
    what was found out of each history, and the missions it gave
`views`
    what other programs may read
`database`
    the file itself: made, opened, checked
`upgrade`
    tables of an older version brought up to date, after a copy was made
`lock`, `peek`
    one run at a time; a glance for completion, without waiting

And where a file was damaged, in the order a repair goes:

`journal`, `pages`
    what lies in the file and beside it, read without SQLite
`salvage`, `flips`
    rows that are as they were written, and those of which one byte can be put back
`losses`
    what is held no longer, which nothing may claim and which is asked for again
`swap`
    the new file in the place of the damaged one, which is kept
"""
