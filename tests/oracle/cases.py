# SPDX-License-Identifier: Apache-2.0
"""Hostile inputs written by hand: for every rule and every line of fine print of the specification the
records and files that would catch a program that reads it differently.

A Scenario is a tree of files, a projects file and the runs to make over it, in order. Deterministic."""
import gzip
import os
import shutil
from dataclasses import dataclass, field

from jsontext import write

H1, H2, H3 = (f"{i:08}-1111-2222-3333-abcdefABCDEF" for i in (1, 2, 3))
HOUR = "2026/11/23/10"
EPOCH_NS = 1_795_000_000_000_000_000
PROJECTS = [
    {"_id": "p1", "hash": H1, "slug": "one", "name": "One", "type": "plugin", "active": True,
     "reasons": [{"slug": "too-slow", "label": "Slow", "active": True},
                 {"slug": "gone é", "label": "x", "active": False}],
     "custom_fields": [{"key": key, "label": key, "type": kind} for key, kind in
                       (("pro", "bool"), ("orders", "int"), ("note", "string"), ("ratio", "float"),
                        ("since", "date"), ("clé \"q\"", "string"), ("x" * 200, "int"))],
     "integrations": {"mailchimp": {"enabled": True, "list": "l"}, "mailjet": {"enabled": False}}},
    {"_id": "p2", "hash": H2.lower(), "slug": "two", "name": "Two", "type": "theme",
     "active": False},
    {"_id": "p3", "hash": H3.upper(), "slug": "three", "name": "Three", "type": "plugin",
     "integrations": {"other": {"enabled": False}}}]


@dataclass
class Scenario:
    """`tree`: path -> bytes, ("link", target), ("fifo",) or ("dir",). `runs`: (sub path, window)."""
    name: str
    tree: dict
    projects: bytes = b""
    runs: list = field(default_factory=lambda: [("", None)])

    def write(self, top):
        """Makes `top`/in and `top`/projects.jsonl; every file gets its own modification time."""
        shutil.rmtree(top, ignore_errors=True)
        os.makedirs(os.path.join(top, "in"))
        for i, path in enumerate(sorted(self.tree, key=os.fsencode)):
            full = os.path.join(os.fsencode(top), b"in", os.fsencode(path))
            make(full, self.tree[path], i)
        with open(os.path.join(top, "projects.jsonl"), "wb") as file:
            file.write(self.projects or projects_file())


def make(full, what, number):
    os.makedirs(full if what == ("dir",) else os.path.dirname(full), exist_ok=True)
    if isinstance(what, bytes):
        with open(full, "wb") as file:
            file.write(what)
        stamp = EPOCH_NS + number * 977_123_456_789
        os.utime(full, ns=(stamp, stamp))
    elif what[0] == "link":
        os.symlink(what[1], full)
    elif what[0] == "fifo":
        os.mkfifo(full)


def projects_file(documents=None):
    return b"".join(write(d).encode() + b"\n" for d in (documents or PROJECTS))


def raw(value):
    """Raw JSON stays; anything else is written."""
    return value if isinstance(value, bytes) else write(value).encode()


def obj(members):
    return b"{" + b",".join(raw(k) + b":" + raw(v) for k, v in members) + b"}"


class Records:
    """Records, each a known good one but for what is said; every one has a name and a site."""

    def __init__(self, prefix):
        self.prefix, self.list = prefix, []

    def add(self, *members, collector=(), drop=()):
        number = len(self.list)
        base = [("hash", H1), ("url", f"https://s{number}.{self.prefix}.org/"),
                ("admin_email", "Ann@Shop.de"), ("reason_id", "other")]
        given = {k for k, _ in members} | set(drop)
        ids = [("request_id", f"{self.prefix}-{number}")] if "request_id" not in dict(
            collector) else []
        if "_collector" not in given:
            members += (("_collector", obj(ids + list(collector))),)
        self.list.append(obj([m for m in base if m[0] not in given] + list(members)))

    def lines(self):
        return b"\n".join(self.list) + b"\n"


# ---- values --------------------------------------------------------------------------------------

VALUES = [b"null", b"true", b"false", b"0", b"1", b"-0", b"2", b"1.0", b"1e0", b"-7", b"1e400",
          b"-1E-400", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
          b"-9223372036854775809", b"123456789012345678901234567890.5e10", b"[]", b"{}", b"[1]",
          b'{"a":1}', b'""', b'" "', b'"\\t\\n"', b'"\\u0000"', b'"\\u0001x\\u001f\\u007f y"',
          b'"\\u000b a \\f"', b'" a\\nb\\tc\\r\\nd "', b'"1"', b'" 1 "', b'"+1"', b'"-0"', b'"01"',
          b'"1.0"', b'"1 2"', b'"0x1"', b'"\\u0661"', b'"9223372036854775807"',
          b'"9223372036854775808"', b'"-9223372036854775808"', b'"' + b"0" * 50 + b'7"', b'"yes"',
          b'" YES\\u000b"', b'"No"', b'"oN"', b'"OFF"', b'"y"', b'"N"', b'"t"', b'"TRUE"', b'"nO "',
          b'"\\u017f"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xf0\x9f\x98"', b'"\\ud83d"',
          b'"\\ude00\\ud83d\\ude00"', b'"\xc2\xa0a\xc2\x85"', b'"\\u00e9\\u20ac\\ud83d\\ude00"',
          b'"\\/\\b\\"\\\\"', b'"&lt;b&gt; &amp;lt; &#39; &#x1F600; &#xD800; &#0; &quot;&apos;"',
          b'"&#9;&#32; &#7;x&#32;"', b'"&#128512;&#1114112;&#x110000;&nbsp;&amp"',
          b'"' + b"a" * 1024 + b'"', b'"' + b"a" * 1025 + b'"', b'"' + b"a" * 1023 + b'\xc3\xa9"',
          b'"' + b"\xf0\x9f\x98\x80" * 300 + b'"', b'"  ' + b"b" * 1024 + b'  "',
          b'"' + b"c" * 1000 + b" " * 50 + b'd"', b'"' + b"&amp;" * 1025 + b'"',
          b'"' + b"e" * 2049 + b'"', b'"' + b"f" * 4097 + b'"',
          b'"\'; DROP TABLE sites; --"', b'"%s%n$(id)`id`"', b'"{\\"$gt\\":\\"\\"}"']
TEXTS = ["site", "first_name", "last_name", "reason_info", "project_version", "version", "client",
         "theme", "admin_email", "user_email", "ip_address", "reason_id", "url", "hash"]
NUMBERS = ["active_plugins", "inactive_plugins", "tracking_skipped", "is_local"]
NESTED = [("wp", n) for n in ("version", "locale", "theme_slug", "theme_name", "theme_version",
                              "debug_mode", "multisite")] + [
    ("server", n) for n in ("php_version", "mysql_version", "software")] + [("users", "total")]
COLLECTOR = ["request_id", "received_at", "remote_ip"]


def value_cases():
    out = Records("values")
    for name in TEXTS + NUMBERS + ["wp", "server", "users", "plugins", "extra", "_collector",
                                   "unread"]:
        for value in VALUES:
            out.add((name, value))
    for top, name in NESTED:
        for value in VALUES:
            out.add((top, obj([(name, value)])))
    for name in COLLECTOR:
        for value in VALUES:
            out.add(collector=((name, value),))
    return Scenario("values", {f"{HOUR}/values.jsonl": out.lines()})


def pair_cases():
    """`a ?? b` over everything."""
    out = Records("pairs")
    few = [b"null", b'""', b'" "', b'"x"', b"{}", b"7", b'"a@b.c"', b'"A@B.C"', b'"1.2.3.4"']
    for first in few + [None]:
        for second in few + [None]:
            def both(a, b):
                return [m for m in ((a, first), (b, second)) if m[1] is not None]
            out.add(*both("admin_email", "user_email"), drop=("admin_email",))
            out.add(*both("project_version", "version"))
            inner = [] if first is None else [("theme_slug", first)]
            out.add(("wp", obj(inner)), *([] if second is None else [("theme", second)]))
            ips = [] if first is None else [("remote_ip", first)]
            out.add(*([] if second is None else [("ip_address", second)]), collector=ips)
    return Scenario("pairs", {f"{HOUR}/pairs.jsonl": out.lines()})


URLS = r"""example.com HTTPS://WWW.Example.COM/A/b// http://u:p@x@example.com/ http://example.com:80/a
 https://example.com:80 https://example.com:443/ http://example.com:00081 http://example.com:
 http://example.com:0 http://example.com:65536 http://example.com:65535 http://example.com:+1
 http://example.com:99999999999999999999 ftp://example.com ftps://x mailto:a@b.c http:/x http://
 http:///x http://a?x@b/c http://a#/b a/b://c http://a%20b http://a|b http://a\\b www. www.com
 www.www.com example.com. example.com.. http://[::1]:8080/x/ http://[::1]x http://[::1
 http://[FE80::1] http://a:b:80 http://münchen.de/ä http://MÜNCHEN.de http://-ü.de
 example.com/a?b#c/ ://x http://. http://.. http://www.. x.de:8080 http://www.WWW.de.:80/ HTTP://x?
 http://user@ http://user@:80 http://@a.de http://a.de:80:90 http://[::1]:80 https://[::1]:80
 http://[::1]: http://[] http://[]:1 http://a<b http://a>b http://a^b http://{a} http://a&quot;b
 http://a&#32;b http://a&#10;b http://a&#127;b http://a&#x85;b http://日本語.jp http://faß.de
 http://Ａ.de http://ｗｗｗ.a.de http://a。de http://％41.de http://xn--mnchen-3ya.de http://xn--ü.de
 http://XN--MNCHEN-3YA.de http://a..b http://a_b.de http://-a.de http://ü..de http://ü.de.
 http://ü.de.. http://www.ü.de http://WWW.Ü.DE/Ü/ http://😀.ws http://ü_a.de http://\u00ad.de
 http://\u200d.de http://a\u0301.de http://ü:81 http://ü@a.de localhost localhost:81 a.test a.TEST
 a.testing a.local a.localhost a.localdomain a.latest test 127.0.0.1 127.1 10.255.0.1 172.15.0.1
 172.16.0.1 172.31.255.255 172.32.0.1 192.168.0.1 192.167.0.1 010.0.0.1 8.8.8.8 [::2] [0:0::1] [::1]
 [::FFFF:127.0.0.1] a.test. a.test:81/x x/a.b http://http://a.de https:a.de //a.de /a.de ?a #a
 http://a.de/%20x http://a.de//b///c// http://a.de/?x/ http://a.de/#// http://a.de/b;c=d/
 http+x://a.de h-t.t+p1://a.de 1http://a.de ht_tp://a.de hTtPs://a.de:443/x/ javascript://a
 http://a.de:8\u0660 http://a.de:80/ http://a.de:443 https://a.de:0443 http://a.de:000000000000080
 a@b@c.de:81/x@y:z 1.2.3.4:80 http://a&amp;b.de http://a.de/&amp;amp; http://a.de&#x2f;b
 &#104;ttp://a.de http&#58;//a.de http://"a.de" http://a`b http://a!b$'()*+,;=~.de""".split()


def url_cases():
    out = Records("urls")
    for url in URLS:
        text = url.replace('"', '\\"')
        out.add(("url", b'"' + text.encode() + b'"'), ("admin_email", "a@b.c"))
    for url in (b'" http://a.de/b \\n"', b'"http://a b.de"', b'"http://a.de/b c"', b'"http://a\\tb"',
                b'"http://a\\u0000b.de"', b'"http://a.de/\\u0007x\\u007f"', b"17", b"true",
                b'"http://\xff.de"', b'"http://a.de/\xff"',
                b'"http://a.de/' + b"x" * 2100 + b'"', b'"http://a.de/' + b"\xc3\xa9" * 1030 + b'"',
                b'"' + b"a" * 70 + b'.de"', b'"\xc3\xbc' + b"a" * 70 + b'.de"',
                b'"http://a.de/' + b"x/" * 1017 + b'///"', b'"http://a.de/' + b"&amp;" * 2100 + b'"',
                b'"http://a.de/' + b"x" * 2035 + b'   y"'):
        out.add(("url", url))
    out.add(drop=("url",))
    return Scenario("urls", {f"{HOUR}/urls.jsonl": out.lines()})


EMAILS = """a@b.c A@B.C a@b @b.c a@ a@@b.c a@b..c a@.b.c a@b.c. a@b.c@d a&#64;b.c é@b.c a@é.ü
 a@example.com a@x.EXAMPLE.org a@a.test a@notexample.com a@x.localhost a@example.com.de a@b.invalid
 a@example.net a@b.example a@test a@test.com a@example.comm a@sub.sub.example.net a@.example.com
 anonymous@example.com "a"@b.c a@[1.2.3.4] a+b@c.de Ä@B.DE K@b.de a@b.TEST""".split()
IPS = """1.2.3.4 ::1 01.2.3.4 1.2.3 1.2.3.4.5 ::ffff:1.2.3.4 fe80::1%eth0 [::1] 256.1.1.1 1.2.3.4/8
 2001:DB8::2 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8:9 ::: 1.2.3.-4 0.0.0.0 unknown ::1.2.3.4 0x1.2.3.4
 1.2.3.04""".split()
TIMES = """2026-11-23T10:14:07.412Z 2026-11-23T10:14:07Z 2026-11-23t10:14:07z
 2026-11-23T10:14:07.4129999Z 2026-11-23T10:14:07.4Z 2026-11-23T10:14:07.Z 2026-11-23T12:14:07+02:00
 2026-11-23T10:14:07-00:00 2026-11-23T10:14:60Z 2026-11-23T10:14:61Z 2026-11-23T24:00:00Z
 2026-11-24T10:00:00Z 2026-11-24T10:00:00.001Z 2026-11-24T10:00:00.0009Z 2026-11-22T10:00:00Z
 2026-11-22T09:59:59.999Z 2026-11-22T09:59:60Z 2026-11-23 2026-11-23T10:14Z 2026-11-23T10:14:07
 2026-11-23T10:14:07+0200 2026-11-23T10:14:07+24:00 2026-11-23T10:14:07+23:59
 2026-11-23T10:14:07+02:60 2026-11-31T10:14:07Z 2026-02-29T00:00:00Z 1999-01-01T00:00:00Z
 0000-02-29T00:00:00Z 9999-12-31T23:59:59.999Z +2026-11-23T10:14:07Z 2026-11-23T10:14:07.1Zx
 2026-11-23T1:14:07Z 1795428847 2026-11-23T10:14:07,5Z 2026-11-23T10:14:07.-1Z""".split()


def people_cases():
    out = Records("people")
    for email in EMAILS:
        for host in ("https://a.de", "https://a.test"):
            out.add(("admin_email", email), ("url", host))
    for spaced in ("a b@c.de", " a@b.de ", "a\tb@c.de", "a@b.\nde", "a\u00a0b@c.de", "a\x00@b.de"):
        out.add(("admin_email", spaced))
    for local in (b"true", b"1", b'"on"', b"false", b"0", b'""', b'"what"', b"null"):
        for who in (H1, H3):
            out.add(("is_local", local), ("hash", who))
            out.add(("is_local", local), ("hash", who), ("reason_id", "nobody-knows"))
    for ip in IPS:
        out.add(("ip_address", ip))
        out.add(collector=(("remote_ip", ip),))
        out.add(("ip_address", "1.1.1.1"), collector=(("remote_ip", ip),))
        out.add(("ip_address", ip), collector=(("remote_ip", "bad"),))
    return Scenario("people", {f"{HOUR}/people.jsonl": out.lines()})


def time_cases():
    lines = {}
    for place in (HOUR, "free"):
        out = Records("times" + place[:4])
        for text in TIMES:
            if place == HOUR or not text.startswith(("0000", "9999")):
                out.add(collector=(("received_at", text),))
        lines[f"{place}/times.jsonl"] = out.lines()
    return Scenario("times", lines)


def identity_cases():
    out = Records("identity")
    for value in (H1, H1.lower(), H1.upper(), f" {H1}\n", H1[:-1], H1 + "0", H1.replace("-", ""),
                  H1[:-1] + "g", "{" + H1 + "}", H2, H2.upper(), H3, H3.lower(), "", " ", "\x07",
                  "00000009-0000-0000-0000-000000000000", H1[:8] + "\x00" + H1[8:],
                  "0000000１" + H1[8:]):
        for url in ("a.de", "http://", None):
            for reason in ("other", "too-slow", "gone é", "Other", "none", "", None, "unknown\n"):
                drop = [n for n, v in (("url", url), ("reason_id", reason)) if v is None]
                more = [m for m in (("url", url), ("reason_id", reason)) if m[1] is not None]
                out.add(("hash", value), *more, drop=drop)
    for collector in (b'"x"', b"[]", b"null", b"1", b'{"request_id":{}}', b'{"request_id":[1]}',
                      b'{"request_id":""}', b'{"request_id":" a "}', b'{"request_id":12.50}',
                      b'{"request_id":true}', b'{"request_id":"' + b"x" * 128 + b'"}',
                      b'{"request_id":"' + b"x" * 129 + b'"}', b'{"request_id":"'
                      + b"\xc3\xa9" * 64 + b'"}', b'{"request_id":"' + b"\xc3\xa9" * 64 + b'a"}',
                      b'{"request_id":"' + b"y" * 1500 + b'"}', b'{"request_id":"\\u0000\\u0001"}',
                      b'{"received_at":{}}', b'{"remote_ip":[]}'):
        out.add(("_collector", collector))
    return Scenario("identity", {f"{HOUR}/identity.jsonl": out.lines(),
                                 "free/identity.jsonl": out.lines()})


def map_cases():
    out = Records("maps")
    for name in ("users", "plugins", "extra", "wp", "server"):
        for value in (b"{ }", b"[ ]", b'""', b'" "', b"null", b"[1]", b"[{}]", b"0", b"false",
                      b'"x"', b'{"a":1,"a":2,"b":3,"\\u0061":"4"}', b'{"":1}', b'{"a":{},"b":[]}',
                      b'{"total":1,"total":null,"\\u0074otal":5}', b'{"' + b"k" * 127
                      + b'\xc3\xa9":"bad"}', b'{"' + b"k" * 128 + b'":"bad"}', b'{"\\u0000":"bad"}',
                      b'{"\xff":1,"\\ud800":{},"\xef\xbf\xbd":"x"}', b'{"\\"\\\\/\\n\\u001f\x7f":"z"}',
                      b'{"x":null,"y":"","z":" 5 "}', b'{"A":1,"b":2,"_":3,"0":4,"\xc3\xa9":5}'):
            out.add((name, value))
    for plugin in VALUES[:40] + [b'{"name":null}', b'{"name":5,"version":true}',
                                 b'{"version":{},"name":[]}', b'{"slug":"other","name":" n "}',
                                 b'{"name":"' + b"n" * 1030 + b'"}', b'{"name":"a","name":"b"}']:
        out.add(("plugins", obj([("a/b.php", plugin), ("q", b'{"name":"Q","version":1.20}')])))
    for count, tail in ((499, b'"t":{}'), (500, b'"t":null'), (500, b'"t":{}'), (500, b'"t":5'),
                        (500, b'"t":null,"u":[]'), (501, b'"t":1'), (700, b'"t":null')):
        body = b",".join(b'"s%d":{}' % i for i in range(count))
        out.add(("plugins", b"{" + body + b"," + tail + b"}"))
        out.add(("plugins", b'{"bad":7,"no":null,' + body + b"," + tail + b"}"))
    return Scenario("maps", {f"{HOUR}/maps.jsonl": out.lines()})


def custom_cases():
    out = Records("custom")
    more = [b"1.5", b'"1.50"', b'"-0.0e-0"', b'" 1.5"', b'"1.5\\n"', b'"1."', b'"1e999"', b"1E+2",
            b'"2024-02-29"', b'"2023-02-29"', b'"2024-02-29T23:59:60Z"', b'"2024-02-29t00:00:00z"',
            b'" 2024-02-29"', b'"2024-02-29 00:00:00Z"', b'"0000-01-01"', b'"10000-01-01"',
            b"20240229", b'"1e308"', b'"1e309"', b'"-1e309"', b"1" * 400, b'"' + b"9" * 400 + b'"',
            b"1.7976931348623158e308", b"1.7976931348623159e308", b"4.9e-324", b'"nan"']
    for key in [f["key"] for f in PROJECTS[0]["custom_fields"]] + ["undeclared", "Pro", "pro "]:
        for value in VALUES + more:
            out.add(("extra", obj([("z", b"null"), (key, value)])))
    out.add(("extra", b'{"since":"2024-01-01","ratio":1,"orders":"2","pro":1,"note":"n"}'))
    out.add(("extra", b'{"orders":1,"orders":"x","note":"a","\\u006eote":"b"}'))
    out.add(("extra", obj([(f"u{i:02}", b"1") for i in range(40)])))
    out.add(("extra", obj([("pro", b"1")])), ("hash", H3))
    return Scenario("custom", {f"{HOUR}/custom.jsonl": out.lines()})


def all_scenarios():
    import file_cases
    return [value_cases(), pair_cases(), url_cases(), people_cases(), time_cases(),
            identity_cases(), map_cases(), custom_cases()] + file_cases.all_scenarios()


def squeeze(data, level=6):
    """gzip without a clock in it."""
    return gzip.compress(data, level, mtime=0)
