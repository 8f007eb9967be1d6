"""adsb.lol's own tar1090: one aircraft and day at a time, about the last 30 days."""

from onstation.sources.providers import AIRCRAFT, ODBL, Provider
from onstation.sources.published.tar1090 import PACE_S, opened

PROVIDER = Provider(
    name="adsblol",
    covers="one aircraft and day at a time, about the last 30 days, and today",
    terms="ODbL 1.0: name adsb.lol; a database made from it must be ODbL too",
    kind=AIRCRAFT,
    base="https://adsb.lol",
    opens=opened,
    pace_s=PACE_S,
    keeps_days=30,
    attribution=(
        "Contains information from adsb.lol, made available under the Open Database License "
        "(ODbL) 1.0."
    ),
    viewer="https://adsb.lol/",
    licence=ODBL,
)
