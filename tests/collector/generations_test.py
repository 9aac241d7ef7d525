# SPDX-License-Identifier: Apache-2.0
"""From the site to the database: each generation of clients posts as it does in the wild, byte for
byte, to a collector whose storage is then the input of build/deactivate."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
from urllib.parse import quote_plus

sys.path.insert(0, os.path.dirname(__file__))
from service import HASH, Folder, Service, answer_of
from harness import check, main, program, run, skip
from product import PROJECTS, lines, read_table

NOW = "2026-08-20T03:12:00.000Z"
SERVER = {"software": "nginx/1.24.0", "php_version": "7.4.3-4ubuntu2.19", "mysql_version": "5.5.5",
          "php_max_upload_size": "64 М", "php_default_timezone": "UTC", "php_soap": "No",
          "php_fsockopen": "Yes", "php_curl": "Yes"}
WP = {"memory_limit": "40M", "debug_mode": "Yes", "locale": "fr_FR", "version": "5.3.2",
      "multisite": "No"}
THEME = {"theme_slug": "storefront", "theme_name": "Storefront", "theme_version": "4.6.0",
         "theme_uri": "https://theme.example.com/",
         "theme_author": '<a href="https://theme.example.com/">Theme Co</a>'}
USERS = {"total": 10, "administrator": 1, "shop manager": 2, "none": 0}


def payload(number):
    """Generation 0 to 4, as its release of the client puts it together; None is what PHP leaves
    out."""
    site = {"hash": HASH, "reason_id": "other", "reason_info": f"Raw <b>{number}</b>\n& more",
            "site": "Bea&#039;s Blog", "url": f"https://g{number}.example.org/blog?a=1&#038;b=2",
            "admin_email": f"Bea{number}@example.org", "first_name": "Bea", "last_name": "",
            "server": SERVER, "wp": WP}
    if number == 0:
        return site | {"user_email": "helper@example.org", "url": "https://g0.example.org/blog"}
    site |= {"ip_address": "203.0.113.7", "client": f"1.{number}.0"}
    if number == 1:
        return site | {"user_email": "helper@example.org"}
    if number == 2:
        return site | {"theme": "twentytwenty", "version": "1.8.0", "extra": {"note": "n", "x": None}}
    full = site | {"wp": WP | THEME, "users": USERS, "active_plugins": 8, "inactive_plugins": 2,
                   "project_version": "3.4.1", "tracking_skipped": False, "extra": {"note": "ü"}}
    if number == 3:
        return full | {"plugins": {}}
    return full | {"is_local": False, "extra": {"note": "a.b", "list": ["x", "y"]},
                   "plugins": {"woo.commerce": {"name": "Woo", "version": "9.4"},
                               "akismet": {"name": "Akismet", "version": "5.3"}}}


def pairs(value, name):
    if value is None:
        return
    if isinstance(value, (dict, list)):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from pairs(member, f"{name}[{key}]" if name else str(key))
    else:
        yield name, str(int(value)) if isinstance(value, bool) else str(value)


def http_build_query(value):
    return "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in pairs(value, ""))


def request(number):
    body = http_build_query(payload(number)).encode()
    name = "AppSero" if number == 0 else "Appsero"
    md5 = hashlib.md5(payload(number)["url"].encode()).hexdigest()
    head = ("POST /deactivate HTTP/1.0\r\nHost: api.example.org\r\n"
            f"User-Agent: {name}/{md5};\r\nAccept: application/json\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
    return head.encode() + body


def test_bodies_are_what_php_sends():
    """PHP's http_build_query makes the same bytes of the same values."""
    if not shutil.which("php"):
        skip("there is no php: install php-cli")
    for number in range(5):
        code = "echo http_build_query(json_decode(file_get_contents('php://stdin'), true));"
        php = subprocess.run(["php", "-r", code], input=json.dumps(payload(number)).encode(),
                             stdout=subprocess.PIPE, check=True).stdout
        check(f"generation {number}", http_build_query(payload(number)), php.decode())


def test_every_generation_reaches_the_stores():
    with Folder() as folder:
        folder.write("projects.jsonl", lines(PROJECTS))
        with Service(folder.path("store"), "--now", NOW) as service:
            for number in range(5):
                check(f"generation {number}", answer_of(service.raw(request(number))).status, 200)
            flags = {flag for e in service.events() for flag in e["_collector"]["flags"]}
            check("flags", flags, set())
        done = run([program("deactivate"), "run", "--input", folder.path("store"), "--projects",
                    folder.path("projects.jsonl"), "--window", "2026-08-20T03", "--latest",
                    "sqlite:" + folder.path("latest.db"), "--history",
                    "sqlite:" + folder.path("history.db"), "--dead", folder.path("dead"),
                    "--summary", "json"])
        check(f"exit code of\n{done}", done.code, 0)
        summary = json.loads(done.out)
        check("events", (summary["events"], summary["rejected"]), (5, {}))
        check_rows(folder)


def check_rows(folder):
    rows = {row["site_url"]: row for row in read_table(
        folder.path("latest.db"), "deactivations", ("id",)).values()}
    sites = {row["site_url"]: row for row in read_table(
        folder.path("latest.db"), "sites", ("id",)).values()}
    check("rows", (sorted(rows), sorted(sites)),
          ([f"g{n}.example.org/blog" for n in range(5)],) * 2)
    for number in range(5):
        row, site = rows[f"g{number}.example.org/blog"], sites[f"g{number}.example.org/blog"]
        for name, want in expected(number).items():
            check(f"{name} of generation {number}", (site | row)[name], want)


def expected(number):
    full = number >= 3
    return {
        "reason_id": "other", "reason_info": f"Raw <b>{number}</b>\n& more",
        "site_name": "Bea's Blog", "admin_email": f"bea{number}@example.org", "last_name": None,
        "php_version": "7.4.3-4ubuntu2.19", "debug_mode": 1, "multisite": 0, "locale": "fr_FR",
        "ip": "127.0.0.1", "client_version": f"1.{number}.0" if number else None,
        "project_version": [None, None, "1.8.0", "3.4.1", "3.4.1"][number],
        "theme_slug": [None, None, "twentytwenty", "storefront", "storefront"][number],
        "users_total": 10 if full else None, "active_plugins": 8 if full else None,
        "users": '{"administrator":1,"shop manager":2,"none":0}' if full else None,
        "is_local": 0 if number == 4 else None, "tracking_skipped": 0 if full else None,
        "plugins": '[{"slug":"woo.commerce","name":"Woo","version":"9.4"},'
                   '{"slug":"akismet","name":"Akismet","version":"5.3"}]' if number == 4 else None,
        "custom_fields": [None, None, '{"note":"n"}', '{"note":"ü"}', '{"note":"a.b"}'][number],
        "warnings": '["undeclared:extra.list"]' if number == 4 else "[]",
    }


if __name__ == "__main__":
    main(globals())
