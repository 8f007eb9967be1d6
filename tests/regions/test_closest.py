"""The nearest sample is the one that looking at every sample finds, the first of several."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstation.regions import closest as module
from onstation.regions.closest import Closest
from onstation.regions.nearest import _xyz
from onstation.schema import Floats

SEED = st.integers(0, 2**32 - 1)


def drawn(rng: np.random.Generator) -> list[Floats]:
    """Return a few lines near each other, of a few samples or hundreds, some closed."""
    lines = []
    for _ in range(rng.integers(1, 6)):
        steps = rng.normal(0, 0.003, (rng.integers(1, 400), 2))
        lon, lat = np.cumsum(steps, axis=0).T + rng.normal(0, 1, (2, 1)) + [[-115.0], [30.0]]
        line = _xyz(lon, lat)
        lines.append(np.concatenate([line, line[:1]]) if rng.random() < 0.5 else line)
    return lines


def way(rng: np.random.Generator, scatter_deg: float) -> Floats:
    """Return places of a way, near the lines or at the other end of the world."""
    count = rng.integers(1, 400)
    lon, lat = np.cumsum(rng.normal(0, scatter_deg, (2, count)), axis=1)
    return _xyz(rng.choice([-115.0, -60.0, 65.0]) + lon, np.clip(30.0 + lat, -90, 90))


@given(SEED, st.sampled_from([0.0, 0.01, 0.3, 20.0]))
def test_the_nearest_sample_is_found_without_looking_at_all(seed: int, scatter_deg: float) -> None:
    rng = np.random.default_rng(seed)
    lines, places = drawn(rng), way(rng, scatter_deg)
    samples = np.concatenate(lines)

    closest = Closest(lines)
    found = closest.of(places)
    by_tree = closest._by_tree(places)

    away = np.stack([((samples - place) ** 2).sum(axis=1) for place in places])
    here = np.arange(len(places))
    assert (away[here, found] <= away.min(axis=1) * (1 + 1e-12)).all()
    assert (away[here, by_tree] <= away.min(axis=1) * (1 + 1e-12)).all()


def test_of_a_place_told_twice_the_first_is_meant() -> None:
    ring = _xyz(np.array([-115.0, -114.0, -114.0, -115.0]), np.array([30.0, 30.0, 31.0, 30.0]))

    closest = Closest([ring, ring])

    assert closest.of(ring).tolist() == closest._by_tree(ring).tolist() == [0, 1, 2, 0]


def test_whoever_asks_much_is_answered_by_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = _xyz(np.array([-115.0, -114.0, -114.0, -115.0]), np.array([30.0, 30.0, 31.0, 30.0]))
    monkeypatch.setattr(module, "MANY", 7)
    closest = Closest([ring])

    assert closest.of(ring).tolist() == [0, 1, 2, 0]
    monkeypatch.setattr(closest, "_of", None)
    assert closest.of(ring).tolist() == [0, 1, 2, 0]
