"""A day read as it is downloaded lets go of its connection, however the reading ends."""

import gc
import io
import tarfile
from collections.abc import Iterator
from datetime import date

import pytest

from onstation.errors import SourceError
from onstation.sources.providers import Asset, Release
from onstation.sources.streamed import Published

DAY = date(2025, 2, 3)


def tar_of(count: int) -> bytes:
    """Return a day of documents that nobody decodes here."""
    with io.BytesIO() as raw:
        with tarfile.open(fileobj=raw, mode="w") as archive:
            for number in range(count):
                entry = tarfile.TarInfo(f"./traces/{number:02x}/trace_full_ae68{number:02x}.json")
                entry.size = 5_000
                archive.addfile(entry, io.BytesIO(b"x" * entry.size))
        return raw.getvalue()


class Connection:
    """Gives a file in small pieces and knows whether it is still held."""

    def __init__(self, data: bytes, *, cut: int | None = None) -> None:
        self.data, self.cut, self.is_open = data, cut, False

    def __call__(self, asset: Asset, start: int, validators: dict[str, str]) -> Iterator[bytes]:
        self.is_open = True
        try:
            for at in range(start, len(self.data), 512):
                if self.cut is not None and at >= self.cut:
                    raise SourceError("cut")
                yield self.data[at : at + 512]
        finally:
            self.is_open = False


def published(connection: Connection) -> Published:
    size = len(connection.data)
    release = Release("v1", "https://host.invalid/v1", (Asset("a.tar", "a", size),))
    return Published(release, DAY, "adsblol-archive", connection)


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
class TestLetsGo:
    def test_of_a_day_that_nobody_reads_on(self) -> None:
        connection = Connection(tar_of(5))
        day = published(connection)
        found = day.found()
        next(found)
        assert connection.is_open

        del found

        assert not connection.is_open

    def test_of_a_day_that_is_damaged(self) -> None:
        data = bytearray(tar_of(5))
        second = 512 + 10 * 512  # the header after the first document
        data[second : second + 512] = b"\xff" * 512
        connection = Connection(bytes(data))
        day = published(connection)

        assert len(list(day.found())) == 1
        assert "a header is lost" in day.reason
        assert not connection.is_open

    def test_of_a_day_that_is_cut(self) -> None:
        connection = Connection(tar_of(5), cut=8_000)
        day = published(connection)

        assert len(list(day.found())) == 2
        assert day.cut == "cut"
        assert not connection.is_open
