"""Missions: decide whether a sortie worked over a region, and say by which rule.

Read in the order in which a sortie is judged:

- `features`: the shape of a visit: how far, how straight, how it turned;
- `station`: what the rule needs to know of a region;
- `transits`: what each visit counts as: time on station, a transit, or nothing decided;
- `unheard`: what may have happened there in silences, and beyond the ends of the flight;
- `rules`: the verdict on the sortie in the region, and its reason;
- `mexico`: whether it was in Mexican airspace; `integrity`: how its positions were obtained;
  `suspicion`: where it does not look like a flight;
- `rows`: all of it put into the row that stands behind a count.
"""
