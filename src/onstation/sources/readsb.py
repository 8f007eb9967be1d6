"""The readsb dialect: what a trace document says, and how it becomes a track.

A document is one JSON object with a base time and rows at offsets from it, gzipped or
plain. Here end its list indexes, its ``"ground"`` in place of a number, its flag bits and
its padded callsigns. Nothing here opens a file.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from onstation.errors import DocumentError
from onstation.periods import utc_day
from onstation.schema import Document, Head, Track
from onstation.sources.inflate import TOO_LARGE, inflate, inflate_some
from onstation.sources.mend import mended
from onstation.sources.opensky_track import as_trace, is_track
from onstation.sources.readsb_rows import (
    BAD_ROW,
    EARLIEST_S,
    LATEST_S,
    WRONG_SHAPE,
    Row,
    callsign_of,
    rows_in,
    track_of,
)
from onstation.units import MS_PER_S

NOT_JSON, NO_POSITIONS = "not JSON", "no positions"
NO_ADDRESS = "no address"
WRONG_ADDRESS = "address does not match the file name"

MOST_LISTS = 400_000
"""Most rows and lists in them of one document: 25 hours at four positions a second."""
LONGEST_TEXT, LONGEST_LABEL = 200, 2000
"""What of a database text, and of a reconstruction's, is kept; readsb cuts at 12 to 100."""

HEAD_LENGTH = 640
"""Bytes of a document, as received and as text, in which its head almost always lies. [B]"""

_MARK = b"\xef\xbb\xbf"
_is_address = re.compile(r"~?[0-9a-f]{6}").fullmatch
_NAME = re.compile(r"trace_(?:full|recent)_(~?[0-9a-fA-F]{6})\.json(?:\.gz)?$")
_find_trace = re.compile(rb'"trace"\s*:\s*\[').search


_Scalar = str | int | float | bool | None
_NULL = msgspec.Raw(b"null")


class _Head(
    msgspec.Struct,
    gc=False,
    rename={"operator": "ownOp", "db_flags": "dbFlags", "unregistered": "noRegData"},
):
    """A document without its rows; database texts may be missing, or none."""

    icao: _Scalar = None
    r: _Scalar = None
    t: _Scalar = None
    desc: _Scalar = None
    operator: _Scalar = None
    db_flags: _Scalar = None
    unregistered: _Scalar = None
    reconstruction: _Scalar = None
    timestamp: _Scalar = None


class _Outer(_Head, gc=False):
    """A document with its rows as they are written."""

    trace: msgspec.Raw = msgspec.Raw()


class _Undecoded(msgspec.Struct, gc=False):
    """The same where a value is of no such type, as in ``"r": [[], []]``."""

    icao: msgspec.Raw = _NULL
    r: msgspec.Raw = _NULL
    t: msgspec.Raw = _NULL
    desc: msgspec.Raw = _NULL
    ownOp: msgspec.Raw = _NULL  # noqa: N815 - as it is spelled there
    dbFlags: msgspec.Raw = _NULL  # noqa: N815
    noRegData: msgspec.Raw = _NULL  # noqa: N815
    reconstruction: msgspec.Raw = _NULL
    timestamp: msgspec.Raw = _NULL
    trace: msgspec.Raw = msgspec.Raw()


class _Whole(_Head, gc=False, rename={"rows": "trace"}):
    """A document all whose rows are well-formed."""

    rows: list[Row] = []


class Opening(NamedTuple):
    """The head of a document and its base time.

    Attributes
    ----------
    base_s
        Midnight or the first position, depending on who wrote it. [Unix s]
    identified
        Whether the document's database said anything of the aircraft.
    """

    head: Head
    base_s: float
    identified: bool

    @property
    def day(self) -> date:
        """UTC day of the base time."""
        return _day_of(self.base_s)


@lru_cache(maxsize=64)  # nearly all documents of a day begin at its midnight
def _day_of(base_s: float) -> date:
    return utc_day(round(base_s * MS_PER_S))


_decode_outer = msgspec.json.Decoder(_Outer).decode
_decode_undecoded = msgspec.json.Decoder(_Undecoded).decode
_decode_scalar = msgspec.json.Decoder(_Scalar).decode
_decode_whole = msgspec.json.Decoder(_Whole).decode


def address_in(name: str) -> str | None:
    """Return the address a trace file is named after, in lower case; ``None`` if none is.

    >>> address_in("traces/ed/trace_full_adfeed.json")
    'adfeed'
    """
    found = _NAME.search(name)
    return found[1].lower() if found and found.end() == len(name) else None


def canonical_path(icao: str, day: date) -> str:
    """Return where a document lies in any ``globe_history`` tree.

    >>> canonical_path("~2ade01", date(2026, 12, 14))
    'globe_history/2026/12/14/traces/01/trace_full_~2ade01.json'
    """
    return f"globe_history/{day:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json"


def read_head(data: bytes) -> Head:
    """Return what a document says of its aircraft.

    Raises
    ------
    DocumentError
        The head cannot be read; later damage may go unnoticed.
    """
    opening = read_opening(data)
    assert opening is not None
    return opening.head


def read_opening(data: bytes, *, whole: bool = True) -> Opening | None:
    """Return the head and the base time of a document.

    Only its first bytes are inflated if the head lies there and says who flies: keys may
    come in any order, so an unidentified one is read to its end.

    Parameters
    ----------
    data
        The document as received, or its first bytes.
    whole
        Whether ``data`` is all of it.

    Returns
    -------
    Opening or None
        ``None`` if ``data`` is not whole and more of it is needed.
    """
    text, complete = inflate_some(data, HEAD_LENGTH)
    complete = complete and whole  # the first bytes of a plain document are no document
    if text[:1] != b"{" and text.strip():
        _check_object(text)
    if not complete:
        end = 0
        while found := _find_trace(text, end):
            end = found.end()
            try:
                opening = _opening(_decode_outer(text[:end] + b"]}"))
            except (msgspec.DecodeError, DocumentError, RecursionError, UnicodeDecodeError):
                continue
            if opening.identified:
                return opening
        if not whole:
            return None
    return _opening(_outer(_text_of(data)))


def callsigns_in(data: bytes) -> tuple[str, ...]:
    """Return every callsign a document names, in order of appearance."""
    outer = _outer(_text_of(data))
    rows, _ = rows_in(outer.trace)
    found = (callsign_of(row.details.flight) for row in rows if row.details)
    return tuple(dict.fromkeys(text for text in found if text))


def read_trace(data: bytes, *, document: Document) -> tuple[Track, dict[str, int]]:
    """Read the positions of a document.

    Bad rows are dropped and counted; positions come in order of time whatever the order
    of the rows. A callsign holds from the row that names it to the next one that does;
    the rows before the first take that one.

    Parameters
    ----------
    data
        The document exactly as received.
    document
        Its record, which the track refers to; ``head.icao`` must be its address.

    Returns
    -------
    track : Track
    dropped : dict of str to int
        How many rows were dropped, by reason.

    Raises
    ------
    DocumentError
        Nothing of it can be used.
    """
    outer = _whole(_text_of(data))
    opening = _opening(outer)
    if opening.head.icao != document.head.icao:
        raise DocumentError(WRONG_ADDRESS, f"{opening.head.icao} in it")
    return _track(outer, opening, document)


def read_document(
    data: bytes, *, record: Callable[[Opening], Document]
) -> tuple[Document, Track, dict[str, int]]:
    """Read the head and the positions of a document in one go.

    Parameters
    ----------
    record
        Makes the document's record from its head.

    Raises
    ------
    DocumentError
        Nothing of it can be used.
    """
    outer = _whole(_text_of(data))
    opening = _opening(outer)
    document = record(opening)
    return document, *_track(outer, opening, document)


def _track(
    outer: _Outer | _Whole, opening: Opening, document: Document
) -> tuple[Track, dict[str, int]]:
    rows, malformed = (outer.rows, 0) if isinstance(outer, _Whole) else rows_in(outer.trace)
    if not rows:
        reason = WRONG_SHAPE if malformed else NO_POSITIONS
        raise DocumentError(reason, f"{malformed} malformed rows" if malformed else "")
    track, dropped = track_of(rows, opening.base_s, document)
    if malformed:
        dropped = {BAD_ROW: malformed} | dropped
    if not len(track):
        told = ", ".join(f"{count} with {reason}" for reason, count in dropped.items())
        raise DocumentError(NO_POSITIONS, told)
    return track, dropped


def _text_of(data: bytes) -> bytes:
    """Return the text of a document; one in another dialect is told in this one."""
    text = inflate(data)
    return as_trace(text) if is_track(text) else text


def _whole(text: bytes) -> _Outer | _Whole:
    """Return the document with its rows, which are left undecoded where one is malformed."""
    _check_object(text)
    try:
        whole = _decode_whole(text.removeprefix(_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _outer(text)
    return whole if whole.rows else _outer(text)


def _outer(text: bytes) -> _Outer:
    """Return the document without its rows decoded."""
    _check_object(text)
    text = text.removeprefix(_MARK)
    try:
        try:
            return _decode_outer(text)
        except msgspec.ValidationError:
            return _told_apart(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            whole = mended(text)
            if whole == text:
                raise
            return _told_apart(whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(NOT_JSON, str(error)) from error


def _told_apart(text: bytes) -> _Outer:
    """Return a document some value of which is no text, number or truth value."""
    each = _decode_undecoded(text)
    outer = _Outer(*(_scalar(getattr(each, name)) for name in _Undecoded.__struct_fields__[:-1]))
    outer.trace = each.trace
    return outer


def _scalar(raw: msgspec.Raw) -> Any:
    """Return a value; ``True`` for a list, an object or a number nobody can hold."""
    try:
        return _decode_scalar(mended(bytes(raw)))
    except (msgspec.DecodeError, RecursionError):
        return True


def _check_object(text: bytes) -> None:
    """Raise unless a text, or the beginning of one, may be a JSON object of bearable size."""
    begins = text.removeprefix(_MARK)[:HEAD_LENGTH].lstrip()[:1]
    if begins != b"{":
        raise DocumentError(NOT_JSON, "does not begin with {" if begins else "empty")
    if len(text) > MOST_LISTS and text.count(b"[") > MOST_LISTS:
        raise DocumentError(TOO_LARGE, f"more than {MOST_LISTS} rows")


def _opening(outer: _Head) -> Opening:
    icao = outer.icao.strip().lower() if isinstance(outer.icao, str) else ""
    if not _is_address(icao):
        raise DocumentError(NO_ADDRESS, f"icao is {str(outer.icao)[:20]!r}")
    base = outer.timestamp
    if isinstance(base, bool) or not isinstance(base, int | float):
        raise DocumentError(WRONG_SHAPE, "no base time")
    if not EARLIEST_S <= base < LATEST_S:
        raise DocumentError(WRONG_SHAPE, f"base time {str(base)[:20]} is outside 1990 to 2100")
    flags = outer.db_flags
    head = Head(
        icao=icao,
        registration=_text(outer.r),
        type_reported=_text(outer.t),
        description=_text(outer.desc),
        operator=_text(outer.operator),
        db_flags=flags if type(flags) is int and 0 <= flags < 2**31 else 0,
        reconstruction=_label(outer.reconstruction),
    )
    identified = not (
        outer.r is None
        and outer.t is None
        and outer.db_flags is None
        and outer.unregistered is None
    )
    return Opening(head, float(base), identified)


def _text(value: Any) -> str | None:
    return value.strip()[:LONGEST_TEXT].strip() or None if isinstance(value, str) else None


def _label(value: Any) -> str | None:
    """Return what a document is reconstructed from; the bare key already makes it one."""
    if value is None or value is False:
        return None
    label = value.strip()[:LONGEST_LABEL].strip() if isinstance(value, str) else ""
    return label or "source not stated"
