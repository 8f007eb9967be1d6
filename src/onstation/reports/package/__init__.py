"""How a count travels with all that stands behind it: a Frictionless Data Package.

Read `files` (what is in it, one after another), `tables` and `schema` (its tables and their
types), `about` (its descriptor), `pages` (what an editor reads first).
"""
