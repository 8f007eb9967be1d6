"""Which release is a day, whatever its list, its parts or its server are like."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from clocks import Clock
from servers import Asked, ReleaseSite, Upload, serving

from onstation.errors import SourceError
from onstation.sources.providers import Release, published_providers
from onstation.sources.published.adsblol_archive import MIB, AdsblolArchive
from onstation.web.door import Web
from onstation.web.records import Policy

pytestmark = pytest.mark.server

DAY = date(2025, 2, 3)


def tag(day: date = DAY, pod: str = "prod-0") -> str:
    return f"v{day:%Y.%m.%d}-planes-readsb-{pod}"


def upload(
    day: date = DAY, pod: str = "prod-0", *endings: str, size: int = 10, **more: Any
) -> Upload:
    name = tag(day, pod)
    return Upload(name, {f"{name}.{e}": b"z" * size for e in endings or ("tar",)}, **more)


class Asking:
    """An archive to ask, with what its server was asked."""

    def __init__(self, archive: AdsblolArchive, log: list[Asked], clock: Clock) -> None:
        self.archive = archive
        self.log = log
        self.clock = clock

    def best(self, day: date = DAY) -> Release:
        return self.archive.releases(day)[0]

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]


@pytest.fixture
def ask() -> Iterator[Any]:
    from contextlib import ExitStack

    with ExitStack() as stack:

        def opened(site: ReleaseSite, secrets: dict[str, str] | None = None) -> Asking:
            clock = Clock()
            web = stack.enter_context(Web(now=clock, sleep=clock.sleep, policy=Policy(pace_s=0)))
            base, log = stack.enter_context(serving(site))
            provider = published_providers()["adsblol-archive"]
            return Asking(AdsblolArchive(web, provider, base, secrets or {}), log, clock)

        yield opened


BOTH_WAYS = pytest.mark.parametrize("quota", [None, 0], ids=["by the API", "by address"])


def names(release: Release) -> list[str]:
    return [asset.name.rpartition("-0")[2].removeprefix("tmp") for asset in release.assets]


@BOTH_WAYS
def test_a_day_without_a_release_has_none(ask: Any, quota: int | None) -> None:
    site = ReleaseSite([upload(DAY + timedelta(1))], quota=quota)

    assert list(ask(site).archive.releases(DAY)) == []


@BOTH_WAYS
def test_only_a_tar_is_the_day(ask: Any, quota: int | None) -> None:
    release = ask(ReleaseSite([upload(size=77)], quota=quota)).best()

    assert (names(release), release.size, release.missing) == ([".tar"], 77, ())
    assert release.page.endswith(f"/releases/tag/{tag()}")


@BOTH_WAYS
def test_parts_are_joined_in_order(ask: Any, quota: int | None) -> None:
    parts = upload(DAY, "prod-0", "tar.ab", "tar.aa", "tar.ac")

    assert names(ask(ReleaseSite([parts], quota=quota)).best()) == [".tar.aa", ".tar.ab", ".tar.ac"]


@BOTH_WAYS
def test_parts_win_over_an_unsplit_tar_beside_them(ask: Any, quota: int | None) -> None:
    mixed = upload(DAY, "prod-0", "tar", "tar.aa", "tar.ab")

    assert names(ask(ReleaseSite([mixed], quota=quota)).best()) == [".tar.aa", ".tar.ab"]


@BOTH_WAYS
def test_the_largest_release_wins_and_says_which_it_is(ask: Any, quota: int | None) -> None:
    site = ReleaseSite([upload(size=10), upload(DAY, "staging-0", size=11)], quota=quota)

    assert ask(site).best().tag == tag(DAY, "staging-0")


@BOTH_WAYS
def test_the_temporary_uploads_of_2025_are_taken_where_they_are_larger(
    ask: Any, quota: int | None
) -> None:
    day = date(2025, 6, 11)
    site = ReleaseSite([upload(day, size=69), upload(day, "prod-0tmp", size=330)], quota=quota)

    assert ask(site).best(day).tag.endswith("prod-0tmp")


@BOTH_WAYS
def test_a_subset_is_never_a_day(ask: Any, quota: int | None) -> None:
    site = ReleaseSite([upload(DAY, "mlatonly-0", size=999)], quota=quota)

    assert list(ask(site).archive.releases(DAY)) == []


@BOTH_WAYS
def test_new_year_is_looked_for_where_it_was_uploaded(ask: Any, quota: int | None) -> None:
    last = date(2024, 12, 31)

    assert ask(ReleaseSite([upload(last, year=2025)], quota=quota)).best(last).tag == tag(last)


def test_one_without_its_first_part_gives_way_to_a_smaller_whole_one(ask: Any) -> None:
    broken = upload(DAY, "prod-0", "tar.ab", size=99)
    site = ReleaseSite([broken, upload(DAY, "staging-0", size=50)])
    found = ask(site).archive.releases(DAY)

    assert [one.tag for one in found] == [tag(DAY, "staging-0"), tag()]
    assert (found[1].missing, found[1].assets) == (("aa",), ())


def test_an_upload_without_files_is_none(ask: Any) -> None:
    assert list(ask(ReleaseSite([Upload(tag(), {"README.txt": b"x"})])).archive.releases(DAY)) == []


def test_the_digest_is_told_where_it_is_published(ask: Any) -> None:
    one = upload()
    one.digests[f"{tag()}.tar"] = "sha256:" + hashlib.sha256(b"z" * 10).hexdigest()

    assert ask(ReleaseSite([one])).best().assets[0].digest == one.digests[f"{tag()}.tar"][7:]


def test_without_requests_left_the_addresses_are_tried_and_it_is_said(ask: Any) -> None:
    asking = ask(ReleaseSite([upload()], quota=0))
    asking.best()

    assert sum(path.startswith("/api/") for path in asking.paths()) == 1
    assert "quota used up: until 14:13 UTC" in asking.archive.notes[0]


def test_a_mirror_without_an_api_is_not_taken_for_one_without_releases(ask: Any) -> None:
    assert ask(ReleaseSite([upload()], has_api=False)).best().tag == tag()


def test_a_site_that_is_down_is_no_day_without_a_release(ask: Any) -> None:
    asking = ask(ReleaseSite([upload()], quota=0, down=True))

    with pytest.raises(SourceError, match="HTTP 503"):
        asking.archive.releases(DAY)


def many(first: date, count: int, **more: Any) -> list[Upload]:
    """Return releases of days one after the other, the newest first as they are listed."""
    return [upload(first + timedelta(n), **more) for n in reversed(range(count))]


def test_many_days_are_listed_page_by_page(ask: Any) -> None:
    days = [DAY + timedelta(n) for n in range(9)]
    asking = ask(ReleaseSite(many(DAY - timedelta(3), 12), per_page=5))

    assert asking.archive.prepare(days)
    assert [asking.best(day).tag for day in days] == [tag(day) for day in days]
    assert len(asking.paths()) == 3


def test_the_list_is_read_no_further_than_needed(ask: Any) -> None:
    asking = ask(ReleaseSite(many(date(2025, 1, 2), 39), per_page=5))
    asking.archive.prepare([date(2025, 2, 8), date(2025, 2, 9)])

    assert len(asking.paths()) < 6


def test_few_old_days_are_asked_for_by_name(ask: Any) -> None:
    old = date(2024, 5, 5)
    asking = ask(ReleaseSite(many(old, 9), per_page=1))
    asking.archive.prepare([old])
    asking.best(old)

    assert all("/releases/tags/" in path for path in asking.paths())


def test_a_month_that_was_listed_tells_its_usual_size(ask: Any) -> None:
    large = {f"{tag(DAY + timedelta(n))}.tar": 4000 * MIB for n in range(9)}
    asking = ask(ReleaseSite(many(DAY, 9, sizes=large)))
    size, how = asking.archive.usual_size(DAY)
    assert (round(size / MIB), how) == (2383, "month's median as known to this version")
    asking.archive.prepare([DAY + timedelta(n) for n in range(9)])

    assert asking.archive.usual_size(DAY) == (4000 * MIB, "median of the 9 days listed around it")


def test_weeks_of_tiny_days_do_not_make_themselves_normal(ask: Any) -> None:
    asking = ask(ReleaseSite(many(DAY, 20, size=133_000)))
    asking.archive.prepare([DAY + timedelta(n) for n in range(20)])
    size, how = asking.archive.usual_size(DAY + timedelta(9))

    assert (round(size / MIB), how) == (2383, "month's median as known to this version")


@pytest.mark.parametrize(
    ("day", "mib"),
    [
        (date(2023, 2, 16), 960),
        (date(2025, 3, 1), 2420),
        (date(2025, 5, 9), 2900),
        (date(2029, 1, 1), 3600),
    ],
)
def test_the_usual_size_of_other_months_lies_between_those_known(
    ask: Any, day: date, mib: float
) -> None:
    assert ask(ReleaseSite([])).archive.usual_size(day)[0] == mib * MIB


def test_a_token_goes_to_the_api_alone(ask: Any) -> None:
    asking = ask(ReleaseSite([upload()]), {"GITHUB_TOKEN": "hush"})
    release = asking.best()
    asking.archive._web.measure(release.assets[0].address)

    sent: Sequence[tuple[bool, bool]] = [
        (asked.path.startswith("/api/"), "authorization" in asked.headers) for asked in asking.log
    ]
    assert {api for api, token in sent if token} == {True}
    assert all(token for api, token in sent if api)


def test_a_list_that_leads_elsewhere_is_not_followed(ask: Any) -> None:
    site = ReleaseSite(many(DAY, 9), per_page=5)
    answer = site._json([])
    answer.headers["Link"] = '<https://elsewhere.example/api>; rel="next"'  # type: ignore[index]
    site._api = lambda *args: answer  # type: ignore[method-assign, assignment]
    asking = ask(site)

    assert not asking.archive.prepare([DAY + timedelta(n) for n in range(9)])
    assert "leads elsewhere" in asking.archive.notes[0]


def test_a_token_goes_to_no_mirror_but_on_this_machine() -> None:
    clock = Clock()
    provider = published_providers()["adsblol-archive"]
    with Web(now=clock, sleep=clock.sleep) as web:
        sent = [
            AdsblolArchive(web, provider, base, {"GITHUB_TOKEN": "hush"})._secrets
            for base in ("https://mirror.example", "https://github.com", "http://127.0.0.1:9")
        ]

    assert [bool(secrets) for secrets in sent] == [False, True, True]
