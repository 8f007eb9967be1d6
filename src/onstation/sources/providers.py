"""One record for each kind of source: what it covers and under what terms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of source, as ``onstation fetch --list-sources`` tells it.

    Attributes
    ----------
    name
        What to type after ``--source``.
    credentials
        What it asks for before it answers.
    """

    name: str
    covers: str
    terms: str
    credentials: str


PROVIDERS = (
    Provider(
        name="DIRECTORY",
        covers=(
            "every trace below it: a globe_history tree (YYYY/MM/DD/traces/xx/"
            "trace_full_<address>.json), any level of one, or a bare folder of trace files"
        ),
        terms="those of whoever recorded it; name them when you publish",
        credentials="none",
    ),
    Provider(
        name="FILE.tar",
        covers="one UTC day: a day archive, or any part of a split one (FILE.tar.aa)",
        terms="those of whoever published it (adsb.lol: ODbL 1.0, attribution)",
        credentials="none",
    ),
    Provider(
        name="FILE.json",
        covers="one aircraft: a single trace document, gzipped or plain",
        terms="those of whoever recorded it; name them when you publish",
        credentials="none",
    ),
)
