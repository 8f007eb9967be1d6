"""A lock is held by one run at a time, ends with it, and says why it cannot be made."""

import errno
import os
from pathlib import Path

import pytest

from onstation.errors import BusyError, StoreError
from onstation.store.lock import alone


def test_one_run_at_a_time_and_the_next_one_after_it(tmp_path: Path) -> None:
    with alone(tmp_path, "daily"), pytest.raises(BusyError), alone(tmp_path, "daily"):
        pass
    with alone(tmp_path, "daily"):
        pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE])
def test_a_lock_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("filelock._unix.os.open", refuse)
    with pytest.raises(StoreError, match="cannot be made in it"), alone(tmp_path, "daily"):
        pass


def test_what_fails_while_it_is_held_is_no_fault_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="mine"), alone(tmp_path, "daily"):
        raise OSError("mine")
