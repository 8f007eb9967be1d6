"""Mend what a cut or careless text leaves in a document, so that the rest of it is read.

Writers cut database texts at a byte count, in the middle of a letter; others write one half
of a surrogate pair. Both are letters nobody can show, and neither says that a position is
wrong: each becomes U+FFFD, as in other readers.
"""

import re
from codecs import getincrementaldecoder

from onstation.errors import DocumentError
from onstation.sources.inflate import LARGEST, TOO_LARGE

_PIECE = 1 << 20
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)


def mended(text: bytes) -> bytes:
    r"""Return JSON text with U+FFFD for what is no letter; the same text if nothing is amiss.

    >>> mended(b'"A\xff \\ud800 \\ud83d\\ude00 \\\\ud800"').decode()
    '"A� \\ufffd \\ud83d\\ude00 \\\\ud800"'
    """
    if not _is_utf8(text):
        text = _replaced(text)
    if rb"\ud" in text or rb"\uD" in text:
        text = _ESCAPES.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], text)
    return text


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _replaced(text: bytes) -> bytes:
    """Return text with U+FFFD for bad bytes; piece by piece, as it may grow threefold."""
    decode = getincrementaldecoder("utf-8")("replace").decode
    pieces: list[bytes] = []
    room = LARGEST
    for at in range(0, len(text), _PIECE):
        piece = text[at : at + _PIECE]
        pieces.append(decode(piece, final=at + _PIECE >= len(text)).encode())
        room -= len(pieces[-1])
        if room < 0:
            raise DocumentError(TOO_LARGE, f"more than {LARGEST} bytes, not all of them letters")
    return b"".join(pieces)
