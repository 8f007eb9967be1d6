"""Read a published day as it is downloaded: parts joined to one tar, nothing stored.

The archive is followed forwards only. What was seen so far can be written down at any
document and taken up again from there, in this run or a later one.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from onstation.errors import CHANGED, SHORT, SourceError
from onstation.schema import PARTIAL
from onstation.sources.found import Found
from onstation.sources.members import NAME_KEY, LostError, Walk, body_of
from onstation.sources.providers import Asset, Release

LARGEST_BODY = 32 * 1024 * 1024
"""Longest document of a stream that is read; as gzip it would be far over a day. [B]"""
GONE = (404, 410)
NOT_READ = "not read to its end"

Download = Callable[[Asset, int, dict[str, str]], Iterator[bytes]]
"""Yields a file from an offset to its end; raises SourceError. What changes when a file does is
looked up by its name, and noted."""


class Stream:
    """The files of a release as one run of bytes, read forwards.

    Parameters
    ----------
    start
        Offset to begin at. [B]
    validators
        What changes when a file does, by its name.
    wrong
        Names of files that are not what was published, those found out before included.
    """

    def __init__(
        self,
        release: Release,
        download: Download,
        start: int = 0,
        validators: dict[str, str] | None = None,
        wrong: list[str] | None = None,
    ) -> None:
        self.size = release.size
        self._validators = {} if validators is None else validators
        self.wrong = [] if wrong is None else wrong
        self.unchecked: list[str] = []
        self._chunks = self._joined(release, download, start)
        self._held = b""
        self._base = start

    @property
    def position(self) -> int:
        """How far it was read. [B]"""
        return self._base + len(self._held)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from an offset, which is never before an earlier one."""
        if start < self._base:
            raise ValueError(f"a stream does not go back from {self._base} to {start}")
        missing = start + length - self.position
        if missing > 0:
            pieces = [self._held[start - self._base :]] if start < self.position else []
            skip = max(0, start - self.position)
            missing = length - (len(pieces[0]) if pieces else 0)
            for chunk in self._chunks:
                fresh = chunk[skip:] if skip else chunk
                skip = max(0, skip - len(chunk))
                if fresh:
                    pieces.append(fresh)
                    missing -= len(fresh)
                if missing <= 0:
                    break
            self._held, self._base = b"".join(pieces), start
        offset = start - self._base
        return self._held[offset : offset + length]

    def drain(self) -> None:
        """Read to the end, so that the last file is checked too."""
        for _ in self._chunks:
            pass

    def close(self) -> None:
        """Let go of the connection; as what reads it holds this stream, nothing else would."""
        self._chunks.close()

    def _joined(
        self, release: Release, download: Download, start: int
    ) -> Generator[bytes, None, None]:
        """Yield the bytes of every file, and check those read from their beginning."""
        for asset in release.assets:
            if start >= asset.size:
                start -= asset.size
                self.unchecked.append(asset.name)
                continue
            digest = hashlib.sha256() if asset.digest and not start else None
            for chunk in download(asset, start, self._validators):
                if digest:
                    digest.update(chunk)
                yield chunk
            if digest and digest.hexdigest() != asset.digest:
                self.wrong += [] if asset.name in self.wrong else [asset.name]
            elif not digest:
                self.unchecked.append(asset.name)
            start = 0


@dataclass(slots=True)
class Published:
    """One published day, read as it comes.

    Attributes
    ----------
    source
        What its documents are said to come from.
    outcome, reason
        After the walk: ``heard``, or ``partial`` and why.
    cut
        Why the download ended early; empty if it did not. A later run may go on.
    checked
        Whether every file is what was published, by its digest.
    validators
        What changes when a file does, by its name.
    wrong
        Names of files that are not what was published, by their digest.
    is_changed
        Whether something else lies there than what was begun.
    is_gone
        Whether a file of it is not there, or less of it than was published.
    """

    release: Release
    day: date
    source: str
    download: Download
    walk: Walk = field(default_factory=Walk)
    outcome: str = PARTIAL
    reason: str = NOT_READ
    cut: str = ""
    checked: bool = False
    stream: Stream | None = None
    validators: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    is_changed: bool = False
    is_gone: bool = False

    def found(self) -> Iterator[Found]:
        """Yield its trace documents; each must be read before the next.

        Reading one may raise SourceError: tell `stop`, and go no further.
        """
        self.stream = stream = Stream(
            self.release, self.download, self.walk.offset, self.validators, self.wrong
        )
        self.cut, end = "", ""
        try:
            for member, icao in self.walk.traces(stream):
                name = member.name.removeprefix("./")
                yield Found(
                    name=name,
                    size=member.size,
                    mtime_ns=0,
                    day=self.day,
                    icao=icao,
                    read=partial(body_of, stream.read, member, largest=LARGEST_BODY),
                    source=self.source,
                    evidence=f"{self.release.page}#traces/{icao[-2:]}/trace_full_{icao}.json",
                )
            stream.drain()
        except LostError as error:
            end = f"{error} after {self.walk.documents} trace documents"
        except SourceError as error:
            self.stop(error)
            return
        finally:
            stream.close()
        self._conclude(end)

    @property
    def position(self) -> int:
        """How far it was read. [B]"""
        return self.stream.position if self.stream else self.walk.offset

    def stop(self, error: SourceError) -> None:
        """Conclude that the download was cut."""
        self.cut = str(error)
        self.is_changed = error.reason == CHANGED
        self.is_gone = error.reason == SHORT or error.status in GONE
        self._conclude(
            f"download {error}, at byte {self.position:,} of {self.release.size:,},"
            f" after {self.walk.documents} trace documents"
        )

    def _conclude(self, end: str) -> None:
        assert self.stream is not None
        wrong = [f"{name} is not what was published (digest)" for name in self.wrong]
        self.checked = not (wrong or self.stream.unchecked or end)
        ends = ", ".join([end, *wrong] if end else wrong)
        self.outcome, self.reason = self.walk.verdict(ends, self.release.missing)

    def state(self) -> tuple[str, bytes]:
        """Return what it takes to go on after the document met last."""
        walk = self.walk
        facts = {
            "offset": walk.offset,
            "documents": walk.documents,
            "folders": sorted(walk.folders),
            "refused": walk.refused,
        }
        return json.dumps(facts), b"".join(walk.names)


def taken_up(state: str, names: bytes) -> Walk:
    """Return the walk that `Published.state` told of."""
    facts = json.loads(state)
    return Walk(
        offset=facts["offset"],
        documents=facts["documents"],
        folders=set(facts["folders"]),
        names={names[i : i + NAME_KEY] for i in range(0, len(names), NAME_KEY)},
        refused=facts["refused"],
    )
