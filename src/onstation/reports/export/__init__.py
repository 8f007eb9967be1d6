"""How answers look to other programs: CSV, JSON, Parquet, frames, GeoJSON, KML.

Read `encode` (cells, JSON text, metadata), then `answers` (missions, reports, stories),
`coverage`, `claims`; `parquet` and `frames` for typed columns, `geojson` and `kml` for maps,
`shelf` for who reads the store itself.
"""
