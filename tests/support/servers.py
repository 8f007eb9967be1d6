"""Servers on this machine: a release site like GitHub's, and one that misbehaves to order."""

import hashlib
import json
import mmap
import re
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

OWNER = "adsblol"


@dataclass
class Answer:
    """What a server says: a status, headers and bytes, of which it may send fewer.

    ``then`` is called once they are on their way.
    """

    status: int = 200
    body: bytes | memoryview = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    then: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.headers = dict(self.headers)


Answers = Callable[["Asked"], Answer]


@dataclass(frozen=True)
class Asked:
    """One request a server got."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client hang up; tell of anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(
    answers: Answers, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[Asked]]]:
    """Serve from this machine; yield the address and the list of what was asked."""
    log: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, sent, self.rfile.read(length))
            log.append(asked)
            answer = answers(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            cut = answer.sent is not None and answer.sent < len(answer.body)
            self.wfile.write(answer.body[: answer.sent] if cut else answer.body)
            self.close_connection = cut
            if answer.then is not None:
                answer.then()

        do_POST = do_GET  # noqa: N815 - the name http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}", log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Upload:
    """One release: its files, and what the list says of them where that is not true."""

    tag: str
    files: dict[str, bytes | Path]
    year: int | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> str:
        """The repository it lies in."""
        return f"globe_history_{self.year or self.tag[1:5]}"


@dataclass
class ReleaseSite:
    """A site with releases as GitHub has them, with what can go wrong there.

    Attributes
    ----------
    quota
        Requests its API still answers; ``None`` for any number.
    per_page
        Releases on a page of the list.
    cuts
        For a file, offsets at which its sending stops, each used once.
    ranges
        ``honoured``, ``ignored`` or ``refused``.
    signed_for
        Uses of an address that a redirect leads to, before it has expired.
    down
        Whether every download answers 503.
    """

    uploads: list[Upload]
    quota: int | None = None
    per_page: int = 100
    cuts: dict[str, list[int]] = field(default_factory=dict)
    ranges: str = "honoured"
    signed_for: int = 1
    down: bool = False
    has_api: bool = True
    _signed: dict[str, int] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request."""
        parts = urlsplit(asked.path)
        if parts.path.startswith("/api/v3/"):
            return self._api(asked, parts.path, parse_qs(parts.query))
        found = re.fullmatch(rf"/{OWNER}/([^/]+)/releases/download/([^/]+)/([^/]+)", parts.path)
        if found:
            return self._redirect(*found.groups())
        found = re.fullmatch(r"/signed/(\d+)/([^/]+)/([^/]+)/([^/]+)", parts.path)
        if found:
            return self._file(asked, *found.groups())
        return Answer(404, b"<html>not found</html>")

    def _api(self, asked: Asked, path: str, query: dict[str, list[str]]) -> Answer:
        if not self.has_api:
            return Answer(404, b"<html>no such page</html>")
        if self.quota is not None:
            if self.quota <= 0:
                spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1790000000"}
                return Answer(403, b'{"message":"API rate limit exceeded"}', spent)
            self.quota -= 1
        repository = path.split("/")[5]
        there = [one for one in self.uploads if one.repository == repository]
        if "/tags/" in path:
            tag = path.rsplit("/", 1)[1]
            named = [one for one in there if one.tag == tag]
            return self._json(self._entry(named[0])) if named else Answer(404, b"{}")
        page = int(query.get("page", ["1"])[0])
        begin = (page - 1) * self.per_page
        answer = self._json([self._entry(one) for one in there[begin : begin + self.per_page]])
        if begin + self.per_page < len(there):
            onward = f"http://{asked.headers['host']}{path}?per_page=100&page={page + 1}"
            answer.headers["Link"] = f'<{onward}>; rel="next"'  # type: ignore[index]
        return answer

    def _entry(self, upload: Upload) -> dict[str, object]:
        return {
            "tag_name": upload.tag,
            "assets": [
                {
                    "name": name,
                    "size": upload.sizes.get(name, _size(data)),
                    "state": "uploaded",
                    "digest": upload.digests.get(name),
                }
                for name, data in upload.files.items()
            ],
        }

    def _json(self, value: object) -> Answer:
        return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _data(self, repository: str, tag: str, name: str) -> bytes | Path | None:
        for one in self.uploads:
            if (one.repository, one.tag) == (repository, tag):
                return one.files.get(name)
        return None

    def _redirect(self, repository: str, tag: str, name: str) -> Answer:
        if self._data(repository, tag, name) is None:
            return Answer(404, b"Not Found")
        number = str(len(self._signed))
        self._signed[number] = self.signed_for
        return Answer(302, b"", {"Location": f"/signed/{number}/{repository}/{tag}/{name}"})

    def _file(self, asked: Asked, number: str, repository: str, tag: str, name: str) -> Answer:
        if self.down:
            return Answer(503, b"busy")
        if self._signed.get(number, 0) <= 0:
            return Answer(403, b"<Error>signature has expired</Error>")
        self._signed[number] -= 1
        data = self._data(repository, tag, name)
        assert data is not None
        size = _size(data)
        start, end = 0, size
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        if wanted and self.ranges == "refused" and int(wanted[1]):
            return Answer(416, b"")
        ranged = bool(wanted) and self.ranges != "ignored"
        if wanted and ranged:
            start = int(wanted[1])
            end = min(size, int(wanted[2]) + 1 if wanted[2] else size)
        if start >= size:
            return Answer(416, b"")
        body = _part(data, start, end)
        content = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
        headers = {"ETag": f'"{tag}-{name}-{size}{content}"'}
        if ranged:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return Answer(206 if ranged else 200, body, headers, self._cut(name, start, end))

    def _cut(self, name: str, start: int, end: int) -> int | None:
        for cut in sorted(self.cuts.get(name, [])):
            if start < cut < end:
                self.cuts[name].remove(cut)
                return cut - start
        return None


def _size(data: bytes | Path) -> int:
    return len(data) if isinstance(data, bytes) else data.stat().st_size


def _part(data: bytes | Path, start: int, end: int) -> bytes | memoryview:
    if isinstance(data, bytes):
        return data[start:end]
    with data.open("rb") as file:  # a day is too long for memory
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[start:end]
