# SPDX-License-Identifier: Apache-2.0
"""PHP is the judge of form bodies: its own server and the collector get the same bytes and must see
the same tree.

The bodies are made of the pieces that matter to the rules: brackets, dots, spaces, broken escapes,
duplicate keys, numbers that are indices and numbers that are none. They stay within what both keep,
eight levels and 4,096 values; PHP's own limits are raised beyond that."""
import base64
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
from urllib.parse import quote_plus

sys.path.insert(0, os.path.dirname(__file__))
from service import FORM, Failed, Folder, Service, objects, seeded
from harness import check, main, skip

CASES = 4000

ROUTER = r"""<?php
function tree($v) {
    if (!is_array($v)) return ["s", base64_encode($v)];
    $members = [];
    foreach ($v as $k => $m) $members[] = [base64_encode((string)$k), tree($m)];
    return [array_is_list($v) ? "l" : "o", $members];
}
header("Content-Type: application/json");
echo json_encode(tree($_POST), 0, 2048);
"""

WRITTEN = [
    "", "a", "a=", "=a", "a=1&a=2", "a[b", "a]b=1", "a[b]c=1", "a[][x]=1&a[][x]=2", "a[ ]=1",
    "a[  ]=1", "a.b=1&a_b=2", " a=1", "%20a%20=1", "a%00b=1", "a[%00]=1", "a[b%00]=1", "a=%00",
    "a[b.c d[e=1", "a[b][c.d=1", "[a]=1", "a[=1", "a[[=1", "a[]]=1", "a[[]]=1", "a[b]]=1",
    "a[0]=x&a[1]=y", "a[1]=x&a[0]=y", "a[-5]=x&a[]=y", "a[05]=x&a[]=y", "a[-0]=1&a[]=2",
    "a[9223372036854775807]=1&a[]=2", "a[9223372036854775806]=1&a[]=2&a[]=3",
    "a[-9223372036854775808]=1&a[]=2", "a[9223372036854775808]=1&a[]=2", "a[1.5]=1&a[]=2",
    "a[+1]=1&a[]=2", "a[ 1]=1&a[]=2", "a[%0a]=1", "a[%0b%0c]=1", "a[b]=1&a=2&a[c]=3", "0=a&1=b",
    "a=%&b=%4&c=%zz&d=%4z&e=%%41", "a+b=c+d", "a;b=1", "a&b&&c=&", "a=1&%61=2", "this=1",
    "GLOBALS[a]=1", "a[GLOBALS]=1", "%5Ba%5D=1", "a%5Bb%5D=1", "caf%E9=%FF", "a[%E9]=caf%C3%A9",
    "a[b][]=1&a[b][]=2&a[][b]=3", "a[][]=1&a[][]=2", "a[b]=&a[b][c]=1", "a%3Db=c", "a=b=c&d==",
]


# ---- the judge ---------------------------------------------------------------------------------

class Php:
    """PHP's own web server with a script that tells what it made of a body."""

    def __init__(self, folder):
        router = folder.write("router.php", ROUTER)
        limits = {"max_input_vars": 100000, "max_input_nesting_level": 64, "display_errors": 0,
                  "post_max_size": "8M"}
        options = [word for k, v in limits.items() for word in ("-d", f"{k}={v}")]
        self.process = subprocess.Popen(
            ["php", *options, "-S", "127.0.0.1:0", router], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        while "started" not in line:
            line = self.process.stderr.readline().decode()
            if not line:
                raise Failed("php does not start")
        self.port = int(line.split("127.0.0.1:")[1].split(")")[0])
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stderr,
                                      stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.drain.wait()

    def tree(self, body):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        client.request("POST", "/", body, {"Content-Type": FORM})
        answer = client.getresponse().read()
        client.close()
        return value_of(json.loads(answer), top=True)


def value_of(node, top=False):
    """As the stored JSON has it: repaired UTF-8, indices 0, 1, 2 … as a list."""
    kind, content = node
    if kind == "s":
        return base64.b64decode(content).decode("utf-8", "replace")
    if kind == "l" and not top:
        return [value_of(member) for _, member in content]
    return {base64.b64decode(k).decode("utf-8", "replace"): value_of(m) for k, m in content}


# ---- bodies ------------------------------------------------------------------------------------

PIECES = ["[", "]", "[]", "[a]", "[b]", "[0]", "[1]", "[-1]", "[ ]", "[%20x]", "[a.b]", "[a b]",
          "a", "b", "c", "a.b", "%5B", "%5D", "%5b0%5d", " ", "+", ".", "%00", "%", "%4", "%zz",
          "%41", "%C3%A9", "%E9", "%F0%9F%98%80", "\xe9", "=", "_", "0", "7", "[2147483648]",
          "[9223372036854775807]", "[%0a]", "[\t]", "-", "\t"]


def loose(chance):
    """Pieces in any order: mostly nonsense."""
    name = "".join(chance.choices(PIECES, k=chance.randint(0, 7)))
    value = "".join(chance.choices(["=", "x", "%41", "+", "%", "%E9", "[", "%00", "&", ""],
                                   k=chance.randint(0, 4)))
    return name + chance.choice(["=", "=", "=", ""]) + value


def tidy(chance):
    """As a sender would write it, over few names, so that they meet."""
    name = chance.choice("ab")
    for _ in range(chance.randint(0, 6)):
        name += "[" + chance.choice(["", "", "x", "y", "0", "1", "2", "x.y", "é", "a]"]) + "]"
    escaped = quote_plus(name) if chance.random() < 0.5 else name
    return escaped + "=" + quote_plus(chance.choice(["", "1", "a b", "ü", "&=%"]))


def random_bytes(chance):
    return bytes(chance.choices(b"ab[]=&%+. 019\x00\xff\x80\xc3", k=chance.randint(0, 40)))


def body(chance):
    kind = chance.random()
    if kind < 0.2:
        return random_bytes(chance)
    make = loose if kind < 0.6 else tidy
    pairs = [make(chance) for _ in range(chance.randint(1, 8))]
    return "&".join(pairs).encode("latin-1" if make is loose else "utf-8")


def too_deep(raw):
    """More brackets than eight levels in one name: the two keep different parts of it."""
    return any((part.count(b"[") + part.lower().count(b"%5b")) > 7 for part in raw.split(b"&"))


# ---- the comparison ----------------------------------------------------------------------------

def compare(php, service, bodies):
    """Posts them all, and looks at the trees afterwards: their ids say which is which."""
    wanted = {}
    client = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    for number, raw in enumerate(bodies):
        marked = raw + b"&-mark-=" + str(number).encode()
        client.request("POST", "/deactivate", marked, {"Content-Type": FORM})
        answer = client.getresponse()
        answer.read()
        check(f"the answer to {raw!r}", answer.status, 200)
        wanted[str(number)] = (raw, php.tree(marked))
    client.close()
    found = {event["-mark-"]: event for events in objects(service.storage).values()
             for event in events}
    check("all are stored", len(found), len(wanted))
    for number, (raw, want) in wanted.items():
        got = found[number]
        check(f"flags of {raw!r}", "truncated" in got.pop("_collector")["flags"], False)
        want.pop("_collector", None)
        check(f"the tree of {raw!r}", json.dumps(got), json.dumps(want))


def judged(bodies):
    if not shutil.which("php"):
        skip("there is no php: install php-cli")
    with Folder() as folder, Php(folder) as php, Service(folder.path("store")) as service:
        compare(php, service, bodies)


def test_written_bodies():
    judged([text.encode("latin-1") for text in WRITTEN])


def test_random_bodies():
    chance = seeded()
    bodies = [body(chance) for _ in range(CASES)]
    judged([raw for raw in bodies if not too_deep(raw)])


def test_many_keys():
    """Within the limits, but enough for tables to grow."""
    chance = random.Random(1)
    keys = [f"k[{chance.randrange(3000)}][{chance.choice('abc')}]=v" for _ in range(4000)]
    judged(["&".join(keys).encode(), "&".join(f"l[]={n}" for n in range(4000)).encode(),
            "&".join(f"k{n}={n}" for n in range(4000)).encode()])


if __name__ == "__main__":
    main(globals())
