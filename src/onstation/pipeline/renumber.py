"""Which names of earlier rows go on in the rows that take their place."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from onstation.schema import Mission


def renumbered_apart(before: Sequence[Mission], after: Sequence[Mission]) -> list[Mission]:
    """Renumber recordings and reconstructions apart: neither supersedes the other.

    A name that now stands for one of the other kind is inherited by none.
    """
    found: list[Mission] = []
    for recorded in (True, False):
        others = {row.mission_id for row in after if (row.reconstruction is None) != recorded}
        own = _renumbered(
            [row for row in before if (row.reconstruction is None) == recorded],
            [row for row in after if (row.reconstruction is None) == recorded],
        )
        found += [
            replace(row, supersedes=tuple(name for name in row.supersedes if name not in others))
            for row in own
        ]
    return found


def _renumbered(before: Sequence[Mission], after: Sequence[Mission]) -> list[Mission]:
    """Return new rows that remember the names their sorties had before.

    Where more data renumbers a sortie, its old name stands in ``supersedes`` and goes on
    resolving. Two rows are of one sortie if their documents overlap and one was on its
    way while the other was.
    """
    names = {row.mission_id for row in after}
    spans = _spans(before)
    inherited: dict[str, set[str]] = {}
    for old, (start, end) in spans.items():
        for new, (first, last) in _spans(after).items():
            if start <= last and first <= end:
                known = inherited.setdefault(new, set())
                known.update(
                    name for row in before if row.mission_id == old for name in row.supersedes
                )
                if old != new and (old not in names or not _same(spans, after, old)):
                    known.add(old)
    return [
        replace(row, supersedes=tuple(sorted(inherited.get(row.mission_id, set()))))
        for row in after
    ]


def _spans(rows: Iterable[Mission]) -> dict[str, tuple[int, int]]:
    """Return, by mission, the first and last instant its rows speak of."""
    spans: dict[str, tuple[int, int]] = {}
    for row in rows:
        times = [
            time
            for time in (
                row.take_off_ms,
                row.on_station_start_ms,
                row.on_station_end_ms,
                row.landing_ms,
                row.lost_ms,
                row.date_ms,
            )
            if time is not None
        ]
        first, last = spans.get(row.mission_id, (min(times), max(times)))
        spans[row.mission_id] = (min(first, *times), max(last, *times))
    return spans


def _same(spans: dict[str, tuple[int, int]], after: Sequence[Mission], name: str) -> bool:
    """Say whether a name still stands for the sortie it stood for."""
    now = _spans(row for row in after if row.mission_id == name).get(name)
    return now is not None and spans[name][0] <= now[1] and now[0] <= spans[name][1]
