"""What is measured of a visit's shape with fewer steps is what plain steps would find."""

import numpy as np

from onstation.geodesy import turn_deg
from onstation.missions import features


def plainly(courses: features.Floats) -> bool:
    """Compare every course with every other."""
    apart = np.abs(turn_deg(courses[:, None], courses[None, :]))
    return bool((apart >= features.REVERSAL_DEG).any())


def test_a_reversal_is_found_wherever_comparing_every_two_courses_finds_one() -> None:
    rng = np.random.default_rng(1)
    found = []
    for spread in np.repeat([100.0, 148.0, 150.0, 152.0, 215.0, 360.0], 100):
        count = int(rng.integers(2, 12))
        courses = (rng.uniform(0, 360) + rng.uniform(0, spread, count)) % 360
        found.append(features._reverses(courses))
        assert found[-1] == plainly(courses), courses.tolist()
    for exact in ([0.0, 150.0], [10.0, 220.0], [359.0, 148.9], [90.0, 90.0], [270.0, 90.0, 90.0]):
        courses = np.array(exact)
        assert features._reverses(courses) == plainly(courses), exact

    assert 100 < sum(found) < len(found) - 100
