"""A real nginx on this machine that serves a history tree as tar1090's own settings do."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BINARY = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

SETTINGS = """
{user}
daemon off;
pid "{home}/pid";
error_log "{home}/error.log";
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log "{home}/access.log" combined;
    client_body_temp_path "{home}/body";
    proxy_temp_path "{home}/proxy";
    fastcgi_temp_path "{home}/fastcgi";
    uwsgi_temp_path "{home}/uwsgi";
    scgi_temp_path "{home}/scgi";
    types {{ application/json json; }}
    server {{
        listen 127.0.0.1:{port};
        root "{root}";
        gzip off;
        location ^~ /globe_history/ {{
            add_header Content-Encoding gzip;
            add_header Cache-Control "public, max-age=1209600";
        }}
        location ^~ /data/traces/ {{
            add_header Content-Encoding gzip;
            add_header Cache-Control "no-cache";
        }}
        location ^~ /plain/ {{
            alias "{root}/";
            gzip_static on;
        }}
    }}
}}
"""
"""``/plain/`` is the same tree without the header that says gzip, as mirrors serve it."""


@contextmanager
def nginx(root: Path, home: Path) -> Iterator[str]:
    """Serve ``root/globe_history`` and ``root/data``; yield the address.

    Skips the test, and says why, where nginx is not installed.
    """
    if BINARY is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "nginx.conf"
    # Started by root it would read as somebody who may not look into a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    text = SETTINGS.format(home=home, root=root, port=port, user=user)
    settings.write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [BINARY, "-e", str(home / "error.log"), "-p", str(home), "-c", str(settings)]
    )
    try:
        _wait_for(port, process, home)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def requests_in(home: Path) -> list[str]:
    """Return what nginx was asked: method, path, status, and the agent's name."""
    lines = (home / "access.log").read_text(encoding="utf-8").splitlines()
    return [" ".join([line.split('"')[1], line.split('"')[2].split()[0]]) for line in lines]


def agents_in(home: Path) -> set[str]:
    """Return how those who asked named themselves."""
    lines = (home / "access.log").read_text(encoding="utf-8").splitlines()
    return {line.split('"')[5] for line in lines}


def _wait_for(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError((home / "error.log").read_text(encoding="utf-8"))
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("nginx does not answer")
