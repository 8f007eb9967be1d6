"""Secrets come from the environment or a file only their owner can read."""

import json
from pathlib import Path

import pytest

from onstation.config import find_secrets
from onstation.errors import InputError

WANTED = [("OPENSKY_CLIENT_ID", "clientId"), ("OPENSKY_CLIENT_SECRET", "clientSecret")]
FILE = "opensky.json"


def given(folder: Path, mode: int = 0o600, text: str | None = None) -> dict[str, str]:
    path = folder / FILE
    path.write_text(text or json.dumps({"clientId": "me", "clientSecret": "hush"}))
    path.chmod(mode)
    return {"ONSTATION_CONFIG": str(folder)}


def test_the_environment_is_enough(tmp_path: Path) -> None:
    environ = {"OPENSKY_CLIENT_ID": "me", "OPENSKY_CLIENT_SECRET": " hush\n"}

    assert find_secrets(WANTED, FILE, environ=environ) == {
        "OPENSKY_CLIENT_ID": "me",
        "OPENSKY_CLIENT_SECRET": "hush",
    }


def test_a_file_of_the_users_own_will_do_and_the_environment_wins(tmp_path: Path) -> None:
    environ = given(tmp_path) | {"OPENSKY_CLIENT_ID": "another"}

    found = find_secrets(WANTED, FILE, environ=environ)
    assert found == {"OPENSKY_CLIENT_ID": "another", "OPENSKY_CLIENT_SECRET": "hush"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(InputError, match="others can read it; `chmod 600` it") as told:
        find_secrets(WANTED, FILE, environ=given(tmp_path, mode))

    assert "hush" not in str(told.value)


@pytest.mark.parametrize("text", ["clientSecret: hush", '["hush"]'])
def test_a_file_that_is_no_object_is_refused_without_telling_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as told:
        find_secrets(WANTED, FILE, environ=given(tmp_path, text=text))

    assert "hush" not in str(told.value)


def test_without_either_there_are_none(tmp_path: Path) -> None:
    environ = {"ONSTATION_CONFIG": str(tmp_path)}

    assert find_secrets(WANTED, FILE, environ=environ) == {}
    assert find_secrets([("GITHUB_TOKEN", "")], "", environ=environ) == {}


@pytest.mark.parametrize("secret", ["hush–hush", "hush\x00hush", "hush\nhush", "hüsh"])
def test_a_secret_that_cannot_be_sent_is_refused_without_telling_it(secret: str) -> None:
    with pytest.raises(InputError, match="GITHUB_TOKEN: holds a letter that no secret") as told:
        find_secrets([("GITHUB_TOKEN", "")], "", environ={"GITHUB_TOKEN": secret})

    assert secret not in str(told.value)
