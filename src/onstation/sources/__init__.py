"""Where traces come from and how their dialect becomes ours.

From what a user names to a decoded track, in the order in which it is gone through:

1. `named` tells a folder or file of the user's own from a published source, `addressed` opens
   what lies in an object store, `providers` says which published sources there are.
2. `local` finds the folders, archives and files in a place. Each is a `found.Holding`, whose
   trace documents come one by one as `found.Found`: a name, a size and how to read it.
3. An archive is followed from header to header by `members`, wherever its bytes come from:
   from files (`tar`), from an address (`addressed`), or as they are downloaded (`streamed`).
4. `inflate` makes text of what was received, all of it or the beginning.
5. `readsb` reads whose a document is and, if it is wanted, its rows; `mend` and
   `opensky_track` first make what is written otherwise into that dialect.
6. `readsb_rows` makes the rows into the arrays of a `schema.Track`.

Published sources, in `published/`, read their lists and tokens with `decoded`.

Nothing here knows the fleet or the store; `onstation.pipeline.examine` asks what is watched.
"""
