"""What a source answers may be hostile: it did not answer then, and nothing breaks."""

import json

import msgspec
import pytest

from onstation.errors import SourceError
from onstation.sources.decoded import decoded
from onstation.web.records import Reply

HOSTILE = {
    "nothing": b"",
    "a page": b"<!doctype html>",
    "no letters": b'[{"tag_name":"\xff\xfe"}]',
    "half a surrogate": b'[{"tag_name":"\\ud800","assets":[]}]',
    "deep": b"[" * 100_000,
    "deep objects": b'[{"x":' * 50_000,
    "wrong types": json.dumps([{"tag_name": 5, "assets": {}}]).encode(),
    "another shape": b'{"message": "no"}',
    "no number": b"[NaN]",
}


class Answer(msgspec.Struct):
    tag_name: str
    assets: list[str]


@pytest.mark.parametrize("what", HOSTILE)
def test_an_answer_that_cannot_be_read_is_no_answer(what: str) -> None:
    reply = Reply("https://host.invalid/", 200, {}, HOSTILE[what])

    with pytest.raises(SourceError, match="no list of anything"):
        decoded(reply, list[Answer], "no list of anything")
