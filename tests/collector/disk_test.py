# SPDX-License-Identifier: Apache-2.0
"""What a power cut leaves, and what one failing call of the disk does. disk_shim.c, preloaded, keeps
a mirror of what was synced and nothing else: after kill -9 the mirror is what the disk would hold."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from service import (Failed, Folder, Service, check_stored, hidden, join, load, seeded, wait_for)
from harness import SOURCE, check, main, sanitized, skip

CUTS = int(os.environ.get("JOIST_KILLS") or 5)


def shim(folder):
    if sanitized():
        skip("the disk is preloaded, which a sanitizer's own allocator does not bear")
    library = folder.path("disk_shim.so")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1",
                    "-shared", "-fPIC", "-o", library,
                    os.path.join(SOURCE, "tests", "collector", "disk_shim.c"), "-ldl"], check=True)
    return library


def power_cut(folder, library, name, seconds, more=None):
    """(what is left, what was acknowledged) of a run under load that ends in the dark."""
    mirror, store = folder.path(name, "mirror"), folder.path(name, "store")
    os.makedirs(mirror)
    os.makedirs(store)
    env = {"LD_PRELOAD": library, "DISK_MIRROR": mirror} | (more or {})
    with Service(store, env=env, clean=False) as service:
        clients = load(service, name, clients=8)
        wait_for("first answers", lambda: any(c.acknowledged for c in clients))
        time.sleep(seconds)
        service.kill()
        acknowledged = join(clients)
    return os.path.join(mirror, f"dir-{os.stat(store).st_ino}"), acknowledged


def check_left(left, acknowledged):
    """As check_stored, of a mirror: its links lead to what was synced, or nowhere."""
    plain = left + "-plain"
    os.makedirs(plain)
    for folder, _, names in os.walk(left, followlinks=True):
        there = os.path.join(plain, os.path.relpath(folder, left))
        os.makedirs(there, exist_ok=True)
        for name in names:
            if os.path.exists(os.path.join(folder, name)):
                os.link(os.path.realpath(os.path.join(folder, name)), os.path.join(there, name))
    check_stored(plain, acknowledged)


def test_power_cuts():
    chance = seeded()
    with Folder() as folder:
        library, total = shim(folder), 0
        for cut in range(CUTS):
            left, acknowledged = power_cut(folder, library, f"cut{cut}", chance.random() * 0.2)
            check_left(left, acknowledged)
            total += len(acknowledged)
        check("something was acknowledged", total > CUTS, True)


def test_a_power_cut_is_noticed():
    """On a disk that lies about folders, all is lost, and the judge says so."""
    with Folder() as folder:
        left, acknowledged = power_cut(folder, shim(folder), "lies", 0, {"DISK_DIR": "lies"})
        try:
            check_left(left, acknowledged)
        except Failed:
            return
        raise Failed("nobody noticed")


def test_every_call_fails_once():
    """The event is refused and not kept, the next one is taken, nothing is left behind."""
    calls = {"create": 1, "write": 1, "sync": 7, "rename": 1, "mkdir": 5}
    with Folder() as folder:
        library = shim(folder)
        for kind, count in calls.items():
            for number in range(1, count + 1):
                fail_once(folder, library, kind, number)


def fail_once(folder, library, kind, number):
    """The first create, write and two syncs are those of the check at the start."""
    at_start = {"create": 1, "write": 1, "sync": 1}.get(kind, 0)
    store = folder.path(f"{kind}-{number}")
    os.makedirs(store)
    with Service(store, env={"LD_PRELOAD": library,
                             "DISK_FAIL": f"{kind}:{at_start + number}"}) as service:
        what = f"call {number} of {kind}"
        check(f"{what}: refused", service.post("mark=first").status, 503)
        check(f"{what}: not kept", service.events(), [])
        check(f"{what}: then all is well", service.post("mark=second").status, 200)
        check(f"{what}: kept", [e["mark"] for e in service.events()], ["second"])
        check(f"{what}: nothing is left behind", hidden(store), [])


if __name__ == "__main__":
    main(globals())
