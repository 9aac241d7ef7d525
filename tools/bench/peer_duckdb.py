# SPDX-License-Identifier: Apache-2.0
"""The deactivation job in DuckDB: parse, validate against the projects, the newest row per site for
deactivations and sites, the whole history of both, all four tables with all columns of the flagship.

    peer_duckdb.py INPUT PROJECTS OUT THREADS MEMORY

INPUT is a file or a folder tree, OUT a new database file. Prints one JSON object: seconds without
Python's start, rows per table. Left out, all in DuckDB's favour: warnings, dead letters, the mail
outbox, entities, punycode, the checks inside plugins, users and custom fields (kept as the JSON they
came as), limits counted in bytes, keys on the tables."""
import json
import os
import sys
import time

import duckdb

INPUT_COLUMNS = """{
    url: 'VARCHAR', site: 'VARCHAR', admin_email: 'VARCHAR', user_email: 'VARCHAR',
    first_name: 'VARCHAR', last_name: 'VARCHAR', hash: 'VARCHAR', ip_address: 'VARCHAR',
    reason_id: 'VARCHAR', reason_info: 'VARCHAR', project_version: 'VARCHAR', version: 'VARCHAR',
    client: 'VARCHAR', theme: 'VARCHAR', active_plugins: 'VARCHAR', inactive_plugins: 'VARCHAR',
    tracking_skipped: 'VARCHAR', is_local: 'VARCHAR',
    wp: 'STRUCT(version VARCHAR, locale VARCHAR, theme_slug VARCHAR, theme_name VARCHAR,
                theme_version VARCHAR, debug_mode VARCHAR, multisite VARCHAR)',
    server: 'STRUCT(php_version VARCHAR, mysql_version VARCHAR, software VARCHAR)',
    users: 'JSON', plugins: 'JSON', extra: 'JSON',
    _collector: 'STRUCT(request_id VARCHAR, received_at VARCHAR, remote_ip VARCHAR)' }"""

DEFAULT_REASONS = ["could-not-understand", "found-better-plugin", "not-have-that-feature",
                   "is-not-working", "looking-for-other", "did-not-work-as-expected", "other", "none"]

MACROS = r"""
CREATE TEMP MACRO text_of(x, most) AS nullif(left(trim(x, E' \t\n\r'), most), '');
CREATE TEMP MACRO name_of(x) AS text_of(x, 1024);
CREATE TEMP MACRO int_of(x) AS try_cast(trim(x) AS BIGINT);
CREATE TEMP MACRO bool_of(x) AS CASE
    WHEN lower(trim(x)) IN ('1', 'true', 'yes', 'on', 'y') THEN true
    WHEN lower(trim(x)) IN ('0', 'false', 'no', 'off', 'n', '') THEN false END;
CREATE TEMP MACRO ip_of(x) AS CASE
    WHEN regexp_full_match(x, '[0-9]{1,3}(\.[0-9]{1,3}){3}') OR contains(x, ':') THEN x END;
CREATE TEMP MACRO email_of(x) AS CASE
    WHEN regexp_full_match(x, '[^@\s]+@[^@\s.]+(\.[^@\s.]+)+') THEN lower(x) END;
CREATE TEMP MACRO is_local_host(x) AS
    NOT regexp_matches(x, '[.:]')
    OR regexp_matches(x, '(\.(test|testing|local|localhost|localdomain)|^\[::1\])$')
    OR regexp_matches(x, '^(127|10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))\.[0-9.]+$');
"""

PROJECTS = """
CREATE TEMP TABLE projects AS
SELECT _id AS project_id, lower(hash) AS project_hash,
       list_concat($reasons, list_transform(coalesce(reasons, []), lambda r: r.slug)) AS reasons
FROM read_json($projects, format = 'newline_delimited', columns = {
    _id: 'VARCHAR', hash: 'VARCHAR', active: 'BOOLEAN', reasons: 'STRUCT(slug VARCHAR)[]' })
WHERE coalesce(active, true)
"""

# The address in one pass of one expression: scheme, host, port, path.
URL = (r"^(?:(https?)://)?(?:[^/?#@]*@)?(?:www\.)?"
       r"(\[[0-9a-f:.]+\]|[^/?#:\s<>""\\^{}|%@]+?)\.?(?::([0-9]+))?(/[^?#]*)?(?:[?#].*)?$")

EVENTS = """
CREATE TEMP TABLE events AS
WITH records AS (
    SELECT *, lower(trim(hash)) AS project_hash,
           regexp_extract(text_of(url, 2048), $url, ['scheme', 'host', 'port', 'path'], 'i') AS u
    FROM read_json($input, format = 'newline_delimited', ignore_errors = true,
                   maximum_object_size = 4194304, columns = %(columns)s)),
named AS (
    SELECT records.* EXCLUDE (project_hash), p.project_id, p.project_hash, p.reasons,
           lower(u.host)
               || CASE WHEN u.port IN ('', '80', '443') THEN '' ELSE ':' || u.port END
               || rtrim(u.path, '/') AS site_url
    FROM records JOIN projects p USING (project_hash)
    WHERE u.host <> ''),
keyed AS (
    SELECT *, left(sha256(site_url), 32) AS site_key,
           coalesce(name_of(_collector.request_id), 'f-' || left(sha256(site_url || hash), 32))
               AS event_id,
           coalesce(try_cast(_collector.received_at AS TIMESTAMP), $now::TIMESTAMP)
               AS deactivated_at
    FROM named)
SELECT event_id, deactivated_at, date_trunc('hour', deactivated_at) AS window_start,
       project_hash, project_id, text_of(url, 2048) AS url, site_url, site_key,
       project_id || ':' || site_key AS id, name_of(site) AS site_name,
       email_of(coalesce(name_of(admin_email), name_of(user_email))) AS admin_email,
       name_of(first_name) AS first_name, name_of(last_name) AS last_name,
       coalesce(ip_of(_collector.remote_ip), ip_of(ip_address)) AS ip,
       coalesce(name_of(reason_id), 'none') AS reason_id, text_of(reason_info, 4096) AS reason_info,
       coalesce(name_of(project_version), name_of(version)) AS project_version,
       name_of(client) AS client_version, name_of(wp.version) AS wp_version,
       name_of(wp.locale) AS locale, coalesce(name_of(wp.theme_slug), name_of(theme)) AS theme_slug,
       name_of(wp.theme_name) AS theme_name, name_of(wp.theme_version) AS theme_version,
       name_of(server.php_version) AS php_version, name_of(server.mysql_version) AS mysql_version,
       name_of(server.software) AS server_software, bool_of(wp.debug_mode) AS debug_mode,
       bool_of(wp.multisite) AS multisite, int_of(users->>'total') AS users_total,
       int_of(active_plugins) AS active_plugins, int_of(inactive_plugins) AS inactive_plugins,
       bool_of(tracking_skipped) AS tracking_skipped, bool_of(is_local) AS is_local,
       is_local_host(regexp_replace(site_url, '(:[0-9]+)?(/.*)?$', '')) AS is_local_host,
       users::VARCHAR AS users, plugins::VARCHAR AS plugins, extra::VARCHAR AS custom_fields,
       $run AS run_id, $now::TIMESTAMP AS ingested_at,
       list_contains(reasons, coalesce(name_of(reason_id), 'none')) AS known_reason
FROM keyed
"""

# The newest of each id: its row number first, then the wide row once.
NEWEST = """rowid IN (SELECT arg_max(rowid, (deactivated_at, event_id)) FROM events {where}
                      GROUP BY id)"""
DEACTIVATION = "* EXCLUDE (users, plugins, custom_fields, known_reason)"
SITE = "* EXCLUDE (reason_id, reason_info, known_reason)"
TABLES = {
    "history_deactivations": f"SELECT {DEACTIVATION} FROM events WHERE known_reason",
    "history_sites": f"SELECT {SITE} FROM events",
    "latest_deactivations": f"SELECT {DEACTIVATION} FROM events WHERE "
                            + NEWEST.format(where="WHERE known_reason"),
    "latest_sites": f"SELECT {SITE}, 'deactivated' AS status FROM events WHERE "
                    + NEWEST.format(where=""),
}


def input_files(path):
    """One file, or what a folder tree has at any depth."""
    return path if os.path.isfile(path) else os.path.join(path, "deactivate", "**", "*.ndjson")


def main(source, projects, out, threads, memory):
    start = time.perf_counter()
    db = duckdb.connect(out, config={"threads": threads, "memory_limit": memory,
                                     "preserve_insertion_order": "false"})
    db.execute(MACROS)
    db.execute(PROJECTS, {"projects": projects, "reasons": DEFAULT_REASONS})
    db.execute(EVENTS % {"columns": INPUT_COLUMNS},
               {"input": input_files(source), "url": URL, "run": "bench",
                "now": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
    rows = {}
    for table, query in TABLES.items():
        db.execute(f"CREATE TABLE {table} AS {query}")
        rows[table] = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    db.close()
    print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows,
                      "version": duckdb.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
