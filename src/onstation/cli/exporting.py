"""Which rows may leave the tool: those of sources whose terms let them be passed on."""

from collections.abc import Callable, Sequence

import click
from msgspec.structs import replace

from onstation.reports.records import Report
from onstation.reports.words.phrases import listed, plural
from onstation.schema import Mission
from onstation.sources.named import kept_back

all_sources_option = click.option(
    "--all-sources", is_flag=True, help="Export rows of sources whose data may not be passed on."
)


def exportable(rows: Sequence[Mission]) -> tuple[tuple[Mission, ...], str]:
    """Return rows that may be passed on, and a sentence if others were left out."""
    names = sorted({name for row in rows for name in kept_back(row.sources)})
    if not names:
        return tuple(rows), ""
    kept = tuple(row for row in rows if not kept_back(row.sources))
    return kept, (
        f"{plural(len(rows) - len(kept), 'row')} left out: they stand on data of {listed(names)},"
        " whose terms do not let them be passed on; --all-sources includes them."
    )


def choosing(
    all_sources: bool,
) -> Callable[[Sequence[Mission]], tuple[tuple[Mission, ...], str]]:
    """Return what tells which rows may be shown: `exportable`, or all of them."""
    return (lambda rows: (tuple(rows), "")) if all_sources else exportable


def unnamed(report: Report) -> Report:
    """Return a report that counts sorties which may not be passed on, but names none of them."""
    return replace(
        report,
        asides=tuple(
            replace(
                aside,
                passings=tuple(
                    replace(one, withheld=bool(kept_back(one.sources))) for one in aside.passings
                ),
            )
            for aside in report.asides
        ),
    )
