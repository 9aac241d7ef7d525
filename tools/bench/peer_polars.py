# SPDX-License-Identifier: Apache-2.0
"""The deactivation job in Polars, into four Parquet files: see peer_duckdb.py for what it does and what
is left out in the peers' favour. Beyond that, here the site's key is a 64-bit hash (Polars has no
SHA-256), and the input may hold only lines that Polars reads: it ends a run at the first other one.

    peer_polars.py run INPUT PROJECTS OUT        threads come from POLARS_MAX_THREADS
    peer_polars.py filter INPUT OUTPUT           the lines of INPUT that Polars reads; not timed"""
import io
import json
import os
import sys
import time

import polars as pl

TEXT = pl.String
INPUT = {
    **{name: TEXT for name in (
        "url", "site", "admin_email", "user_email", "first_name", "last_name", "hash", "ip_address",
        "reason_id", "reason_info", "project_version", "version", "client", "theme",
        "active_plugins", "inactive_plugins", "tracking_skipped", "is_local",
        "users", "plugins", "extra")},
    "wp": pl.Struct({name: TEXT for name in (
        "version", "locale", "theme_slug", "theme_name", "theme_version", "debug_mode", "multisite")}),
    "server": pl.Struct({name: TEXT for name in ("php_version", "mysql_version", "software")}),
    "_collector": pl.Struct({name: TEXT for name in ("request_id", "received_at", "remote_ip")}),
}
DEFAULT_REASONS = ["could-not-understand", "found-better-plugin", "not-have-that-feature",
                   "is-not-working", "looking-for-other", "did-not-work-as-expected", "other", "none"]
URL = (r"(?i)^(?:https?://)?(?:[^/?#@]*@)?(?:www\.)?"
       r"(?<host>\[[0-9a-f:.]+\]|[^/?#:\s<>\"\\^{}|%@]+?)\.?(?::(?<port>[0-9]+))?"
       r"(?<path>/[^?#]*)?(?:[?#].*)?$")
LOCAL = (r"^[^.:]+$|(\.(test|testing|local|localhost|localdomain)|^\[::1\])$"
         r"|^(127|10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))\.[0-9.]+$")


# ---- the value rules -------------------------------------------------------------------------------
def text(value, most=1024):
    value = pl.col(value) if isinstance(value, str) else value
    trimmed = value.str.strip_chars(" \t\n\r")
    return pl.when(trimmed != "").then(trimmed.str.head(most))


def number(value):
    return value.str.strip_chars().cast(pl.Int64, strict=False)


def boolean(value):
    word = value.str.strip_chars().str.to_lowercase()
    return (pl.when(word.is_in(["1", "true", "yes", "on", "y"])).then(True)
            .when(word.is_in(["0", "false", "no", "off", "n", ""])).then(False))


def address(value):
    return pl.when(value.str.contains(r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$|:")).then(value)


def email():
    mail = pl.coalesce(text("admin_email"), text("user_email"))
    return pl.when(mail.str.contains(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")).then(mail.str.to_lowercase())


# ---- the job ---------------------------------------------------------------------------------------
def read_projects(path):
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    return pl.LazyFrame({
        "project_hash": [row["hash"].lower() for row in rows if row.get("active", True)],
        "project_id": [row["_id"] for row in rows if row.get("active", True)],
        "reasons": [DEFAULT_REASONS + [r["slug"] for r in row.get("reasons", [])]
                    for row in rows if row.get("active", True)]})


def keyed(source, projects):
    """Validated records with the columns that everything else rests on."""
    url = pl.col("u").struct.field
    port = pl.when(url("port").is_null() | url("port").is_in(["80", "443"])).then(pl.lit("")) \
        .otherwise(pl.lit(":") + url("port"))
    path = url("path").fill_null("").str.strip_chars_end("/")
    files = source if os.path.isfile(source) else os.path.join(source, "deactivate/**/*.ndjson")
    received = pl.col("_collector").struct.field("received_at")
    return (pl.scan_ndjson(files, schema=INPUT, ignore_errors=True)
            .with_columns(project_hash=pl.col("hash").str.strip_chars().str.to_lowercase(),
                          url=text("url", 2048))
            .with_columns(u=pl.col("url").str.extract_groups(URL))
            .join(projects, on="project_hash", how="inner")
            .filter(url("host").is_not_null())
            .with_columns(host=url("host").str.to_lowercase())
            .with_columns(site_url=pl.col("host") + port + path)
            .with_columns(site_key=pl.col("site_url").hash(),
                          deactivated_at=received.str.to_datetime(
                              "%Y-%m-%dT%H:%M:%S%.fZ", time_zone="UTC", strict=False)
                          .fill_null(pl.lit(NOW))))


def events(records):
    wp, server = pl.col("wp").struct.field, pl.col("server").struct.field
    collector = pl.col("_collector").struct.field
    reason = text("reason_id").fill_null("none")
    return records.select(
        event_id=pl.coalesce(text(collector("request_id")), pl.col("site_url")),
        deactivated_at="deactivated_at",
        window_start=pl.col("deactivated_at").dt.truncate("1h"), project_hash="project_hash",
        project_id="project_id", url="url", site_url="site_url", site_key="site_key",
        id=pl.col("project_id") + ":" + pl.col("site_key").cast(TEXT), site_name=text("site"),
        admin_email=email(), first_name=text("first_name"), last_name=text("last_name"),
        ip=pl.coalesce(address(collector("remote_ip")), address(pl.col("ip_address"))),
        reason_id=reason, reason_info=text("reason_info", 4096),
        project_version=pl.coalesce(text("project_version"), text("version")),
        client_version=text("client"), wp_version=text(wp("version")), locale=text(wp("locale")),
        theme_slug=pl.coalesce(text(wp("theme_slug")), text("theme")),
        theme_name=text(wp("theme_name")), theme_version=text(wp("theme_version")),
        php_version=text(server("php_version")), mysql_version=text(server("mysql_version")),
        server_software=text(server("software")), debug_mode=boolean(wp("debug_mode")),
        multisite=boolean(wp("multisite")),
        users_total=number(pl.col("users").str.extract(r'"total": ?"?([-+0-9]+)')),
        active_plugins=number(pl.col("active_plugins")),
        inactive_plugins=number(pl.col("inactive_plugins")),
        tracking_skipped=boolean(pl.col("tracking_skipped")), is_local=boolean(pl.col("is_local")),
        is_local_host=pl.col("host").str.contains(LOCAL), users="users", plugins="plugins",
        custom_fields="extra", run_id=pl.lit("bench"), ingested_at=pl.lit(NOW),
        known_reason=pl.col("reasons").list.contains(reason))


def newest(frame):
    """Row numbers of the newest of each id first, then the wide rows once."""
    rows = (frame.sort("deactivated_at", "event_id").group_by("id")
            .agg(pl.col("row").last()).select("row").collect())
    return rows["row"]


def run(source, projects, out):
    start = time.perf_counter()
    os.makedirs(out, exist_ok=True)
    found = events(keyed(source, read_projects(projects))).collect(engine="streaming")
    keys = found.lazy().select("id", "deactivated_at", "event_id", "known_reason").with_row_index("row")
    known = keys.filter(pl.col("known_reason"))
    site = found.lazy().drop("reason_id", "reason_info", "known_reason")
    deactivation = found.lazy().drop("users", "plugins", "custom_fields", "known_reason")
    tables = {
        "history_deactivations": deactivation.filter(found["known_reason"]),
        "history_sites": site,
        "latest_deactivations": deactivation.select(pl.all().gather(newest(known))),
        "latest_sites": site.select(pl.all().gather(newest(keys)))
                            .with_columns(status=pl.lit("deactivated")),
    }
    files = {name: os.path.join(out, name + ".parquet") for name in tables}
    pl.collect_all([table.sink_parquet(files[name], compression="lz4", lazy=True)
                    for name, table in tables.items()], engine="streaming")
    seconds = time.perf_counter() - start
    rows = {name: pl.scan_parquet(file).select(pl.len()).collect().item()
            for name, file in files.items()}
    print(json.dumps({"seconds": seconds, "version": pl.__version__, "rows": rows}))


# ---- the input -------------------------------------------------------------------------------------
def is_object(line):
    try:
        return isinstance(json.loads(line.decode()), dict)
    except (ValueError, RecursionError):
        return False


def readable(lines):
    """Those lines of which no one ends Polars' run, found by halving."""
    try:
        pl.scan_ndjson(io.BytesIO(b"".join(lines)), schema=INPUT, ignore_errors=True).collect()
        return lines
    except pl.exceptions.PolarsError:
        half = len(lines) // 2
        return readable(lines[:half]) + readable(lines[half:]) if half else []


def filter_lines(source, target):
    with open(source, "rb") as lines, open(target, "wb") as out:
        batch = []
        for line in lines:
            batch += [line] if is_object(line) else []
            if len(batch) == 512:
                out.writelines(readable(batch))
                batch = []
        out.writelines(readable(batch) if batch else [])


NOW = pl.Series([time.time_ns() // 1000]).cast(pl.Datetime("us", "UTC"))[0]
if __name__ == "__main__":
    {"run": run, "filter": filter_lines}[sys.argv[1]](*sys.argv[2:])
