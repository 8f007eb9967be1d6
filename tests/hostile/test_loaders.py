"""Files a person writes may be hostile too: every fault is told, soon, and nothing breaks."""

import json
import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from onstation.claims.load import load_claims
from onstation.config import find_secrets, shipped
from onstation.errors import InputError, closest
from onstation.fleet.load import load_fleet
from onstation.regions import read
from onstation.regions.load import draft_regions
from onstation.regions.resolve import resolve
from onstation.yamlparse import MAX_ENTRIES

GEOMETRY = shipped("regions")
AT_MOST_S = 2.0
HUGE = "1" + "0" * 400


def faults(load: Callable[[], object]) -> list[str]:
    """Return every fault of a file, which is refused within two seconds of CPU."""
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        load()
    assert time.process_time() - before < AT_MOST_S
    assert all(0 < len(fault) < 400 and fault.isprintable() for fault in caught.value.faults)
    return list(caught.value.faults)


@pytest.fixture
def regions(tmp_path: Path) -> Callable[..., list[str]]:
    def load(text: str | bytes, name: str = "", content: str | bytes = "") -> list[str]:
        path = tmp_path / "regions.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        if name:
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return faults(lambda: resolve(path, tmp_path / "cache", GEOMETRY))

    return load


def region(body: str) -> str:
    return f"version: 1\nregions:\n  a:\n    {body}\n"


def polygon(coordinates: str) -> str:
    return f'{{"type": "Polygon", "coordinates": {coordinates}}}'


def ring(count: int) -> str:
    turn = 2 * math.pi / count
    places = [[-110 + math.cos(turn * i), 25 + math.sin(turn * i)] for i in range(count)]
    return json.dumps([[*places, places[0]]])


# ---- any YAML file

YAML = {
    "laughs": "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(50)),
    "a tag that runs something": "version: !!python/object/apply:os.system [x]\n",
    "deep lists": "[" * 100_000,
    "deep items": "- " * 100_000,
    "deep mappings": "{a: " * 100_000,
    "many items": "-\n" * 1_000_000,
    "many values": "version: 1\nregions: [" + "a," * 1_000_000 + "]",
    "many keys": "version: 1\n" + "".join(f"k{i}: 1\n" for i in range(100_000)),
    "one key many times": "version: 1\n" * 100_000,
    "anchors": "[" + "&a x," * 400_000 + "]",
    "a zero byte": b"version: \x00",
    "UTF-16": "version: 1".encode("utf-16"),
    "half a surrogate": 'version: "\\ud800"',
    "5,000 digits": "version: " + "1" * 5000,
    "a long key": '"' + "k" * 3_000_000 + '": 1\n',
    "no numbers": "version: .nan\nregions: .inf\n",
    "nothing": b"",
    "too much": b"#" * 5_000_000,
}


@pytest.mark.parametrize("what", YAML)
@pytest.mark.parametrize("kind", ["regions", "fleet", "claims"])
def test_no_yaml_breaks_a_reader_of_it(tmp_path: Path, kind: str, what: str) -> None:
    text = YAML[what]
    path = tmp_path / f"{kind}.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    load: dict[str, Callable[[], object]] = {
        "regions": lambda: resolve(path, tmp_path / "cache", GEOMETRY),
        "fleet": lambda: load_fleet(path),
        "claims": lambda: load_claims(path),
    }

    assert all(f"{kind}.yaml" in fault for fault in faults(load[kind]))


def test_thousands_of_unknown_keys_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("".join(f"k{i}: 1\n" for i in range(MAX_ENTRIES // 5)), encoding="utf-8")

    assert len(faults(lambda: load_fleet(path))) == MAX_ENTRIES // 5 + 2


MISSPELT = {
    "regions": "version: 1\nregions:\n  a: {{{}}}\n",
    "fleet": "version: 1\nfleets:\n  A: {{{}}}\n",
    "claims": "version: 1\nclaims:\n  A: {{{}}}\n",
}


@pytest.mark.parametrize("kind", MISSPELT)
def test_misspelt_names_are_compared_only_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Counted in names compared, not in seconds."""
    compared = []

    def counted(word: str, known: dict[str, str], **_: object) -> list[str]:
        compared.append(len(known))
        return []

    monkeypatch.setattr("difflib.get_close_matches", counted)
    monkeypatch.setattr("onstation.errors.MOST_COMPARED", 100)
    path = tmp_path / f"{kind}.yaml"
    path.write_text(MISSPELT[kind].format(", ".join(f"typez{i}: 1" for i in range(200))))
    load = {"fleet": load_fleet, "claims": load_claims, "regions": draft_regions}[kind]
    with suppress(InputError):
        load(path)

    assert 0 < sum(compared) <= 100


def test_names_longer_than_any_are_not_compared_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def noted(word: str, known: dict[str, str], **_: object) -> list[str]:
        compared.extend((word, *known))
        return []

    monkeypatch.setattr("difflib.get_close_matches", noted)
    closest("ab" * 1000, ["ab" * 1001])
    closest("baj", ["ab" * 1001, "baja"])

    assert compared == ["baj", "baja"]


# ---- regions

OUTLINES = {
    "huge whole number": (polygon(f"[[[{HUGE},1],[2,3],[4,5],[{HUGE},1]]]"), "wrong shape"),
    "huge number": (polygon("[[[1e308,1],[2,3],[4,5],[1e308,1]]]"), "not on Earth"),
    "beyond every number": (polygon("[[[1e999,1],[2,3],[4,5],[1e999,1]]]"), "not finite"),
    "no number": (polygon("[[[NaN,1],[2,3],[4,5],[NaN,1]]]"), "wrong shape"),
    "infinite": (polygon("[[[Infinity,1],[2,3],[4,5],[Infinity,1]]]"), "not finite"),
    "5,000 digits": (polygon(f"[[[{'1' * 5000},1],[2,3],[4,5],[1,1]]]"), "not JSON"),
    "text for a number": (polygon('[[["1",1],[2,3],[4,5],["1",1]]]'), "wrong shape"),
    "true for a number": (polygon("[[[true,1],[2,3],[4,5],[true,1]]]"), "wrong shape"),
    "null for a number": (polygon("[[[null,1],[2,3],[4,5],[null,1]]]"), "wrong shape"),
    "an object for a number": (polygon("[[[{},1],[2,3],[4,5],[{},1]]]"), "wrong shape"),
    "a list for a number": (polygon("[[[[],1],[2,3],[4,5],[[],1]]]"), "wrong shape"),
    "half a place": (polygon("[[[1],[2,3],[4,5],[1]]]"), "wrong shape"),
    "a number for coordinates": (polygon("7"), "wrong shape"),
    "an object for coordinates": (polygon('{"a": 1}'), "ring is open"),
    "no coordinates": ('{"type": "Polygon"}', "wrong shape"),
    "nothing": ("", "not JSON"),
    "edges that cross": (polygon("[[[0,0],[1,1],[1,0],[0,1],[0,0]]]"), "cross"),
    "features in features": (
        '{"type":"Feature","geometry":' * 900 + polygon(ring(9)) + "}" * 900,
        "nested more than 8 deep",
    ),
    "deep": ("[" * 200_000, "not JSON"),
    "many lists": ("[" + "[]," * 2_100_000 + "[]]", "more than 2000000 of ["),
    "half a surrogate": ('{"type": "\\ud800"}', "has no outline"),
    "a duplicate key": ('{"type": 1, "type": "Point", "coordinates": [1, 2]}', "no outline"),
}


@pytest.mark.parametrize("what", OUTLINES)
def test_no_geojson_breaks_the_reader(regions: Callable[..., list[str]], what: str) -> None:
    content, told = OUTLINES[what]

    (fault,) = regions(region("file: x.geojson"), "x.geojson", content)
    assert told in fault


def test_an_outline_of_too_many_places_is_refused_before_it_is_drawn(
    regions: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "MAX_PLACES", 1000)

    (fault,) = regions(region("file: x.geojson"), "x.geojson", polygon(ring(1001)))
    assert "more than 1000 places" in fault


@pytest.mark.parametrize("name", ["x.kml", "x.geojson", "x.wkt"])
def test_a_file_of_outlines_is_never_held_whole_if_it_is_too_large(
    regions: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 1_000_000)

    (fault,) = regions(region(f"file: {name}"), name, "<kml>" + " " * 1_000_000)
    assert "over 1 MB; thin it" in fault


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<kml>" + "<Placemark>" * 20_000 + "</Placemark>" * 20_000 + "</kml>", "60 deep"),
        ("<a>" * 300_000 + "</a>" * 300_000, "60 deep"),
        ("<kml>" + "<a/>" * 1_000_001 + "</kml>", "more than 1000000 tags"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        ("<kml", "not XML"),
        ("<a>&lol;</a>", "not XML"),
    ],
    ids=["placemarks", "deep", "many", "entity", "cut", "unknown entity"],
)
def test_no_kml_breaks_the_reader(
    regions: Callable[..., list[str]], content: str, told: str
) -> None:
    (fault,) = regions(region("file: x.kml"), "x.kml", content)
    assert told in fault


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("GEOMETRYCOLLECTION(" * 100_000, "no plain WKT"),
        ("GeometryCollection(POINT(1 1)," * 3000, "no plain WKT"),
        ("POLYGON((1 1,2 3,4 5,1 1))\0x", "no plain WKT"),
        ("POLYGON((nan 1,2 3,4 5,nan 1))", "ring is open"),
        ("POLYGON((" + "1 1," * 1_500_001 + "1 1))", "more than 1500000 places"),
        ("\x1b[31m", "not WKT"),
        ("", "not WKT"),
    ],
    ids=["deep", "deep beside", "zero byte", "no number", "many", "letters", "nothing"],
)
def test_no_wkt_breaks_the_reader(
    regions: Callable[..., list[str]], content: str, told: str
) -> None:
    (fault,) = regions(region("file: x.wkt"), "x.wkt", content)
    assert told in fault


@pytest.mark.parametrize(
    "body",
    [
        f"bbox: [{HUGE}, 1, 2, 3]",
        f"circle: {{center: {{lat: {HUGE}, lon: 1}}, radius: 1 km}}",
        f"line: [[{HUGE}, 1], [2, 3]]",
        f"geojson: {{type: Polygon, coordinates: [[[{HUGE},1],[2,3],[4,5],[{HUGE},1]]]}}",
        "bbox: [.nan, .inf, 1e5, -.inf]",
    ],
)
def test_a_coordinate_nobody_can_hold_is_a_fault(
    regions: Callable[..., list[str]], body: str
) -> None:
    assert regions(region(body))


def test_regions_that_refer_to_one_another_for_ever_are_refused(
    regions: Callable[..., list[str]],
) -> None:
    circle = [f"  r{i}: {{region: r{(i + 1) % 3000}}}\n" for i in range(3000)]

    (fault,) = regions("version: 1\nregions:\n" + "".join(circle))
    assert "refers to itself" in fault


def test_many_faulty_regions_are_told_at_once(regions: Callable[..., list[str]]) -> None:
    entries = "".join(f"  r{i}: {{aras: x}}\n" for i in range(1000))

    assert len(regions("version: 1\nregions:\n" + entries)) == 2000


def test_a_line_that_would_take_hours_is_refused(regions: Callable[..., list[str]]) -> None:
    places = ",".join(f"[{-170 if i % 2 else 170},{i / 1000}]" for i in range(1000))

    (fault,) = regions(region(f"buffer: {{of: {{line: [{places}]}}, by: 1 km}}"))
    assert "degrees" in fault


# ---- fleet, claims, secrets


@pytest.mark.parametrize(
    "expression",
    ["(" * 200, "a{1,99999999999999}", "[[a]", "(?P<a>x)(?P<a>y)", "A|" * 50_000, "*"],
    ids=["deep", "repeated", "to change its meaning", "twice", "long", "nothing to repeat"],
)
def test_no_expression_breaks_the_fleet(tmp_path: Path, expression: str) -> None:
    path = tmp_path / "fleet.yaml"
    clause = f'require_military: true, callsigns: "{expression}"'
    path.write_text(
        "version: 1\nfleets:\n  p8: {label: P, type: P8, agency: USN, role: patrol, count: true,"
        f" match: [{{{clause}}}]}}\n",
        encoding="utf-8",
    )

    assert "expression" in faults(lambda: load_fleet(path))[0]


def test_huge_numbers_are_told_shortly(tmp_path: Path) -> None:
    fleet, claims = tmp_path / "fleet.yaml", tmp_path / "claims.yaml"
    fleet.write_text(f"version: {HUGE}\nfleets: {{a: {{addresses: [{HUGE}]}}}}\n", encoding="utf-8")
    numbers = f"value: {HUGE}, within: -{HUGE}, near: {{lat: {HUGE}, lon: .nan, radius_km: .inf}}"
    claims.write_text(f"version: 1\nclaims:\n  a: {{measure: near, {numbers}}}\n", encoding="utf-8")

    assert faults(lambda: load_fleet(fleet))
    assert sum("no such number" in told for told in faults(lambda: load_claims(claims))) == 5


def test_a_deep_file_of_secrets_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    path.chmod(0o600)

    wanted, environ = [("SOME_SECRET", "some")], {"ONSTATION_CONFIG": str(tmp_path)}
    (fault,) = faults(lambda: find_secrets(wanted, path.name, environ=environ))
    assert "JSON" in fault
