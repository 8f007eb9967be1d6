"""Find which of many places in space is nearest to each of others, at once and for long.

The places are samples of lines, in order: those of a short run of them are all near the one
in its middle. The nearest middle bounds how far the nearest sample is, and only the runs that
could hold it are looked into. The k-d tree of scipy gives the same answers in a third of the
time, but its import costs as much as fifty thousand of them: it is made where more are asked.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from onstation.schema import Floats, Ints

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

RUN = 16
"""So many samples are looked at together."""
AT_ONCE = 32
"""So many places are asked of in one go; keeps memory small."""
MANY = 60_000
"""Places asked of after which a tree is made: a day asks fewer, a year many more."""
SLACK_M = 10.0
"""Far more than rounding takes from a distance."""


class Closest:
    """Samples of lines, ready to be asked which is nearest.

    Parameters
    ----------
    lines
        Earth-centred coordinates of the samples of each line, shape (n, 3), in their order;
        all lines as one are numbered through. [m]
    """

    def __init__(self, lines: Sequence[Floats]) -> None:
        runs, numbers, first = [], [], 0
        for line in lines:
            count = -(-len(line) // RUN) * RUN
            rows = np.minimum(np.arange(count), len(line) - 1)  # the last again and again
            runs.append(line[rows].reshape(-1, RUN, 3))
            numbers.append((first + rows).reshape(-1, RUN))
            first += len(line)
        self._runs, self._numbers = np.concatenate(runs), np.concatenate(numbers)
        self._middle = np.ascontiguousarray(self._runs[:, RUN // 2].T)
        away = self._runs - self._runs[:, RUN // 2, None]
        self._lines, self._asked = lines, 0
        self._reach_m = float(np.sqrt((away**2).sum(axis=2).max())) + SLACK_M

    def of(self, places: Floats) -> Ints:
        """Return the number of the sample nearest to each place; the first of several.

        Parameters
        ----------
        places
            At least one, shape (n, 3), best in the order of a way. [m]
        """
        self._asked += len(places)
        if self._asked > MANY:
            return self._by_tree(places)
        parts = [places[at : at + AT_ONCE] for at in range(0, len(places), AT_ONCE)]
        return np.concatenate([self._of(part) for part in parts])

    @cached_property
    def _tree(self) -> "tuple[cKDTree, Ints]":
        """The samples as a tree, each place once, and their numbers."""
        from scipy.spatial import cKDTree

        samples = np.concatenate(self._lines)
        _, once = np.unique(samples, axis=0, return_index=True)  # an outline ends where it began
        numbers = np.sort(once)
        return cKDTree(samples[numbers]), numbers

    def _by_tree(self, places: Floats) -> Ints:
        tree, numbers = self._tree
        found: Ints = numbers[tree.query(places)[1]]
        return found

    def _of(self, places: Floats) -> Ints:
        here = np.arange(len(places))
        near = self._near(places)
        middle = self._middle[:, near]
        square = np.zeros((len(places), len(near)))
        for here_m, middle_m in zip(places.T, middle, strict=True):  # a product would start threads
            off_m = here_m[:, None] - middle_m
            square += np.multiply(off_m, off_m, out=off_m)
        bound_m = np.sqrt(np.maximum(square.min(axis=1), 0.0)) + self._reach_m
        place, run = np.nonzero(square <= (bound_m**2)[:, None])
        run = near[run]
        away = self._runs[run]
        away -= places[place, None]
        exact = np.einsum("ijk,ijk->ij", away, away)
        nearest = exact.argmin(axis=1)
        least = exact[np.arange(len(run)), nearest]
        of_all = np.minimum.reduceat(least, np.searchsorted(place, here))
        best = np.flatnonzero(least == of_all[place])
        best = best[np.searchsorted(place[best], here)]
        found: Ints = self._numbers[run[best], nearest[best]]
        return found

    def _near(self, places: Floats) -> Ints:
        """Return the runs among which the nearest to each of some places is, in their order."""
        middle = places.mean(axis=0)
        spread_m = float(np.sqrt(((places - middle) ** 2).sum(axis=1).max()))
        away_m = np.sqrt(((self._middle - middle[:, None]) ** 2).sum(axis=0))
        return np.flatnonzero(away_m <= away_m.min() + self._reach_m + 2 * spread_m)
