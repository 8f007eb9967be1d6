"""Fence tracks by other libraries, as their users would.

    python fence.py moving-pandas|traffic|geopandas|duckdb TRACKS.npz OUTLINES.txt

Runs in the peers' own environment, without onstation. Tracks are arrays end to end with where
each begins; outlines are WKT, one a line. Printed as JSON: CPU seconds (of the work, imports
and reading apart), and what was found: by track and outline the times of entry and exit [ms],
or how many positions each outline holds.
"""

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

Tracks = list[tuple[np.ndarray, np.ndarray, np.ndarray]]


def moving_pandas(tracks: Tracks, outlines: list[str]) -> tuple[float, Any]:
    """Clip by MovingPandas: entries and exits."""
    import movingpandas
    import pandas as pd
    import shapely

    shapes = shapely.from_wkt(outlines)
    began, found = time.process_time(), []
    for time_ms, lon, lat in tracks:
        index = pd.to_datetime(time_ms, unit="ms")
        frame = pd.DataFrame({"id": 1, "lon": lon, "lat": lat}, index=index)
        line = movingpandas.Trajectory(frame, 1, x="lon", y="lat", crs="EPSG:4326")
        clips = [line.clip(shape).trajectories for shape in shapes]
        found.append([[_span(part.df.index) for part in parts] for parts in clips])
    return time.process_time() - began, found


def _span(index: Any) -> tuple[float, float]:
    return index[0].timestamp() * 1000, index[-1].timestamp() * 1000


def traffic(tracks: Tracks, outlines: list[str]) -> tuple[float, Any]:
    """Clip by traffic: the positions inside, in pieces."""
    import pandas as pd
    import shapely
    from traffic.core import Flight

    shapes = shapely.from_wkt(outlines)
    began, found = time.process_time(), [0] * len(shapes)
    for time_ms, lon, lat in tracks:
        stamps = pd.to_datetime(time_ms, unit="ms", utc=True)
        flight = Flight(pd.DataFrame({"timestamp": stamps, "longitude": lon, "latitude": lat}))
        for which, shape in enumerate(shapes):
            found[which] += sum(len(piece) for piece in flight.clip_iterate(shape))
    return time.process_time() - began, found


def geopandas(tracks: Tracks, outlines: list[str]) -> tuple[float, Any]:
    """Join points to polygons by geopandas: how many each holds."""
    import geopandas
    import numpy as np
    import shapely

    lon, lat = (np.concatenate([track[which] for track in tracks]) for which in (1, 2))
    began = time.process_time()
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs="EPSG:4326")
    areas = geopandas.GeoDataFrame(geometry=shapely.from_wkt(outlines), crs="EPSG:4326")
    joined = geopandas.sjoin(points, areas, predicate="intersects")
    counts = joined["index_right"].value_counts()
    found = [int(counts.get(which, 0)) for which in range(len(outlines))]
    return time.process_time() - began, found


def duckdb(tracks: Tracks, outlines: list[str]) -> tuple[float, Any]:
    """Join points to polygons by DuckDB's spatial extension: how many each holds."""
    import duckdb
    import pandas as pd
    import pyarrow as pa

    lon, lat = (np.concatenate([track[which] for track in tracks]) for which in (1, 2))
    database = duckdb.connect(config={"threads": 1})
    folder = Path(duckdb.__file__).parents[1] / "duckdb_ext" / "extensions"
    extension = next(folder.glob("*/*/spatial.duckdb_extension"))
    database.execute(f"LOAD '{extension}'")
    database.register("given", pa.table({"lon": lon, "lat": lat}))
    database.register("texts", pd.DataFrame({"which": range(len(outlines)), "wkt": outlines}))
    database.execute("CREATE TABLE points AS SELECT ST_Point(lon, lat) AS place FROM given")
    database.execute("CREATE TABLE areas AS SELECT which, ST_GeomFromText(wkt) AS area FROM texts")
    began = time.process_time()
    rows = database.execute(
        "SELECT which, count(*) FROM points JOIN areas ON ST_Intersects(area, place) GROUP BY which"
    ).fetchall()
    counts = dict(rows)
    found = [counts.get(which, 0) for which in range(len(outlines))]
    return time.process_time() - began, found


def main() -> None:
    """Do as asked and print it."""
    warnings.simplefilter("ignore")
    way, tracks_file, outlines_file = sys.argv[1:]
    data = np.load(tracks_file)
    cuts = data["begins"][1:]
    columns = (np.split(data[name], cuts) for name in ("time_ms", "lon_deg", "lat_deg"))
    tracks = list(zip(*columns, strict=True))
    outlines = Path(outlines_file).read_text(encoding="ascii").splitlines()
    ways = {"moving-pandas": moving_pandas, "traffic": traffic, "geopandas": geopandas}
    cpu_s, found = (ways | {"duckdb": duckdb})[way](tracks, outlines)
    print(json.dumps({"cpu_s": cpu_s, "found": found}))


if __name__ == "__main__":
    main()
