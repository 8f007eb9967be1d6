"""How answers look to other programs: CSV, JSON, Parquet, frames, GeoJSON, KML.

Read `encode` (cells, JSON text, metadata), then one module for each answer: `missions`,
`report`, `tail`, `coverage`, `claims`, `rule`; `parquet` and `frames` have typed columns;
`geojson` and `kml` are for maps, and `flights` is what both say alike; `shelf` tells who reads
the store itself what lies there.
"""
