"""What lies below HTTP, on this machine: a host that sends what it likes, a proxy, certificates."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

OPENSSL = shutil.which("openssl")


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run something for each connection until all is closed; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def one(peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer:
            serve(peer)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                opened.append(peer)
                threading.Thread(target=one, args=(peer,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for peer in opened:
            peer.close()
        thread.join()


def head_of(peer: socket.socket) -> str:
    """Return the head of a request as it was sent."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = peer.recv(4096)
        if not part:
            break
        head += part
    return head.decode("latin-1")


@contextmanager
def proxying(routes: Mapping[str, int]) -> Iterator[tuple[str, list[str]]]:
    """Run a proxy; yield its address and the heads of what it was asked.

    Parameters
    ----------
    routes
        The port on this machine that a host and port stand for; others answer 502.
    """
    heads: list[str] = []

    def serve(peer: socket.socket) -> None:
        head = head_of(peer)
        heads.append(head)
        method, target = head.split(" ", 2)[:2]
        place = target if method == "CONNECT" else target.split("/")[2]
        if place not in routes:
            peer.sendall(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", routes[place])) as there:
            if method == "CONNECT":
                peer.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                there.sendall(head.encode("latin-1"))
            back = threading.Thread(target=_pump, args=(there, peer), daemon=True)
            back.start()
            _pump(peer, there)
            back.join(5)

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}", heads


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := one.recv(65536):
            other.sendall(part)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def certificate(folder: Path, names: str) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate nobody vouches for, and a server's side with it.

    Parameters
    ----------
    names
        What it is for, such as ``DNS:other.example,IP:127.0.0.1``.
    """
    assert OPENSSL is not None
    folder.mkdir(exist_ok=True)
    made, key = folder / "made.pem", folder / "key.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", made, "-days", "2", "-subj", "/CN=test",
         "-addext", f"subjectAltName={names}"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
