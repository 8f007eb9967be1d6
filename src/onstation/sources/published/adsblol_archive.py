"""adsb.lol's day archives: releases on GitHub, one a day and server, kept for good.

Which release is a day: the largest of prod, staging and test that has all its parts; never
``mlatonly``, which holds a subset. Parts win over an unsplit tar beside them. The year of a
repository is that of the upload, so the days around New Year are looked for in two.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from onstation.errors import SourceError
from onstation.periods import utc_day
from onstation.sources.decoded import decoded
from onstation.sources.providers import (
    ARCHIVE,
    ODBL,
    Asset,
    Provider,
    Release,
    Secret,
    is_loopback,
)

if TYPE_CHECKING:
    from onstation.web.door import Web
    from onstation.web.records import Reply

OWNER = "adsblol"
SITE, API = "https://github.com", "https://api.github.com"
TOKEN = "GITHUB_TOKEN"
PODS = ("prod-0", "staging-0")
PODS_OF_2023 = ("prod-0", "staging-0", "prod-1", "staging-1", "test-0", "test-1")
PODS_OF_MAY_2025 = ("prod-0", "staging-0", "prod-0tmp", "staging-0tmp")
"""From 23 May to 12 June 2025; for two weeks of them the only ones."""

LISTED_FROM = 6
"""Days from which the list of releases is read, rather than each release asked for."""
LISTED_WITHIN_D = 20
"""Age up to which a day stands on the first page of the list. [d]"""
PAGES = 15
NO_LIST = "answer is no list of releases"
MIB = 1 << 20
USUAL_MIB = {
    (2023, 3): 960, (2023, 9): 1690, (2024, 3): 1760, (2024, 9): 2200, (2025, 3): 2420,
    (2025, 7): 3380, (2025, 12): 3050, (2026, 1): 2900, (2026, 10): 3600,
}  # fmt: skip
"""Median size of a month's days, as counted in the lists of releases (the last as reported
in October 2026); months between them lie on the line between. [MiB]"""
AROUND = timedelta(days=15)
"""How far from a day others tell its usual size: a month of them."""
ENOUGH = 7
"""Days around one that have to be listed before their median says anything."""

_TAG = re.compile(r"v(\d{4})\.(\d\d)\.(\d\d)-planes-readsb-((?:prod|staging|test)-\d(?:tmp)?)")
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


class _Asset(Struct, frozen=True):
    name: str
    size: int
    digest: str | None = None
    state: str | None = None


class _Release(Struct, frozen=True):
    tag_name: str
    assets: list[_Asset]


class AdsblolArchive:
    """The releases, asked through GitHub's API while that answers, by direct address else.

    Parameters
    ----------
    base
        ``https://github.com``, or a mirror laid out alike with its API under ``/api/v3``.
    secrets
        May hold a token, which is sent to GitHub's API alone, or on this machine.
    """

    def __init__(
        self, web: "Web", provider: Provider, base: str, secrets: Mapping[str, str]
    ) -> None:
        self.notes: list[str] = []
        self._web = web
        self._provider = provider
        self._site = base
        self._api = API if base == SITE else f"{base}/api/v3"
        token = secrets.get(TOKEN, "") if base == SITE or is_loopback(base) else ""
        self._secrets = {"Authorization": f"Bearer {token}"} if token else {}
        self._api_answers = True
        self._listed: dict[str, dict[date, list[Release]]] = {}
        self._known: dict[date, list[Release]] = {}

    def prepare(self, days: Sequence[date]) -> bool:
        """Read the list of releases where that costs fewer requests than asking for each."""
        wanted = [day for day in days if day not in self._known]
        if not wanted or not self._api_answers:
            return len(wanted) < LISTED_FROM
        recent = utc_day(self._web.now_ms()) - timedelta(days=LISTED_WITHIN_D)
        if len(wanted) < LISTED_FROM and wanted[0] < recent:
            return True
        try:
            for repository in dict.fromkeys(name for day in wanted for name in _repositories(day)):
                if repository not in self._listed:
                    oldest = min(day for day in wanted if repository in _repositories(day))
                    self._listed[repository] = self._list(repository, oldest)
        except SourceError as error:
            self._give_up_api(error)
        return self._api_answers or len(wanted) < LISTED_FROM

    def releases(self, day: date) -> Sequence[Release]:
        """Return the releases of a day, best first."""
        if day not in self._known:
            self._known[day] = sorted(self._found(day), key=_rank)
        return self._known[day]

    def usual_size(self, day: date) -> tuple[float, str] | None:
        """Return the median size of the days around one, or the month's if that is larger. [B]

        A server that uploads tiny days for weeks must not make them normal.
        """
        from statistics import median  # slow to import, and no question needs it

        best: dict[date, int] = {}
        for listed in self._listed.values():
            for other, releases in listed.items():
                if abs(other - day) <= AROUND:
                    best[other] = max([best.get(other, 0), *(one.size for one in releases)])
        known = _usual_mib(day) * MIB
        if len(best) >= ENOUGH and (around := median(best.values())) >= known:
            return around, f"median of the {len(best)} days listed around it"
        return known, "month's median as known to this version"

    def _found(self, day: date) -> Iterator[Release]:
        for repository in _repositories(day):
            if repository in self._listed:
                yield from self._listed[repository].get(day, ())
                continue
            if self._api_answers:
                try:
                    found = [self._tagged(repository, tag) for tag in _tags(day)]
                except SourceError as error:
                    self._give_up_api(error)
                else:
                    yield from (one for one in found if one)
                    continue
            found = [self._probed(repository, tag) for tag in _tags(day)]
            yield from (one for one in found if one)

    def _give_up_api(self, error: SourceError) -> None:
        self._api_answers = False
        self.notes.append(
            f"GitHub's API did not answer ({error}); releases are looked for by their addresses,"
            " which tell no digest."
        )

    def _asked(self, address: str) -> "Reply":
        return self._web.ask(
            address,
            headers={"Accept": "application/vnd.github+json"},
            secrets=self._secrets,
            pace_s=self._provider.pace_s,
        )

    def _list(self, repository: str, oldest: date) -> dict[date, list[Release]]:
        """Return the releases of a repository by day, the pages of older ones left out."""
        found: dict[date, list[Release]] = {}
        address = f"{self._api}/repos/{OWNER}/{repository}/releases?per_page=100"
        for _ in range(PAGES):
            reply = self._asked(address)
            if _is_missing(reply):
                return found  # a year that has not begun
            entries = decoded(reply, list[_Release], NO_LIST)
            days = [day for day in (_day_of(one.tag_name) for one in entries) if day]
            for entry in entries:
                day, release = _day_of(entry.tag_name), self._release(repository, entry)
                if day and release:
                    found.setdefault(day, []).append(release)
            onward = _NEXT.search(reply.headers.get("link", ""))
            if not onward or (days and max(days) < oldest - timedelta(days=7)):
                return found
            if not onward[1].startswith(f"{self._api}/"):
                raise SourceError("list of releases leads elsewhere")
            address = onward[1]
        return found

    def _tagged(self, repository: str, tag: str) -> Release | None:
        reply = self._asked(f"{self._api}/repos/{OWNER}/{repository}/releases/tags/{tag}")
        if _is_missing(reply):
            return None
        return self._release(repository, decoded(reply, _Release, NO_LIST))

    def _release(self, repository: str, entry: _Release) -> Release | None:
        tag = entry.tag_name
        if not _TAG.fullmatch(tag):
            return None
        assets = [
            Asset(one.name, self._address(repository, tag, one.name), one.size, _digest(one))
            for one in entry.assets
            if one.size > 0 and one.state in (None, "uploaded")
        ]
        return self._joined(repository, tag, assets)

    def _probed(self, repository: str, tag: str) -> Release | None:
        """Return a release by trying its addresses: parts first, then the unsplit file."""
        assets: list[Asset] = []
        for ending in ("aa", "ab", "ac", "ad", "ae", "af"):
            asset = self._measured(repository, tag, f"{tag}.tar.{ending}")
            if asset is None:
                break
            assets.append(asset)
        if not assets:
            whole = self._measured(repository, tag, f"{tag}.tar")
            assets = [whole] if whole else []
        return self._joined(repository, tag, assets)

    def _measured(self, repository: str, tag: str, name: str) -> Asset | None:
        address = self._address(repository, tag, name)
        size = self._web.measure(address, pace_s=self._provider.pace_s)
        return Asset(name, address, size) if size else None

    def _joined(self, repository: str, tag: str, assets: list[Asset]) -> Release | None:
        """Return the day that some files are; parts win over an unsplit file."""
        from onstation.sources.tar import PART, missing_parts

        parts: dict[str, Asset] = {}
        for asset in assets:
            split = PART.fullmatch(asset.name)
            if split and split["whole"] == f"{tag}.tar":
                parts[split["part"].lower()] = asset
        page = f"{self._site}/{OWNER}/{repository}/releases/tag/{tag}"
        if parts:
            joined, missing = missing_parts(parts)
            return Release(tag, page, tuple(joined), missing)
        whole = [asset for asset in assets if asset.name == f"{tag}.tar"]
        return Release(tag, page, tuple(whole)) if whole else None

    def _address(self, repository: str, tag: str, name: str) -> str:
        return f"{self._site}/{OWNER}/{repository}/releases/download/{tag}/{name}"


def _is_missing(reply: "Reply") -> bool:
    """Say whether the API says that there is no such thing; a page of a web server says nothing."""
    return reply.status == 404 and reply.body.lstrip()[:1] == b"{"


def _repositories(day: date) -> list[str]:
    """Return where a day may lie: the year is that of the upload."""
    years = [day.year]
    if (day.month, day.day) >= (12, 14):
        years.append(day.year + 1)
    if (day.month, day.day) <= (1, 1):
        years.append(day.year - 1)
    return [f"globe_history_{year}" for year in years]


def _tags(day: date) -> list[str]:
    pods: tuple[str, ...] = PODS
    if day.year == 2023:
        pods = PODS_OF_2023
    elif date(2025, 5, 23) <= day <= date(2025, 6, 12):
        pods = PODS_OF_MAY_2025
    return [f"v{day:%Y.%m.%d}-planes-readsb-{pod}" for pod in pods]


def _day_of(tag: str) -> date | None:
    found = _TAG.fullmatch(tag)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _rank(release: Release) -> tuple[bool, int, int]:
    """Put whole releases first, larger before smaller, the main server before others."""
    return bool(release.missing), -release.size, "-prod-" not in release.tag


def _digest(asset: _Asset) -> str:
    kind, _, value = (asset.digest or "").partition(":")
    return value.lower() if kind == "sha256" else ""


def _usual_mib(day: date) -> float:
    """Return the usual size of a month's days, on the line between known months. [MiB]"""
    known = sorted((year * 12 + month, size) for (year, month), size in USUAL_MIB.items())
    month = day.year * 12 + day.month
    if month <= known[0][0]:
        return known[0][1]
    for (before, low), (after, high) in pairwise(known):
        if month <= after:
            return low + (high - low) * (month - before) / (after - before)
    return known[-1][1]


PROVIDER = Provider(
    name="adsblol-archive",
    covers="every aircraft, whole UTC days since 2023-02-16, about 3 to 4 GB a day, streamed",
    terms="ODbL 1.0: name adsb.lol; a database made from it must be ODbL too",
    credentials="none; $GITHUB_TOKEN, if set, is sent to GitHub's API",
    kind=ARCHIVE,
    base=SITE,
    opens=AdsblolArchive,
    pace_s=1.0,
    published_after_ms=210 * 60 * 1000,
    secrets=(Secret(TOKEN),),
    attribution=(
        "Contains information from adsb.lol, made available under the Open Database License "
        "(ODbL) 1.0."
    ),
    viewer="https://adsb.lol/",
    licence=ODBL,
)
