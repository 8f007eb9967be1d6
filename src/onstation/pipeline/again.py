"""Judge again what changed of an address, from what is known of the rest.

Pure but for reading documents: what is to be written goes back as plain data to the
process that owns the store, so any process can do it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from onstation.pipeline.history import History, Source, digest
from onstation.pipeline.judge import Bench, Faced, Flown, flown_by, rows_of, type_of
from onstation.pipeline.together import ends_of
from onstation.schema import NO_FLEET, Anew, Judged, Known, Listed, Shown, SortieSpan, Track
from onstation.tracks.stretches import spans_of

Read = Callable[[str], Track]
"""Returns what the document of a digest holds."""


def judge_again(known: Known, depends: str, bench: Bench, read: Read) -> Anew:
    """Return what is to be written of an address.

    Parameters
    ----------
    depends
        Names rule, fleet and regions: what every row depends on.
    """
    every = tuple(_seen(one, read) for one in known.listed)
    listed = tuple(new for new, old in zip(every, known.listed, strict=True) if old.spans is None)
    numbers: dict[date, int] = {}
    judged: list[Judged] = []
    found: dict[bool, tuple[Shown, ...]] = {}
    places: set[tuple[bool, int]] = set()
    for recorded in (True, False):
        history = _history(known, every, recorded, bench, read)
        found[recorded] = tuple(history.shown)
        for piece in history.pieces:
            first_ms, _ = history.span(piece)
            held = _held(known.icao, bench)
            key = digest(f"{depends} {history.key(piece, held, numbers)}")
            before = known.pieces.get((recorded, first_ms))
            places.add((recorded, first_ms))
            if before and before.key == key:
                _count_on(numbers, before.sorties)
            else:
                flown = flown_by(history.fly(piece, held, numbers), bench.fleet)
                judged.append(_judged(recorded, first_ms, key, flown, bench))
    return Anew(known.icao, listed, found, tuple(judged), tuple(known.pieces.keys() - places))


def flights_in(
    known: Known, bench: Bench, read: Read, places: Collection[tuple[bool, int]] | None = None
) -> list[Flown]:
    """Return the sorties of an address, of some pieces of it if they are named.

    Parameters
    ----------
    places
        Kind and beginning of the pieces.
    """
    every = tuple(_seen(one, read) for one in known.listed)
    numbers: dict[date, int] = {}
    found: list[Flown] = []
    for recorded in (True, False):
        history = _history(known, every, recorded, bench, read)
        for piece in history.pieces:
            place = (recorded, history.span(piece)[0])
            if places is None or place in places:
                sorties = history.fly(piece, _held(known.icao, bench), numbers)
                found += flown_by(sorties, bench.fleet)
            else:
                _count_on(numbers, known.pieces[place].sorties)
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
    known: Known, every: Iterable[Listed], recorded: bool, bench: Bench, read: Read
) -> History:
    chosen = [one for one in every if one.recorded == recorded]
    faces = [
        Faced(
            one.first_ms,
            (one.day, one.source, one.sha256),
            one.registration,
            one.type_reported,
            one.callsigns,
        )
        for one in chosen
    ]
    return History(
        [
            Source(f"{one.sha256} {one.source} {one.evidence_url}", one.spans or ())
            for one in chosen
        ],
        lambda place: read(chosen[place].sha256),
        type_of(faces, known.icao, bench.fleet),
        known.shown[recorded],
    )


def _held(icao: str, bench: Bench) -> Callable[[date], bool]:
    return lambda day: bench.held(icao, day)


def _judged(
    recorded: bool, first_ms: int, key: str, flown: Sequence[Flown], bench: Bench
) -> Judged:
    return Judged(
        recorded,
        first_ms,
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
