# SPDX-License-Identifier: Apache-2.0
"""A history of deactivations for the analytics benchmark: a SQLite file as build/deactivate leaves it, of any
number of rows, the same ones every time. SQL makes the rows: nothing is faster, and it is no matter how.

    analytics_history.py OUT.db ROWS

20 projects over 30 days, hour after hour; sites come back now and then; values are as frequent as in the
events of build/generate, reasons and versions are not all alike."""
import sqlite3
import sys
from contextlib import closing

DAYS, CHUNK, PAGE = 30, 250_000, 32 << 10
FIRST_HOUR = "2026-10-24"
LISTS = {
    "project_id": [f"p{n}" for n in range(1, 21)],
    "reason_id": ["could-not-understand", "found-better-plugin", "not-have-that-feature", "is-not-working",
                  "looking-for-other", "did-not-work-as-expected", "other", "none", "too-slow", "too-expensive"],
    "client_version": [f"{major}.{minor}.{patch}" for major in (1, 2) for minor in (0, 1, 2) for patch in (0, 3)],
    "wp_version": [f"{major}.{minor}.{patch}" for major in (5, 6) for minor in range(9) for patch in (0, 1, 4)],
    "locale": ["en_US", "en_US", "en_GB", "de_DE", "de_DE_formal", "fr_FR", "es_ES", "es_MX", "it_IT", "nl_NL",
               "pl_PL", "pt_BR", "ru_RU", "tr_TR", "vi", "zh_CN", "zh_TW", "ja", "ko_KR", "el", "ar", "fa_IR",
               "he_IL", "hi_IN", "bn_BD", "th", None],
    "theme_slug": [*(f"theme-{n}" for n in range(150)), "astra", "Divi", "storefront", "twentytwentyfour", None],
    "php_version": [f"{major}.{minor}.{patch}" for major, minors in ((7, (2, 3, 4)), (8, (0, 1, 2, 3)))
                    for minor in minors for patch in (0, 12, 18)] + ["7.4.3-4ubuntu2.19"],
    "mysql_version": ["5.5.5", "5.7.44", "8.0.35", "8.0.36", "10.3.39-MariaDB", "10.6.16", "10.11.6", "11.4.2",
                      None],
    "server_software": ["Apache", "Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f", "Apache/2.4.57 (Debian)",
                        "nginx/1.18.0", "nginx/1.25.3", "LiteSpeed", "Microsoft-IIS/10.0", "cloudflare", None],
    "reason_info": [None, None, None, "too slow", "It did not work with my theme, and the support never answered.",
                    "need: tax, VAT, IBAN"],
}
# How the columns are made of the row's number n and of r0 … r4, five numbers as good as random.
COLUMNS = {
    "event_id": "printf('%08x-%04x-7%03x-8%03x-%012x', n / 65536 + 28000000, n % 65536, r0 % 4096, r1 % 4096, r2)",
    "deactivated_at": "strftime('%Y-%m-%dT%H:', at, 'unixepoch') || printf('%02d:%02d.%03dZ', r3 % 60, r4 % 60, "
                      "r0 % 1000)",
    "window_start": "strftime('%Y-%m-%dT%H:00:00.000Z', at, 'unixepoch')",
    "project_hash": "printf('%08x-1111-4111-8111-%012x', of_project_id.number * 7919, of_project_id.number)",
    "project_id": "project_id", "url": "'https://' || host || '/'", "site_url": "host", "site_key": "site_key",
    "id": "project_id || ':' || site_key", "site_name": "'The site ' || site", "admin_email": "'admin@' || host",
    "first_name": "'Nomen'", "last_name": "NULL", "ip": "printf('192.0.2.%d', r3 % 256)", "reason_id": "reason_id",
    "reason_info": "reason_info", "project_version": "printf('%d.%d.%d', 1 + r1 % 4, min(r2 % 12, r3 % 12), r4 % 9)",
    "client_version": "client_version", "wp_version": "wp_version", "locale": "locale", "theme_slug": "theme_slug",
    "theme_name": "theme_slug", "theme_version": "printf('%d.%d', r1 % 4, r2 % 10)", "php_version": "php_version",
    "mysql_version": "mysql_version", "server_software": "server_software", "debug_mode": "r0 % 50 = 0",
    "multisite": "CASE WHEN r1 % 40 THEN r1 % 20 = 1 END", "users_total": "r2 % 500", "active_plugins": "r3 % 60",
    "inactive_plugins": "r4 % 12", "tracking_skipped": "0", "is_local": "0", "is_local_host": "r4 % 100 = 0",
    "warnings": "'[]'", "run_id": "'20261123T100500-0001'", "ingested_at": "'2026-11-23T10:05:00.000Z'",
}
INTEGERS = ("debug_mode", "multisite", "users_total", "active_plugins", "inactive_plugins", "tracking_skipped",
            "is_local", "is_local_host")
NUMBERS = (2654435761, 40503, 2246822519, 3266489917, 668265263, 374761393)    # odd, large, unrelated


def mixed(which):
    """One of the numbers as good as random of row n."""
    return f"abs(((n + {which + 1}) * {NUMBERS[which]}) % 4294967291 * {NUMBERS[which - 1]} % 2147483647)"


def tables(db):
    for name, values in LISTS.items():
        db.execute(f"CREATE TEMP TABLE of_{name} (number INTEGER PRIMARY KEY, {name} TEXT)")
        db.executemany(f"INSERT INTO of_{name} VALUES (?, ?)", enumerate(values))
    columns = ", ".join(f'"{name}" {"INTEGER" if name in INTEGERS else "TEXT"}'
                        f'{" NOT NULL" if name in ("event_id", "window_start") else ""}' for name in COLUMNS)
    db.execute(f"CREATE TABLE deactivations ({columns}, PRIMARY KEY (window_start, event_id))")


def insert(rows):
    """Rows :begin to :end; every list has its own digit of the row's numbers."""
    picks = [f"JOIN of_{name} ON of_{name}.number = (r{place % 6} / {7 ** (place % 3)}) % {len(values)}"
             for place, (name, values) in enumerate(LISTS.items())]
    return f"""
        INSERT INTO deactivations
        WITH RECURSIVE numbers(n) AS (SELECT :begin UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :end),
        mixed AS MATERIALIZED (
            SELECT n, {", ".join(f"{mixed(i)} AS r{i}" for i in range(6))},
                   strftime('%s', '{FIRST_HOUR}') + (n * {DAYS * 24} / {rows}) * 3600 AS at FROM numbers),
        sited AS (SELECT *, CASE WHEN r3 % 20 THEN (r0 * 31 + r2) % ({rows} / 3 + 1) ELSE r2 % 1000 END AS site
                  FROM mixed),
        named AS (SELECT *, printf('shop-%d.example-%d.org', site, site % 97) AS host,
                         printf('%08x%08x%016x', site * 2654435761 % 4294967296, site, site * 40503) AS site_key
                  FROM sited)
        SELECT {", ".join(COLUMNS.values())} FROM named {" ".join(picks)} ORDER BY n"""


def main(path, rows):
    rows = int(rows)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size = {PAGE}")
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        tables(db)
        for begin in range(0, rows, CHUNK):
            db.execute("BEGIN")
            db.execute(insert(rows), {"begin": begin, "end": min(begin + CHUNK, rows)})
            db.execute("COMMIT")


if __name__ == "__main__":
    main(*sys.argv[1:])
