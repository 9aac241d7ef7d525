# SPDX-License-Identifier: Apache-2.0
"""The deactivation job in Beam Python, plain and idiomatic, on Beam's in-process batch runner (the one
that DirectRunner means where Prism is not downloaded from the web).

    peer_beam.py INPUT PROJECTS OUT COUNTS

Runs once per number in COUNTS (`2500,10000`), on the first so many lines of INPUT. OUT is a folder for
the four tables as JSON lines, or `-`: everything runs, rows are counted and dropped. Prints seconds of
each run without Python's start, and rows of the last. What is left out is what peer_duckdb.py leaves
out, in the peers' favour."""
import hashlib
import json
import logging
import os
import re
import sys
import tempfile
import time
from datetime import datetime, timezone

import apache_beam as beam
from apache_beam.coders import BytesCoder
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

DEFAULT_REASONS = {"could-not-understand", "found-better-plugin", "not-have-that-feature",
                   "is-not-working", "looking-for-other", "did-not-work-as-expected", "other", "none"}
URL = re.compile(r"(?:https?://)?(?:[^/?#@]*@)?(?:www\.)?"
                 r"(?P<host>\[[0-9a-f:.]+\]|[^/?#:\s<>\"\\^{}|%@]+?)\.?(?::(?P<port>[0-9]+))?"
                 r"(?P<path>/[^?#]*)?(?:[?#].*)?", re.I)
LOCAL = re.compile(r"^[^.:]+$|(\.(test|testing|local|localhost|localdomain)|^\[::1\])$"
                   r"|^(127|10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))\.[0-9.]+$")
MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
BOOLEANS = {**dict.fromkeys(("1", "true", "yes", "on", "y"), True),
            **dict.fromkeys(("0", "false", "no", "off", "n", ""), False)}


# ---- the value rules -------------------------------------------------------------------------------
def text(value, most=1024):
    if value is None or isinstance(value, (dict, list)):
        return None
    return str(value).strip()[:most] or None


def number(value):
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def boolean(value):
    return BOOLEANS.get(str(value).strip().lower()) if value is not None else None


def mapping(value):
    return value if isinstance(value, dict) else {}


def email(value):
    return value.lower() if value and MAIL.fullmatch(value) else None


def instant(value):
    try:
        return datetime.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return datetime.now(timezone.utc).isoformat()


def site_of(url):
    """(host, canonical url), or None."""
    match = URL.fullmatch(url or "")
    if not match:
        return None
    host, port = match["host"].lower(), match["port"]
    rest = "" if port in (None, "80", "443") else ":" + port
    return host, host + rest + (match["path"] or "").rstrip("/")


# ---- the job ---------------------------------------------------------------------------------------
class Parse(beam.DoFn):
    def process(self, line):
        try:
            record = json.loads(line)
            if b"\\ud" in line:     # half a surrogate pair cannot leave Python as UTF-8: dropped
                json.dumps(record, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            yield record


class Validate(beam.DoFn):
    """To `known` and to the main output; records of no project go nowhere."""
    def process(self, record, projects):
        project = projects.get((text(record.get("hash")) or "").lower())
        site = site_of(text(record.get("url"), 2048))
        if not project or not project.get("active", True) or not site:
            return
        row = row_of(record, project, *site)
        yield row
        if row["reason_id"] in DEFAULT_REASONS or row["reason_id"] in project["slugs"]:
            yield beam.pvalue.TaggedOutput("known", row)


def row_of(record, project, host, site_url):
    collector, wp = mapping(record.get("_collector")), mapping(record.get("wp"))
    server, users = mapping(record.get("server")), mapping(record.get("users"))
    at = instant(collector.get("received_at"))
    key = hashlib.sha256(site_url.encode()).hexdigest()[:32]
    return {
        "event_id": text(collector.get("request_id")) or "f-" + key, "deactivated_at": at,
        "window_start": at[:13], "project_hash": project["hash"], "project_id": project["_id"],
        "url": text(record["url"], 2048), "site_url": site_url, "site_key": key,
        "id": project["_id"] + ":" + key, "site_name": text(record.get("site")),
        "admin_email": email(text(record.get("admin_email")) or text(record.get("user_email"))),
        "first_name": text(record.get("first_name")), "last_name": text(record.get("last_name")),
        "ip": text(collector.get("remote_ip")) or text(record.get("ip_address")),
        "reason_id": text(record.get("reason_id")) or "none",
        "reason_info": text(record.get("reason_info"), 4096),
        "project_version": text(record.get("project_version")) or text(record.get("version")),
        "client_version": text(record.get("client")), "wp_version": text(wp.get("version")),
        "locale": text(wp.get("locale")),
        "theme_slug": text(wp.get("theme_slug")) or text(record.get("theme")),
        "theme_name": text(wp.get("theme_name")), "theme_version": text(wp.get("theme_version")),
        "php_version": text(server.get("php_version")),
        "mysql_version": text(server.get("mysql_version")),
        "server_software": text(server.get("software")), "debug_mode": boolean(wp.get("debug_mode")),
        "multisite": boolean(wp.get("multisite")), "users_total": number(users.get("total")),
        "active_plugins": number(record.get("active_plugins")),
        "inactive_plugins": number(record.get("inactive_plugins")),
        "tracking_skipped": boolean(record.get("tracking_skipped")),
        "is_local": boolean(record.get("is_local")), "is_local_host": bool(LOCAL.search(host)),
        "users": users, "plugins": record.get("plugins"), "custom_fields": record.get("extra"),
        "run_id": "bench",
    }


def newest(rows):
    return max(rows, key=lambda row: (row["deactivated_at"], row["event_id"]))


def without(*names):
    return lambda row: {name: value for name, value in row.items() if name not in names}


def latest(rows, label):
    return (rows | f"{label}: by id" >> beam.Map(lambda row: (row["id"], row))
            | f"{label}: newest" >> beam.CombinePerKey(newest) | f"{label}: rows" >> beam.Values())


def write(rows, out, table):
    """Writes, and counts by a user metric."""
    def counted(row):
        beam.metrics.Metrics.counter("rows", table).inc()
        return row
    rows = rows | f"count {table}" >> beam.Map(counted)
    if out != "-":
        (rows | f"dump {table}" >> beam.Map(lambda row: json.dumps(row))
         | f"write {table}" >> beam.io.WriteToText(os.path.join(out, table), ".jsonl"))


def with_slugs(line):
    project = json.loads(line)
    project["slugs"] = [reason["slug"] for reason in project.get("reasons", [])]
    return project["hash"].lower(), project


def run(source, projects, out):
    start = time.perf_counter()
    pipeline = beam.Pipeline(runner=FnApiRunner())
    side = (pipeline | "projects" >> beam.io.ReadFromText(projects) | "by hash" >> beam.Map(with_slugs))
    checked = (pipeline | "read" >> beam.io.ReadFromText(source, coder=BytesCoder()) | "parse" >> beam.ParDo(Parse())
               | "validate" >> beam.ParDo(Validate(), beam.pvalue.AsDict(side))
               .with_outputs("known", main="all"))
    deactivation = without("users", "plugins", "custom_fields")
    deactivations = checked.known | "deactivation" >> beam.Map(deactivation)
    sites = checked["all"] | "site" >> beam.Map(without("reason_id", "reason_info"))
    write(deactivations, out, "history_deactivations")
    write(sites, out, "history_sites")
    write(latest(deactivations, "deactivations"), out, "latest_deactivations")
    write(latest(sites, "sites"), out, "latest_sites")
    result = pipeline.run()
    result.wait_until_finish()
    seconds = time.perf_counter() - start
    found = result.metrics().query(beam.metrics.MetricsFilter().with_namespace("rows"))["counters"]
    return seconds, {counter.key.metric.name: counter.committed for counter in found}


def main(source, projects, out, counts):
    logging.getLogger().setLevel(logging.ERROR)
    seconds, rows = {}, {}
    for count in counts.split(","):
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as part, open(source, "rb") as lines:
            part.writelines(line for line, _ in zip(lines, range(int(count))))
            part.flush()
            seconds[count], rows = run(part.name, projects, out)
    print(json.dumps({"seconds": seconds, "rows": rows, "version": beam.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
