"""How the program starts."""

import os

import pytest

from onstation.cli import main


@pytest.mark.parametrize(("yours", "kept"), [(None, "1"), ("4", "4")])
def test_numpy_starts_no_threads_unless_told_to(
    monkeypatch: pytest.MonkeyPatch, yours: str | None, kept: str
) -> None:
    monkeypatch.setattr(main, "main", lambda: None)
    monkeypatch.setattr(main.sys, "excepthook", main.sys.excepthook)
    monkeypatch.setattr(main.gc, "set_threshold", lambda *numbers: None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", yours or "")
    if yours is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")

    main.run()

    assert os.environ["OPENBLAS_NUM_THREADS"] == kept
