"""Whether a path reverses, found without comparing every leg with every other."""

import numpy as np
import pytest

from onstation.geodesy import turn_deg
from onstation.missions.features import REVERSAL_DEG, _reverses
from onstation.schema import Floats


def plainly(courses: Floats) -> bool:
    """Compare all with all."""
    if len(courses) < 2:
        return False
    apart = np.abs(turn_deg(courses[:, None], courses[None, :]))
    return bool((apart >= REVERSAL_DEG).any())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8])
def test_a_reversal_is_found_as_by_comparing_all_legs(count: int) -> None:
    rng = np.random.default_rng(count)
    told = set()
    for _ in range(400):
        near = rng.choice([0.0, 10.0, REVERSAL_DEG - 0.5, REVERSAL_DEG], count)
        whole = rng.choice([-360.0, 0.0, 360.0], count)
        for courses in (rng.uniform(-180, 180, count), rng.uniform(-180, 180) + near + whole):
            told.add(_reverses(courses))
            assert _reverses(courses) == plainly(courses), courses

    assert True in told or count < 2
