"""A type looks the same in every picture and on every page."""

from pathlib import Path

from onstation.fleet.load import load_fleet
from onstation.reports.type_looks import OTHERS, SLOTS, hatch, mark, tint

FLEET = Path(__file__).parents[2] / "data" / "fleet.yaml"


def test_every_type_the_shipped_fleet_counts_has_a_look_of_its_own(tmp_path: Path) -> None:
    entries = [one for one in load_fleet(FLEET, tmp_path).entries if one.counted]
    kinds = {kind for one in entries for kind in (one.type, *one.types) if kind}

    assert kinds <= SLOTS.keys()
    looks = [(tint(kind), hatch(kind)) for kind in SLOTS]
    assert len(set(looks)) == len({(tint(kind), mark(kind)) for kind in SLOTS}) == len(SLOTS)


def test_a_type_of_a_users_own_fleet_keeps_its_look_and_takes_nobody_elses() -> None:
    own = (tint("XX99"), hatch("XX99"))

    assert own not in [(tint(kind), hatch(kind)) for kind in SLOTS]
    assert tint(OTHERS) == ("#555f6b", "#b8c2cc")
