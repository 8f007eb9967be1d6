"""What is known of each day and of each aircraft: answers written down, and the user's own files.

A whole-day answer of the user's own files is not written down but counted from the list
of files read, so that reading a file again, in whatever order, counts nothing twice.
"""

from collections.abc import Sequence, Set
from datetime import date

from onstation.periods import days_between
from onstation.schema import (
    EXPIRED,
    FAILED,
    HEARD,
    LOCAL,
    MISSING,
    NOT_ASKED,
    PARTIAL,
    RECONSTRUCTION,
    SILENT,
    USABLE,
    Answer,
    DayCoverage,
)
from onstation.store.answers import Answers
from onstation.store.connection import Connection
from onstation.store.days import Days, ordinals
from onstation.store.files import Damage, Files

ONLY_SINGLE = "only single aircraft were asked for"
NOT_LOOKED_FOR = "not looked for: read under an earlier fleet file; fetch --again reads it anew"
FLEET_NOTE = "fleet "
"""Begins the name of the note with the addresses a fleet file lists, before its digest."""
_Day = tuple[str, date]
"""A day as a source tells it."""


class Ledger(Answers):
    """All that is known of days: the answers, and what the user's own files amount to.

    Parameters
    ----------
    connection
        To the store's file.

    Attributes
    ----------
    days, files
        The tally of each day, and the list of files it is made of.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.days = Days(connection)
        self.files = Files(connection, self.days)

    def answers(
        self,
        first: date | None = None,
        last: date | None = None,
        *,
        whole: Sequence[Answer] | None = None,
    ) -> list[Answer]:
        """Return every answer in order of day, source and address; whole days first.

        Parameters
        ----------
        whole
            What `whole_days` returned for these days, so that it is not read again.
        """
        found = list(self.whole_days(first, last) if whole is None else whole)
        found += self._recorded("icao != ''", (), first, last)
        return sorted(found, key=lambda a: (a.day, a.icao or "", a.source))

    def whole_days(self, first: date | None = None, last: date | None = None) -> list[Answer]:
        """Return what was answered about whole days, the user's own files first.

        A published source, and a person's files, may both answer for a day.
        """
        counted = self._local_days(first, last)
        read = {answer.day for answer in counted}
        return counted + [
            answer
            for answer in self._recorded("icao = ''", (), first, last)
            if answer.source != LOCAL or answer.day not in read
        ]

    def days_answered(self) -> tuple[set[date], dict[str, set[date]]]:
        """Return the days heard or silent: those asked for whole, and by address.

        What `answers` says, but read as days alone: whoever judges asks it of all days held.
        """
        self.days.settle()
        answered = f"outcome IN ('{HEARD}', '{SILENT}')"
        whole = self._db.rows(
            "SELECT day FROM days WHERE documents AND NOT damaged AND coalesce(reason, '') = ''"
            f" UNION SELECT day FROM answers WHERE icao = '' AND {answered}"
            f" AND (source != '{LOCAL}'"
            " OR day NOT IN (SELECT day FROM days WHERE documents OR damaged))"
        )
        single: dict[str, set[date]] = {}
        for icao, day in self._db.rows(
            f"SELECT icao, day FROM answers WHERE icao != '' AND {answered}"
        ):
            single.setdefault(icao, set()).add(date.fromordinal(day))
        return {date.fromordinal(day) for (day,) in whole}, single

    def day_coverage(
        self, first: date, last: date, *, whole: Sequence[Answer] | None = None
    ) -> list[DayCoverage]:
        """Return what is known of every UTC day from ``first`` to ``last``, both included.

        Only whole-day answers make a day usable; questions about single aircraft do not.

        Parameters
        ----------
        whole
            What `whole_days` returned for these days, so that it is not read again.
        """
        given: dict[date, list[Answer]] = {}
        for answer in self.whole_days(first, last) if whole is None else whole:
            given.setdefault(answer.day, []).append(answer)
        both = self.days.mixed_days()
        days = list(days_between(first, last))
        alone = self.single_days(first, last) if len(given) < len(days) else set()
        return [_coverage(day, given.get(day, []), both, alone) for day in days]

    def aircraft_answers(
        self,
        icao: str,
        first: date | None = None,
        last: date | None = None,
        *,
        fleet: str = "",
        whole: Sequence[Answer] | None = None,
    ) -> list[Answer]:
        """Return what is known of one address, a line for each day and source.

        A whole day read without a trace of it is ``silent``, unless the day is partial:
        then so is the answer. A source is heard by what itself gave, not by what another did.

        Parameters
        ----------
        fleet
            Digest of the fleet file in force. A published day read under another, of which
            nothing shows that it watched this address, is no silence but ``failed``.
        whole
            What `whole_days` returned for these days, so that it is not read again.
        """
        found: dict[tuple[date, str], Answer] = {}
        own = {(a.day, a.source): a for a in self._recorded("icao = ?", (icao,), first, last)}
        kept = self._kept(icao, first, last)
        days = self.whole_days(first, last) if whole is None else whole
        earlier = {one.fleet for one in days if fleet and one.fleet} - {fleet}
        unwatched = self._unwatched(icao, earlier)
        failures = self.files.failed_alone(icao, first, last)
        read = self.files.heard_of(icao, first, last)
        for one in days:
            key = one.day, one.source
            own_kept = kept.get((one.source, one.day))
            own_read = read.get(one.day) if one.source in (LOCAL, RECONSTRUCTION) else None
            outcome, reason = own_read or _heard_of(one, own_kept is not None)
            looked = outcome == HEARD or one.fleet not in unwatched
            if not looked and key in own:
                continue
            if not looked:
                outcome, reason = FAILED, NOT_LOOKED_FOR
            if outcome != HEARD and one.day in failures:
                outcome, reason = FAILED, failures[one.day]
            found[key] = _of_one(one, icao, outcome, reason, own_kept, looked)
        answers = own | found  # what a whole day says of it goes before what it was asked alone
        return [answers[key] for key in sorted(answers)]

    def held_span(self) -> tuple[date, date] | None:
        """Return the first and last UTC day anything is known of, even that asking failed."""
        self.days.settle()
        # One bound at a time: only then does SQLite take it from an index.
        ends = self._db.rows(
            "SELECT * FROM (SELECT min(day) FROM days WHERE documents OR damaged),"
            " (SELECT max(day) FROM days WHERE documents OR damaged),"
            " (SELECT min(day) FROM document_days), (SELECT max(day) FROM document_days),"
            " (SELECT min(day) FROM answers), (SELECT max(day) FROM answers)"
        )[0]
        known = [date.fromordinal(day) for day in ends if day is not None]
        return (min(known), max(known)) if known else None

    def read_span(self) -> tuple[date, date] | None:
        """Return the first and last UTC day of which anything was read, failures left out."""
        self.days.settle()
        read = f"FROM answers WHERE outcome IN ('{HEARD}', '{PARTIAL}', '{SILENT}')"
        ends = self._db.rows(
            "SELECT (SELECT min(day) FROM days WHERE documents),"
            " (SELECT max(day) FROM days WHERE documents),"
            " (SELECT min(day) FROM document_days), (SELECT max(day) FROM document_days),"
            f" (SELECT min(day) {read}), (SELECT max(day) {read})"
        )[0]
        found = [date.fromordinal(day) for day in ends if day is not None]
        return (min(found), max(found)) if found else None

    def damaged(self, first: date | None = None, last: date | None = None) -> list[Damage]:
        """Return the user's files that are damaged and not replaced, by day and name."""
        return self.files.damaged(first, last)

    def problems(self) -> list[str]:
        """Return a sentence for everything in the ledger that contradicts something else."""
        found = self.days.problems()
        checks = (
            ("document without a source", "SELECT sha256 FROM documents WHERE sha256 NOT IN"
             " (SELECT sha256 FROM appearances)"),
            ("document without a day", "SELECT sha256 FROM documents WHERE sha256 NOT IN"
             " (SELECT sha256 FROM document_days)"),
            ("day of a document that is not held", "SELECT sha256 FROM document_days WHERE sha256"
             " NOT IN (SELECT sha256 FROM documents)"),
            ("source of a document that is not held", "SELECT sha256 FROM appearances WHERE sha256"
             " NOT IN (SELECT sha256 FROM documents)"),
            ("answer with an outcome of no meaning", "SELECT source FROM answers WHERE outcome NOT"
             f" IN ('{HEARD}', '{SILENT}', '{EXPIRED}', '{FAILED}', '{PARTIAL}')"),
        )  # fmt: skip
        for what, sql in checks:
            found += [f"ledger: {what}: {named}." for (named,) in self._db.rows(sql)]
        return found

    def _local_days(self, first: date | None, last: date | None) -> list[Answer]:
        """Return the whole-day answers that the list of files amounts to."""
        return [
            Answer(
                source=LOCAL if recorded or not documents else RECONSTRUCTION,
                day=day,
                icao=None,
                outcome=_outcome(documents, damaged, reason),
                reason=reason,
                documents=documents,
                watched=watched,
                damaged=damaged,
                recorded=recorded,
                bytes=size,
                digest="",
                address="",
                asked_ms=asked_ms,
            )
            for day, documents, watched, damaged, recorded, size, reason, asked_ms in (
                self.days.tallies(first, last)
            )
        ]

    def _kept(self, icao: str, first: date | None, last: date | None) -> dict[_Day, bool]:
        """Return by source and day where documents of an address are held, and if recordings."""
        return {
            (source, date.fromordinal(day)): bool(recorded)
            for source, day, recorded in self._db.rows(
                "SELECT a.source, k.day, max(d.reconstruction IS NULL) FROM document_days k"
                " CROSS JOIN documents d USING (sha256) CROSS JOIN appearances a USING (sha256)"
                " WHERE k.icao = ? AND k.day BETWEEN ? AND ? GROUP BY k.day, a.source",
                (icao, *ordinals(first, last)),
            )
        }

    def _unwatched(self, icao: str, fleets: Set[str]) -> set[str]:
        """Return which of some fleet files are not known to have watched an address.

        One did that lists it, or under which a document of it was kept while a whole day was
        read; a document that was asked for by name shows nothing.
        """
        found = set(fleets)
        for fleet in fleets:
            listed = self._db.value("SELECT text FROM notes WHERE name = ?", (FLEET_NOTE + fleet,))
            if (listed and icao in listed.split()) or self._db.rows(
                "SELECT 1 FROM document_days k CROSS JOIN appearances p USING (sha256)"
                " CROSS JOIN answers a ON a.source = p.source AND a.day = k.day AND a.icao = ''"
                " WHERE k.icao = ?1 AND a.fleet = ?2 AND NOT EXISTS (SELECT 1 FROM answers o"
                " WHERE o.source = p.source AND o.day = k.day AND o.icao = ?1) LIMIT 1",
                (icao, fleet),
            ):
                found.remove(fleet)
        return found


def _heard_of(whole: Answer, kept: bool) -> tuple[str, str]:
    """Return what the answer of a whole day says of one address, and why."""
    if kept:
        return HEARD, ""
    if whole.outcome in (PARTIAL, FAILED):
        return whole.outcome, whole.reason
    return SILENT, ""


def _of_one(
    whole: Answer, icao: str, outcome: str, reason: str, kept: bool | None, looked: bool
) -> Answer:
    """Return what a whole day says of one address as an answer of its own.

    Parameters
    ----------
    kept
        Whether what is held of it are recordings; ``None`` if nothing is held.
    looked
        Whether it was watched when the day was read.
    """
    documents, watched = int(outcome == HEARD), int(kept is not None)
    damaged = int(outcome == FAILED and looked)
    recorded = whole.recorded if kept is None else kept
    said = (outcome, reason, documents, watched, damaged, recorded)
    # In the order of the fields: names would cost half as much again for each of years of days.
    return Answer(whole.source, whole.day, icao, *said, 0, "", "", whole.asked_ms)


def _outcome(documents: int, damaged: int, reason: str) -> str:
    if not documents:
        return FAILED
    return PARTIAL if damaged or reason else HEARD


def _heard(answer: Answer, mixed: set[date]) -> DayCoverage:
    """Return what the only answer of a day amounts to, where it was heard whole."""
    sources = {answer.source, RECONSTRUCTION} if answer.day in mixed else (answer.source,)
    return DayCoverage(
        answer.day,
        USABLE,
        answer.documents,
        answer.watched,
        answer.damaged,
        answer.recorded,
        "",
        tuple(sorted(sources)),
    )


def _coverage(day: date, answers: list[Answer], mixed: set[date], alone: set[date]) -> DayCoverage:
    """Return what several whole-day answers of one day amount to together."""
    if len(answers) == 1 and answers[0].outcome == HEARD and answers[0].documents:
        return _heard(answers[0], mixed)  # most days of a long ledger are no more than this
    usable = [a for a in answers if a.documents]
    complete = [a for a in usable if a.outcome == HEARD]
    status = USABLE if complete else PARTIAL if usable else MISSING
    reasons = dict.fromkeys(a.reason or a.outcome for a in answers if a not in complete)
    never = ONLY_SINGLE if day in alone else NOT_ASKED
    sources = {a.source for a in usable} | ({RECONSTRUCTION} if usable and day in mixed else set())
    return DayCoverage(
        day=day,
        status=status,
        documents=max((a.documents for a in usable), default=0),
        watched=max((a.watched for a in usable), default=0),
        damaged=max((a.damaged for a in answers), default=0),
        recorded=any(a.recorded for a in usable),
        reason="" if complete else "; ".join(reasons) or never,
        sources=tuple(sorted(sources)),
    )
