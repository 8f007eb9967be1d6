"""No test reaches the network; properties are tried on the same examples in every run."""

import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from outlines import parsed_once
from stores import RECONSTRUCTED, TEN_TRACKS, Asked

from onstation.store.database import FILE, Store, open_store

collect_ignore_glob = ["support/*"]  # no tests, and one that does things when it is imported

settings.register_profile(
    "suite",
    deadline=None,  # a busy machine is no fault
    database=None,
    derandomize="PROOF_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


gc.set_threshold(10_000, 20, 20)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there for good: libraries, tests, their parameters.

    It went through all of it again and again, for a seventh of the time of the suite.
    """
    gc.collect()
    gc.freeze()


LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every address but this machine's own."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def refuse(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    def resolve(host: object, *args: object, **kwargs: object) -> object:
        if host not in LOOPBACK:
            raise AssertionError(f"a test tried to look up {host}")
        return getaddrinfo(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture(scope="session", autouse=True)
def _outlines() -> Iterator[None]:
    with parsed_once():
        yield


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Asked]:
    """Give stores filled from archives; each is filled once in a run of the suite, then copied."""
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "stock"
    kept.mkdir(exist_ok=True)

    def filled(*sources: Path) -> Asked:
        name = "-".join(source.name for source in sources)
        with FileLock(kept / f"{name}.lock"):
            if not (kept / name).exists():
                (kept / f"{name}.new").mkdir()
                Asked(kept / f"{name}.new")("-q", "fetch", *(f"--source={one}" for one in sources))
                (kept / f"{name}.new").rename(kept / name)
        return Asked(shutil.copytree(kept / name, tmp_path_factory.mktemp(name) / "home"))

    return filled


@pytest.fixture(scope="module")
def ten(stock: Callable[..., Asked]) -> Asked:
    """Return a store of the ten tracks, this file's own."""
    return stock(TEN_TRACKS)


@pytest.fixture(scope="module")
def stories(stock: Callable[..., Asked]) -> Asked:
    """Return a store of the reconstructions, this file's own."""
    return stock(RECONSTRUCTED)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with nothing in it; to make its tables takes 30 ms."""
    place = tmp_path_factory.mktemp("empty")
    with open_store(place):
        pass
    return place / FILE


@pytest.fixture
def store(tmp_path: Path, empty: Path) -> Iterator[Store]:
    """Return a store with nothing in it, open, of this test's own: ``tmp_path / "store"``."""
    place = tmp_path / "store"
    place.mkdir()
    shutil.copy(empty, place)
    with open_store(place) as opened:
        yield opened
