"""Stores filled from small archives, by the commands themselves."""

from pathlib import Path

from click.testing import CliRunner, Result

from onstation.cli.main import main

TOP = Path(__file__).parents[2]
TEN_TRACKS = TOP / "tests" / "data" / "ten-tracks"
RECONSTRUCTED = TOP / "data" / "sample" / "reconstructed"


class Asked:
    """A store and a way to ask it.

    Parameters
    ----------
    home
        Directory for the store and the cache.
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *args: str, status: int | None = 0) -> Result:
        """Run a command; check its status unless that is ``None``."""
        environment = {"ONSTATION_CACHE": str(self.home / "cache"), "COLUMNS": "100"}
        result = CliRunner(env=environment).invoke(
            main, ["--store", str(self.home / "store"), *args]
        )
        told = result.stdout + result.stderr
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert status is None or result.exit_code == status, told
        return result
