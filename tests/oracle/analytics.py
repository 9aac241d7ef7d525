# SPDX-License-Identifier: Apache-2.0
"""The oracle of the analytics job: the five tables that a history must give, computed a second time from
the specification alone. Everything in memory, sets of sites and all.

    analytics.py HISTORY.db      prints the rows as JSON lines"""
import json
import os
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date, timedelta

KEYS = {"analytics_hourly": ("project_id", "hour"),
        "analytics_daily_reason": ("project_id", "day", "reason_id"),
        "analytics_daily_dim": ("project_id", "day", "dim", "value"),
        "analytics_daily_reason_version": ("project_id", "day", "reason_id", "project_version"),
        "analytics_overview_daily": ("project_id", "day")}
MOST_VALUES = 50
READ = ("project_id", "deactivated_at", "site_key", "reason_id", "reason_info", "project_version",
        "client_version", "wp_version", "locale", "theme_slug", "php_version", "mysql_version",
        "server_software", "multisite", "is_local_host")


# ---- single values ---------------------------------------------------------------------------------
def key(text):
    """NULL is (none); a real value that reads like one of ours gets a `=`."""
    if text is None:
        return "(none)"
    return "=" + text if text in ("(none)", "__other__") else text


def minor(version):
    found = re.match(r"[0-9]+(\.[0-9]+)?", version or "")
    return found.group() if found else "(none)"


def family(software):
    name = re.split(r"[/ \t\n\v\f\r]", software or "", maxsplit=1)[0]
    lower = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in name)
    return key(lower) if lower else "(none)"


def dimensions(row):
    return {"project_version": key(row["project_version"]), "wp_minor": minor(row["wp_version"]),
            "php_minor": minor(row["php_version"]), "mysql_minor": minor(row["mysql_version"]),
            "server_family": family(row["server_software"]), "locale": key(row["locale"]),
            "theme_slug": key(row["theme_slug"]), "client_version": key(row["client_version"]),
            "multisite": {None: "(none)", 0: "false", 1: "true"}[row["multisite"]]}


def bytes_of(text):
    return text.encode("utf-8", "surrogatepass")


# ---- tables ----------------------------------------------------------------------------------------
class Measure:
    """Events and sites of one key."""

    def __init__(self):
        self.events, self.sites, self.with_comment, self.local_events = 0, set(), 0, 0

    def add(self, row):
        self.events += 1
        self.sites.add(row["site_key"])
        self.with_comment += row["reason_info"] is not None


def measures(rows):
    """{table: {key: Measure}}, of daily_dim before anything is cut."""
    tables = {table: defaultdict(Measure) for table in KEYS}
    for row in rows:
        project, at = key(row["project_id"]), row["deactivated_at"]
        day, hour = at[:10], at[:13] + ":00:00.000Z"
        if row["is_local_host"] == 1:
            tables["analytics_hourly"][project, hour].local_events += 1
            continue
        reason = key(row["reason_id"])
        tables["analytics_hourly"][project, hour].add(row)
        tables["analytics_daily_reason"][project, day, reason].add(row)
        tables["analytics_daily_reason_version"][project, day, reason,
                                                 key(row["project_version"])].add(row)
        tables["analytics_overview_daily"][project, day].add(row)
        for dim, value in dimensions(row).items():
            tables["analytics_daily_dim"][project, day, dim, value].add(row)
    return tables


def cut(dims):
    """{(project, day, dim, value): (events, sites)}: 50 of each, the rest summed."""
    groups, result = defaultdict(list), {}
    for (project, day, dim, value), found in dims.items():
        groups[project, day, dim].append((value, found.events, len(found.sites)))
    for group, values in groups.items():
        values.sort(key=lambda v: (-v[1], bytes_of(v[0])))
        for value, events, sites in values[:MOST_VALUES]:
            result[(*group, value)] = (events, sites)
        rest = values[MOST_VALUES:]
        if rest:
            result[(*group, "__other__")] = (sum(v[1] for v in rest), sum(v[2] for v in rest))
    return result


def day_before(day):
    return str(date.fromisoformat(day) - timedelta(days=1)) if day > "0001-01-01" else None


def overview(days, reasons):
    by_day = defaultdict(Counter)
    for (project, day, reason), found in reasons.items():
        by_day[project, day][reason] = found.events
    for (project, day), found in days.items():
        top = min(by_day[project, day].items(), key=lambda r: (-r[1], bytes_of(r[0])))[0]
        before = days.get((project, day_before(day)))
        yield (project, day), {"events": found.events, "sites": len(found.sites),
                               "previous_day_events": before.events if before else 0,
                               "top_reason": top}


def tables_of(rows):
    """{table: {key: row}}, each row a dict of all columns."""
    found = measures(rows)
    values = {
        "analytics_hourly": {k: {"events": m.events, "sites": len(m.sites), "with_comment": m.with_comment,
                                 "local_events": m.local_events}
                             for k, m in found["analytics_hourly"].items()},
        "analytics_daily_reason": {k: {"events": m.events, "sites": len(m.sites)}
                                   for k, m in found["analytics_daily_reason"].items()},
        "analytics_daily_dim": {k: {"events": events, "sites": sites}
                                for k, (events, sites) in cut(found["analytics_daily_dim"]).items()},
        "analytics_daily_reason_version": {k: {"events": m.events} for k, m in
                                           found["analytics_daily_reason_version"].items()},
        "analytics_overview_daily": dict(overview(found["analytics_overview_daily"],
                                                  found["analytics_daily_reason"]))}
    return {table: {k: dict(zip(KEYS[table], k)) | row for k, row in rows.items()}
            for table, rows in values.items()}


# ---- databases -------------------------------------------------------------------------------------
def history_rows(path):
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'deactivations'").fetchone():
            return []
        return [dict(row) for row in db.execute(f"SELECT {', '.join(READ)} FROM deactivations")]


def stored_tables(path):
    """The same shape as tables_of, of what is in an analytics store."""
    if not os.path.exists(path):
        return {table: {} for table in KEYS}
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        there = {name for name, in db.execute("SELECT name FROM sqlite_schema")}
        rows = {table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")] if table in there
                else [] for table in KEYS}
    return {table: {tuple(row[k] for k in KEYS[table]): row for row in found}
            for table, found in rows.items()}


def main(path):
    for table, rows in tables_of(history_rows(path)).items():
        for _, row in sorted(rows.items()):
            print(json.dumps({"table": table} | row, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
