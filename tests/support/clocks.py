"""A clock that sleeping moves, and nothing else."""

from datetime import UTC, datetime


class Clock:
    """Stands where it is set until somebody sleeps."""

    def __init__(self, at: str = "2025-02-10T12:00") -> None:
        self.now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the time. [Unix s]"""
        return self.now

    def ms(self) -> int:
        """Return the time. [Unix ms]"""
        return round(self.now * 1000)

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.now += seconds
