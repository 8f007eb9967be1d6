"""Judge again what changed of an address, from what is known of the rest.

Pure but for reading documents: what is to be written goes back as plain data to the
process that owns the store, so any process can do it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from onstation.pipeline.history import History, Source, digest
from onstation.pipeline.judge import Bench, Flown, flown_by, rows_of, type_of
from onstation.pipeline.together import ends_of
from onstation.schema import NO_FLEET, Anew, Around, Judged, Known, Listed, SortieSpan, Track
from onstation.tracks.stretches import spans_of

Read = Callable[[str], Track]
"""Returns what the document of a digest holds."""


class OutsideWindowError(Exception):
    """What changed reaches beyond the window that was looked at."""


def judge_again(known: Known, depends: str, bench: Bench, read: Read) -> Anew:
    """Return what is to be written of an address.

    Parameters
    ----------
    depends
        Names rule, fleet and regions: what every row depends on.

    Raises
    ------
    OutsideWindowError
        All of its history must be looked at.
    """
    numbers: dict[date, int] = {}
    found = [
        _judge_kind(known.icao, recorded, around, numbers, depends, bench, read)
        for recorded, around in ((True, known.recorded), (False, known.rebuilt))
    ]
    return Anew(
        known.icao,
        tuple(one for kind in found for one in kind.listed),
        {recorded: kind.shown[recorded] for kind in found for recorded in kind.shown},
        tuple(place for kind in found for place in kind.unshown),
        tuple(piece for kind in found for piece in kind.pieces),
        tuple(place for kind in found for place in kind.gone),
    )


def _judge_kind(
    icao: str,
    recorded: bool,
    around: Around,
    numbers: dict[date, int],
    depends: str,
    bench: Bench,
    read: Read,
) -> Anew:
    every = tuple(_seen(one, read) for one in around.listed)
    listed = tuple(new for new, old in zip(every, around.listed, strict=True) if old.spans is None)
    for day, count in around.numbers.items():
        numbers[day] = max(count, numbers.get(day, 0))
    history = _history(icao, around, every, bench, read)
    shown, pieces = tuple(history.shown), []
    places: set[int] = set()
    for piece in history.pieces:
        first_ms, last_ms = history.span(piece)
        places.add(first_ms)
        key = digest(f"{depends} {history.key(piece, _held(icao, bench), numbers)}")
        before = around.pieces.get(first_ms)
        if before and before.key == key:
            _count_on(numbers, before.sorties)
            continue
        flown = flown_by(history.fly(piece, _held(icao, bench), numbers), bench.fleet)
        pieces.append(_judged(recorded, (first_ms, last_ms), key, flown, bench))
    begin = {one.first_ms for one in shown}
    old = {one.first_ms for one in around.shown.values()}
    return Anew(
        icao,
        listed,
        {recorded: tuple(one for one in shown if around.shown.get(one.key) != one)},
        tuple((recorded, first_ms) for first_ms in sorted(old - begin)),
        tuple(pieces),
        tuple((recorded, first_ms) for first_ms in sorted(around.pieces.keys() - places)),
    )


def flights_in(
    known: Known, bench: Bench, read: Read, places: Collection[tuple[bool, int]] | None = None
) -> list[Flown]:
    """Return the sorties of an address, of some pieces of it if they are named.

    Parameters
    ----------
    known
        All that is known of it.
    places
        Kind and beginning of the pieces.
    """
    numbers: dict[date, int] = {}
    found: list[Flown] = []
    for recorded, around in ((True, known.recorded), (False, known.rebuilt)):
        every = tuple(_seen(one, read) for one in around.listed)
        history = _history(known.icao, around, every, bench, read)
        for piece in history.pieces:
            first_ms, _ = history.span(piece)
            if places is None or (recorded, first_ms) in places:
                sorties = history.fly(piece, _held(known.icao, bench), numbers)
                found += flown_by(sorties, bench.fleet)
            else:
                _count_on(numbers, around.pieces[first_ms].sorties)
    return found


def _seen(one: Listed, read: Read) -> Listed:
    """Return a document with what must be known of it to lay out a history."""
    if one.spans is not None:
        return one
    track = read(one.sha256)
    heard = dict.fromkeys(track.callsign[track.callsign >= 0].tolist())
    callsigns = tuple(track.callsigns[index] for index in heard)
    return replace(one, spans=spans_of(track), callsigns=callsigns)


def _history(
    icao: str, around: Around, every: Sequence[Listed], bench: Bench, read: Read
) -> History:
    heard = dict.fromkeys([*around.callsigns, *(sign for one in every for sign in one.callsigns)])
    designator = type_of(around.heads, heard, icao, bench.fleet)
    known = (one.beside.partition(" ") for one in around.shown.values() if one.beside)
    if around.window and any(was != str(designator) for _, _, was in known):
        raise OutsideWindowError
    return History(
        [Source(f"{one.sha256} {one.source} {one.evidence_url}", one.spans or ()) for one in every],
        lambda place: read(every[place].sha256),
        designator,
        around,
    )


def _held(icao: str, bench: Bench) -> Callable[[date], bool]:
    return lambda day: bench.held(icao, day)


def _judged(
    recorded: bool, span: tuple[int, int], key: str, flown: Sequence[Flown], bench: Bench
) -> Judged:
    return Judged(
        recorded,
        *span,
        key,
        tuple(
            SortieSpan(
                one.sortie.sortie_id,
                int(one.sortie.track.time_ms[0]),
                int(one.sortie.track.time_ms[-1]),
                one.match.fleet != NO_FLEET,
            )
            for one in flown
        ),
        tuple(row for one in flown for row in rows_of(one, bench)),
        tuple(ends_of(flown)),
    )


def _count_on(numbers: dict[date, int], sorties: Iterable[SortieSpan]) -> None:
    """Count sorties that were numbered before."""
    for one in sorties:
        _, year, month, day, number = one.sortie_id.rsplit("-", 4)
        numbers[date(int(year), int(month), int(day))] = int(number)
