"""The bar adds up over days, whatever each of them begins at."""

import io
from datetime import date

from rich.console import Console
from rich.progress import Progress

from onstation.cli.pulling import _Bar
from onstation.pipeline.collect_archive import DayPlan
from onstation.pipeline.pull import Cost
from onstation.pipeline.summary import Moved
from onstation.sources.named import RemoteSource, open_named

FIRST, SECOND = date(2025, 2, 3), date(2025, 2, 4)


def remote(text: str) -> RemoteSource:
    found = open_named(text)
    assert isinstance(found, RemoteSource)
    return found


def drawn(cost: Cost, *moves: Moved) -> tuple[float, str, str]:
    bar = Progress(console=Console(file=io.StringIO()), disable=True)
    one = _Bar(bar, cost)
    for move in moves:
        one.move(move)
    (task,) = bar.tasks
    return task.completed, task.description, task.fields["done"]


def test_bytes_days_and_aircraft_are_told() -> None:
    days = (DayPlan(FIRST, None, 600), DayPlan(SECOND, None, 1000))
    source = remote("adsblol-archive")
    cost = Cost(source, days, 0, 0, 1600, 16, 0.0)
    moves = [(FIRST, 400), (FIRST, 1000), (SECOND, 0), (SECOND, 500)]  # the first was begun before
    done, about, told = drawn(
        cost, *(Moved(source.name, day, at, 1000, 7, bytes=True) for day, at in moves)
    )

    assert (done, about) == (1100, "adsblol-archive 2025-02-04")
    assert told.startswith("1 kB of 2 kB")
    assert told.endswith("day 2 of 2, 7 watched")


def test_questions_are_told() -> None:
    source = remote("adsblol")
    cost = Cost(source, (), 20, 0, 5, 5, 20.0)
    done, about, told = drawn(cost, Moved(source.name, FIRST, 5, 20, 2, bytes=False))

    assert (done, about, told) == (5, "adsblol 2025-02-03", "5 of 20 questions, 2 heard")
