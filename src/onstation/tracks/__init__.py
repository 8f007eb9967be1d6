"""Tracks: join what was received of one address, clean it, cut it into sorties.

Read in the order in which a track passes through:

- `join`: the documents of one address become one track;
- `clean`: impossible positions are dropped, each by a named filter. `clocks` finds documents
  whose clock is off, `apart` the aircraft that share an address, `flags` the "ground" flags
  that are wrong; all of them ask `way` how far its positions lie apart;
- `stretches`: where a long history can be divided, so that its parts are judged apart;
- `sorties`: a cleaned track is cut into flights, at landings and at silences. `ground` and
  `contacts` say where it stood and what of that was a landing, `moments` what the aircraft was
  doing at a position, `silences` whether it can have landed unheard, `types` what its type can
  do, `ends` how a flight began and ended;
- `elsewhere`: where else the address was heard meanwhile;
- `handover`: which sorties went on under another address.
"""
