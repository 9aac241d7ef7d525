# SPDX-License-Identifier: Apache-2.0
"""One record to one event, or to the code it is rejected with (spec sections 2, 3 and 9)."""
import hashlib
import re

import rules
import urls
from jsontext import write
from rules import key_name

HASH = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MAX_PLUGINS = 500
FIELDS = """event_id deactivated_at window_start project_hash project_id url site_url site_key id
 site_name admin_email first_name last_name ip reason_id reason_info project_version client_version
 wp_version locale theme_slug theme_name theme_version php_version mysql_version server_software
 debug_mode multisite users_total active_plugins inactive_plugins tracking_skipped is_local
 is_local_host users plugins custom_fields warnings run_id ingested_at""".split()


def sha32(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()[:32]


class Decoder:
    """Reads the fields of one record; `paths` of maps are resolved once each."""

    def __init__(self, record, item):
        self.record, self.item = record, item
        self.warnings = rules.Warnings()
        if item.repaired:
            self.warnings.add("utf8")
        self.maps = {name: rules.map_rule(record.get(name), name, self.warnings)
                     for name in ("users", "plugins", "extra", "server", "wp")}
        collector = record.get("_collector")
        self.maps["_collector"] = collector if isinstance(collector, dict) else None

    def raw(self, path):
        top, dot, name = path.partition(".")
        if not dot:
            return self.record.get(path)
        holder = self.maps[top]
        return None if holder is None else holder.get(name)

    def text(self, *paths, limit=1024, decode=False):
        """The first of `paths` that is not NULL; later ones are not looked at."""
        for path in paths:
            value = rules.text_rule(self.raw(path), path, self.warnings, limit, decode)
            if value is not None:
                return value
        return None

    def int(self, path):
        return rules.int_rule(self.raw(path), path, self.warnings)

    def bool(self, path):
        return rules.bool_rule(self.raw(path), path, self.warnings)

    # ---- fields with rules of their own ----

    def event_id(self):
        sent = self.text("_collector.request_id")
        if sent is not None and len(sent.encode()) <= 128:
            return sent
        place = b"%s\n%d" % (self.item.source.hour_path, self.item.record)
        return "f-" + sha32(place)

    def deactivated_at(self):
        sent = self.text("_collector.received_at")
        hour = self.item.source.hour
        ms = None if sent is None else rules.parse_time(sent)
        if ms is not None and (hour is None or abs(ms - hour) <= rules.DAY_MS):
            return ms
        if hour is None:
            return self.item.source.modified
        if sent is not None:
            self.warnings.add("received_at")
        return hour

    def admin_email(self):
        email = self.text("admin_email", "user_email")
        if email is None:
            return None
        email = rules.ascii_lower(email)
        if rules.email_shaped(email):
            return email
        self.warnings.add("email")
        return None

    def ip(self):
        remote = self.text("_collector.remote_ip")
        if remote is not None and rules.ip_valid(remote):
            return remote
        sent = self.text("ip_address")
        if sent is None or rules.ip_valid(sent):
            return sent
        if remote is None:
            self.warnings.add("ip")
        return None

    def reason_id(self):
        reason = self.text("reason_id")
        if reason is None:
            self.warnings.add("reason_missing")
            return "none"
        return reason

    def users(self):
        members = self.maps["users"]
        if members is None:
            return None
        kept = {}
        for role, value in members.items():
            if role != "total":
                number = rules.int_rule(value, "users." + key_name(role), self.warnings)
                if number is not None:
                    kept[role] = number
        return write(kept)

    def plugins(self):
        members = self.maps["plugins"]
        if members is None:
            return None
        kept = []
        for slug, value in members.items():
            if value is None:
                continue
            if len(kept) == MAX_PLUGINS:
                self.warnings.add("truncated:plugins")
                break
            path = "plugins." + key_name(slug)
            if not isinstance(value, dict):
                self.warnings.cast(path)
                continue
            kept.append({"slug": slug} | {
                name: rules.text_rule(value.get(name), f"{path}.{name}", self.warnings)
                for name in ("name", "version")})
        return write(kept)

    def custom_fields(self, project):
        extra = self.maps["extra"]
        if extra is None:
            return None
        kept = {}
        for key, kind in project.custom.items():
            value = self.custom(kind, extra.get(key), "extra." + key_name(key))
            if value is not None:
                kept[key] = value
        for key, value in extra.items():
            if value is not None and key not in project.custom:
                self.warnings.add("undeclared:extra." + key_name(key))
        return write(kept) if kept else None

    def custom(self, kind, value, path):
        if value is None:
            return None
        by_rule = {"string": rules.text_rule, "int": rules.int_rule, "bool": rules.bool_rule}
        if kind in by_rule:
            return by_rule[kind](value, path, self.warnings)
        token = rules.float_token(value) if kind == "float" else rules.date_token(value)
        if token is None:
            self.warnings.cast(path)
        return token


def identity(decoder, projects):
    """(code, None) of a rejected record, else (None, (project, hash, url, site_url))."""
    sent = decoder.text("hash")
    if sent is None:
        return "hash_missing", None
    sent = rules.ascii_lower(sent)
    if not HASH.fullmatch(sent):
        return "hash_format", None
    project = projects.get(sent)
    if project is None:
        return "unknown_project", None
    if not project.active:
        return "inactive_project", None
    url = decoder.text("url", limit=2048, decode=True)
    site_url = urls.canonical(url) if url is not None else None
    if site_url is None:
        return "bad_url", None
    return None, (project, sent, url, site_url)


PLAIN_TEXT = {"first_name": ("first_name",), "last_name": ("last_name",),
              "project_version": ("project_version", "version"), "client_version": ("client",),
              "wp_version": ("wp.version",), "locale": ("wp.locale",),
              "theme_slug": ("wp.theme_slug", "theme"), "theme_name": ("wp.theme_name",),
              "theme_version": ("wp.theme_version",), "php_version": ("server.php_version",),
              "mysql_version": ("server.mysql_version",), "server_software": ("server.software",)}
BOOLS = {"debug_mode": "wp.debug_mode", "multisite": "wp.multisite",
         "tracking_skipped": "tracking_skipped", "is_local": "is_local"}
INTS = {"users_total": "users.total", "active_plugins": "active_plugins",
        "inactive_plugins": "inactive_plugins"}


def decode(item, projects):
    """(event, None) or (None, code). An event is a dict of FIELDS; times in ms, JSON as text."""
    decoder = Decoder(item.value, item)
    code, known = identity(decoder, projects)
    if code:
        return None, code
    project, sent_hash, url, site_url = known
    event = {name: decoder.text(*paths) for name, paths in PLAIN_TEXT.items()}
    event |= {name: decoder.bool(path) for name, path in BOOLS.items()}
    event |= {name: decoder.int(path) for name, path in INTS.items()}
    at, key, hour = decoder.deactivated_at(), sha32(site_url.encode()), item.source.hour
    event |= {
        "event_id": decoder.event_id(), "deactivated_at": at,
        "window_start": at - at % rules.HOUR_MS if hour is None else hour,
        "project_hash": sent_hash, "project_id": project.id, "url": url, "site_url": site_url,
        "site_key": key, "id": f"{project.id}:{key}",
        "site_name": decoder.text("site", decode=True), "admin_email": decoder.admin_email(),
        "ip": decoder.ip(), "reason_id": decoder.reason_id(),
        "reason_info": decoder.text("reason_info", limit=4096),
        "is_local_host": urls.is_local_host(site_url), "users": decoder.users(),
        "plugins": decoder.plugins(), "custom_fields": decoder.custom_fields(project)}
    event["warnings"] = decoder.warnings.shown()
    event["project"] = project
    return event, None
