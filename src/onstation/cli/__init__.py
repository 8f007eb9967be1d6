"""The command line: parse, call the pipeline, draw what it returns.

Read `main` first: the group of commands, and where errors become lines and statuses. Each
command is a module of its name: `fetch` and `daily`; `report`, `missions`, `tail`, `claims`,
`coverage`; `rule`, `fleet`, `regions`; `store`, `verify`, `completion`. What they share:

- `options`: what is spelled alike; `asking`: the store and period asked, the exit status;
- `exporting`: what may leave the tool; `formats`: the forms of mission rows; `writing`: where
  ``-o`` says; `packing` and `picturing`: packages and pictures;
- `terminal`: what the place that text goes to can show; `progress` and `pulling`: how a run is
  getting on;
- `mistyped` and `completing`: what was meant, and what may be typed next.
"""
