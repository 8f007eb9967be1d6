"""What a sortie is not judged in makes no difference to its rows."""

import numpy as np
import pytest
from adversary.causes import CAUSES
from adversary.score import rows_of

from onstation.pipeline import judge
from onstation.regions.model import Region
from onstation.schema import Sortie


def test_no_row_is_lost_where_a_sortie_passed_far_off(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("across_michoacan", "few_positions", "lost_on_the_way", "silent_over_region")
    cases = [CAUSES[name](np.random.default_rng(seed)) for name in names for seed in range(2)]
    passed = judge._passed_far_off
    far_off: list[bool] = []

    def seen(sortie: Sortie, region: Region) -> bool:
        far_off.append(passed(sortie, region))
        return far_off[-1]

    monkeypatch.setattr(judge, "_passed_far_off", seen)
    found = [rows_of(case) for case in cases]
    monkeypatch.setattr(judge, "_passed_far_off", lambda sortie, region: False)

    assert set(far_off) == {True, False}
    assert found == [rows_of(case) for case in cases]
