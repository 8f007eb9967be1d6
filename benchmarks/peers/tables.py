"""Count missions by month and type over a table in a file, as an analyst would.

    python tables.py pandas-csv|pandas-parquet|duckdb-csv|duckdb-parquet FILE

Runs in the peers' own environment, without onstation. Prints the counts as JSON.
"""

import json
import sys


def main() -> None:
    """Count and print."""
    way, file = sys.argv[1:]
    library, form = way.split("-")
    if library == "pandas":
        import pandas as pd

        names = ["mission_id", "counts_in_total", "date", "type"]
        if form == "csv":
            table = pd.read_csv(file, usecols=names)
        else:
            table = pd.read_parquet(file, columns=names)
        counted = table[table["counts_in_total"].astype(bool)]
        by = [counted["date"].astype(str).str[:7], "type"]
        sizes = counted.groupby(by)["mission_id"].nunique()
        rows = [(month, type_, int(count)) for (month, type_), count in sizes.items()]
    else:
        import duckdb

        rows = duckdb.sql(
            "SELECT CAST(date AS VARCHAR)[1:7] AS month, type, count(DISTINCT mission_id)"
            f" FROM '{file}' WHERE counts_in_total GROUP BY ALL"
        ).fetchall()
    print(json.dumps(sorted([month, type_, count] for month, type_, count in rows)))


if __name__ == "__main__":
    main()
