"""The order of the rooms: collect, derive, answer.

The only place that walks from room to room. Read in the order in which a trace becomes a count:

Into the store. `collect` reads a person's own folders and archives, `pull` asks published
sources: `collect_archive` those of whole days, with `read_upload`, `collect_aircraft` those of
single aircraft.

- `examine`: whose a document is, whether it is watched, and whether it can be used;
- `day_task`: a folder or archive as a task that any process can do; `batch`, what was read and
  is not written yet; `at_hand`, tracks decoded on the way; `summary`, what a run did.

From documents to rows. `derive` keeps the rows in step with all they depend on.

- `stale`: which rows are out of step; `judges`: who judges, set up once; `crew`: the same in
  another process;
- `again`: what changed of an address, judged from what is known of the rest; `history`: an
  address laid out in pieces; `judge`: from a flight to its rows, room by room; `together`:
  flights that changed their address;
- `renumber`: which earlier names go on; `publish`: what other programs may read of the rows.

From rows to an answer.

- `ground`: what every answer stands on: days, filters, what it says of itself;
- `answer`: a report, its missions, the coverage; `against`: what counts are compared with;
  `sensitivity`: the same under other thresholds; `rule`: the rule in force;
- `identify`: whom a person means; `tail`: what that aircraft did; `explain`: why it counts;
- `daily` is the daily report; `claims`, with `measure`, holds published figures against the rows;
- `flights` and `scene` are what maps are drawn from, `dossier` what a page holds, with `thinned`
  (how few positions it needs), and `package` what a package holds.

And `repair` makes a damaged store sound again.
"""
