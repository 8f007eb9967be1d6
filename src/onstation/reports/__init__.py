"""What is told: counts against the norm, rows, pages and pictures.

Read `records` first: what an answer consists of. `columns` says what a mission row holds,
`flights` and `scene` what a map is drawn from, `explained` why a sortie counts, `safe` how a
stranger's text is made harmless, `replay` where a flight can be seen again, `type_looks` which
colour a type has. Then the
sub-rooms: `counting` makes the numbers, `words` the sentences, and one sub-room for each
kind of answer writes them down: `text`, `export`, `page`, `picture`, `package`. None of
these five needs another, but that a package holds what `export` writes.
"""
