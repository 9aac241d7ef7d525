# SPDX-License-Identifier: Apache-2.0
"""Histories to try the analytics job on: rows at random, most of them nasty. Few projects, days, sites and
values, so that everything meets everything: ties, events in two windows, hours of local events only, days
without any, more values than a table keeps and ties exactly where it cuts."""
import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone

# As the history store has them; NOT NULL are the key's.
COLUMNS = ("event_id", "deactivated_at", "window_start", "project_hash", "project_id", "url", "site_url",
           "site_key", "id", "site_name", "admin_email", "first_name", "last_name", "ip", "reason_id",
           "reason_info", "project_version", "client_version", "wp_version", "locale", "theme_slug",
           "theme_name", "theme_version", "php_version", "mysql_version", "server_software", "debug_mode",
           "multisite", "users_total", "active_plugins", "inactive_plugins", "tracking_skipped",
           "is_local", "is_local_host", "warnings", "run_id", "ingested_at")
INTEGERS = {"debug_mode", "multisite", "users_total", "active_plugins", "inactive_plugins",
            "tracking_skipped", "is_local", "is_local_host"}
KEY = ("window_start", "event_id")

NASTY = [None, "", "(none)", "__other__", "=(none)", "=__other__", "(NONE)", "__OTHER__", "a", "A", "ä", "😀",
         "\uffff", "a b", "a\x01b", "x" * 1024, "de_DE", "en_US"]
VERSIONS = [None, "", "6", "6.", "6.8", "6.8.1", "6.8.2", "06.8", "6.8-beta", "7.4.3-4ubuntu2.19", "8.2.18", "v8",
            ".8", "-1", " 8.1", "10.11.6-MariaDB-1:10.11.6+maria~ubu2204", "5.5.5-10.3.1", "(none)",
            "__other__", "٦.٨", "8..1", "8.1.", "99999999999999999999.1"]
SERVERS = [None, "", "Apache/2.4.57 (Debian)", "apache", "nginx/1.25", "NGINX", "LiteSpeed", "/1.0", " x",
           "A\tb", "A\u00a0b", "(none)", "(None)/1", "__OTHER__ x", "Ä/1"]
REASONS = ["other", "none", "is-not-working", "(none)", "__other__", None, "a", "b", "ä"]
PROJECTS = ["p1", "p2", "P1", "p1:", "é", "(none)"]


def text_of(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def times(rng, first, days):
    """Hours at random and all the edges of a day; few, so that they meet."""
    day = first + timedelta(days=rng.choice([0, 0, 1, 1, 2, *range(days)]) % days)
    edge = rng.choice([timedelta(), timedelta(milliseconds=86_399_999), timedelta(hours=1),
                       timedelta(milliseconds=3_599_999), timedelta(hours=rng.randrange(24)),
                       timedelta(seconds=rng.randrange(86_400))])
    return day + edge


def many_values(rng, dimension):
    """About 60 values, the first ones frequent, the others all equally rare: ties at the cut."""
    return f"{dimension}-{min(rng.randrange(75), rng.randrange(75)):02}" if rng.random() < 0.9 \
        else rng.choice(NASTY)


def random_row(rng, number, first, days, wide):
    at = times(rng, first, days)
    window = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=rng.choice([0, 0, 0, -24, 23]))
    value = many_values if wide else (lambda rng, _: rng.choice(NASTY))
    row = dict.fromkeys(COLUMNS)
    row.update(
        event_id=f"e{number}", deactivated_at=text_of(at), window_start=text_of(window),
        project_id=rng.choice(PROJECTS if rng.random() < 0.3 else PROJECTS[:2]),
        site_key=f"{rng.randrange(12):032x}" if rng.random() < 0.7 else f"site-{rng.randrange(10**6)}",
        reason_id=rng.choice(REASONS if rng.random() < 0.5 else REASONS[:3]),
        reason_info=rng.choice([None, None, "", "too slow"]),
        project_version=value(rng, "pv"), client_version=value(rng, "cv"), locale=value(rng, "lo"),
        theme_slug=value(rng, "th"), wp_version=rng.choice(VERSIONS), php_version=rng.choice(VERSIONS),
        mysql_version=rng.choice(VERSIONS), server_software=rng.choice(SERVERS),
        multisite=rng.choice([None, 0, 1]), is_local_host=rng.choice([0, 0, 0, 0, 1, None]),
        warnings="[]", run_id="r", ingested_at="2026-11-25T00:00:00.000Z")
    return row


def random_rows(rng, count, days=6):
    first = datetime(2026, 2, 26, tzinfo=timezone.utc)      # over the end of a month
    wide = rng.random() < 0.5
    rows = [random_row(rng, number, first, days, wide) for number in range(count)]
    twice = [row | {"window_start": rows[0]["window_start"][:11] + "00:30:00.000Z"}
             for row in rows if rng.random() < 0.05]        # an event that lies in two windows
    return list({tuple(row[k] for k in KEY): row for row in rows + twice}.values())


def create(db):
    columns = ", ".join(f'"{name}" {"INTEGER" if name in INTEGERS else "TEXT"}'
                        f'{" NOT NULL" if name in KEY else ""}' for name in COLUMNS)
    db.execute(f"CREATE TABLE deactivations ({columns}, PRIMARY KEY ({', '.join(KEY)}))")


def insert(db, rows):
    marks = ", ".join("?" * len(COLUMNS))
    db.executemany(f"INSERT OR REPLACE INTO deactivations VALUES ({marks})",
                   [[row[name] for name in COLUMNS] for row in rows])


def make_history(path, rows):
    if os.path.exists(path):
        os.unlink(path)
    with closing(sqlite3.connect(path)) as db, db:
        create(db)
        insert(db, rows)
