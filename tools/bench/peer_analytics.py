# SPDX-License-Identifier: Apache-2.0
"""The analytics job in DuckDB: the five tables of build/analytics from the same history.

    peer_analytics.py HISTORY OUT.duckdb THREADS MEMORY

HISTORY is the SQLite file itself, read by DuckDB's own SQLite extension, or a DuckDB file that has the table
already (`load` instead of THREADS makes one of it, which is not timed). Prints one JSON object: seconds
without Python's start, rows per table. Left out, in DuckDB's favour: keys on the tables."""
import json
import sys
import time

import duckdb

MOST_VALUES = 50
MACROS = r"""
CREATE TEMP MACRO key_of(x) AS
    CASE WHEN x IS NULL THEN '(none)' WHEN x IN ('(none)', '__other__') THEN '=' || x ELSE x END;
CREATE TEMP MACRO minor_of(x) AS coalesce(nullif(regexp_extract(x, '^[0-9]+(\.[0-9]+)?'), ''), '(none)');
CREATE TEMP MACRO family_of(x) AS key_of(nullif(lower(regexp_extract(x, '^[^/ \t\n\v\f\r]*')), ''));
"""

# Read once; every table is made of this.
EVENTS = """
CREATE TEMP TABLE events AS
SELECT key_of(project_id) AS project_id, left(deactivated_at, 10) AS day,
       left(deactivated_at, 13) || ':00:00.000Z' AS hour, site_key, key_of(reason_id) AS reason_id,
       reason_info IS NOT NULL AS commented, key_of(project_version) AS project_version,
       minor_of(wp_version) AS wp_minor, minor_of(php_version) AS php_minor,
       minor_of(mysql_version) AS mysql_minor, family_of(server_software) AS server_family,
       key_of(locale) AS locale, key_of(theme_slug) AS theme_slug,
       CASE WHEN multisite IS NULL THEN '(none)' WHEN multisite = 1 THEN 'true' ELSE 'false' END AS multisite,
       key_of(client_version) AS client_version, coalesce(is_local_host = 1, false) AS local
FROM history.deactivations
"""
DIMENSIONS = ("project_version", "wp_minor", "php_minor", "mysql_minor", "server_family", "locale",
              "theme_slug", "multisite", "client_version")
VALUES = " UNION ALL ".join(f"""
    SELECT project_id, day, '{dim}' AS dim, {dim} AS value, count(*) AS events, count(DISTINCT site_key) AS sites
    FROM events WHERE NOT local GROUP BY project_id, day, {dim}""" for dim in DIMENSIONS)

TABLES = {
    "analytics_hourly": """
        SELECT project_id, hour, count(*) FILTER (NOT local) AS events,
               count(DISTINCT site_key) FILTER (NOT local) AS sites,
               count(*) FILTER (NOT local AND commented) AS with_comment,
               count(*) FILTER (local) AS local_events
        FROM events GROUP BY project_id, hour""",
    "analytics_daily_reason": """
        SELECT project_id, day, reason_id, count(*) AS events, count(DISTINCT site_key) AS sites
        FROM events WHERE NOT local GROUP BY project_id, day, reason_id""",
    "analytics_daily_dim": f"""
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY project_id, day, dim ORDER BY events DESC, value) AS place
            FROM ({VALUES}))
        SELECT project_id, day, dim, CASE WHEN place > {MOST_VALUES} THEN '__other__' ELSE value END AS value,
               sum(events)::BIGINT AS events, sum(sites)::BIGINT AS sites
        FROM ranked GROUP BY ALL""",
    "analytics_daily_reason_version": """
        SELECT project_id, day, reason_id, project_version, count(*) AS events
        FROM events WHERE NOT local GROUP BY project_id, day, reason_id, project_version""",
    "analytics_overview_daily": """
        WITH days AS (SELECT project_id, day, count(*) AS events, count(DISTINCT site_key) AS sites
                      FROM events WHERE NOT local GROUP BY project_id, day),
             tops AS (SELECT project_id, day, first(reason_id ORDER BY events DESC, reason_id) AS top_reason
                      FROM analytics_daily_reason GROUP BY project_id, day)
        SELECT d.project_id, d.day, d.events, d.sites, coalesce(b.events, 0) AS previous_day_events, t.top_reason
        FROM days d JOIN tops t USING (project_id, day)
        LEFT JOIN days b ON b.project_id = d.project_id AND b.day::DATE + 1 = d.day::DATE""",
}


def attach(db, history):
    kind = "SQLITE" if history.endswith(".db") else "DUCKDB"
    if kind == "SQLITE":
        from duckdb_extensions import import_extension   # not needed for files of DuckDB's own
        import_extension("sqlite_scanner")
        db.execute("LOAD sqlite_scanner")
    db.execute(f"ATTACH '{history}' AS history (TYPE {kind}, READ_ONLY)")


def load(history, out):
    with duckdb.connect(out) as db:
        attach(db, history)
        db.execute("CREATE TABLE deactivations AS FROM history.deactivations")


def main(history, out, threads, memory=None):
    if threads == "load":
        load(history, out)
        return
    start = time.perf_counter()
    db = duckdb.connect(out, config={"threads": threads, "memory_limit": memory,
                                     "preserve_insertion_order": "false"})
    attach(db, history)
    db.execute(MACROS)
    db.execute(EVENTS)
    rows, steps = {}, {"events": time.perf_counter() - start}
    for table, query in TABLES.items():
        begin = time.perf_counter()
        db.execute(f"CREATE TABLE {table} AS {query}")
        rows[table] = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        steps[table] = time.perf_counter() - begin
    db.close()
    print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows, "steps": steps,
                      "version": duckdb.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
