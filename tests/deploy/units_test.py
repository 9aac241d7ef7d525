# SPDX-License-Identifier: Apache-2.0
"""tools/deploy/systemd: the units as tools/deploy/install puts them into a root, judged by systemd's own tools.
What only a booted systemd shows is in tools/deploy/check, see image_test.py."""
import json
import os
import re
import shutil
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import SOURCE, Folder, check, check_in, main, program, run, skip

DEPLOY = os.path.join(SOURCE, "tools", "deploy")
PROGRAMS = ("joist-collector", "deactivate", "analytics")
UNITS = ("joist-collector.service", "joist-deactivate.service", "joist-analytics.service",
         "joist-deactivate.timer")
# As high as systemd's own judgement of a service may be (0 no exposure, 10 all of it).
EXPOSURE = {"joist-collector.service": 1.5, "joist-deactivate.service": 1.5, "joist-analytics.service": 0.5}


def tool(name, package="systemd"):
    path = shutil.which(name)
    return path or skip(f"no {name} (apt-get install {package})")


def units():
    """Where Debian keeps systemd's own units."""
    for folder in ("/usr/lib/systemd/system", "/lib/systemd/system"):
        if os.path.exists(os.path.join(folder, "sysinit.target")):
            return folder
    return skip("no units of systemd (apt-get install systemd)")


def installed(folder):
    """A root with our units, systemd's, and this build's programs; its path."""
    done = run([os.path.join(DEPLOY, "install"), folder.path("root")])
    check(f"install\n{done}\n", done.code, 0)
    os.makedirs(folder.path("root/usr/bin"))
    for path in (*map(program, PROGRAMS), "/bin/sh"):
        shutil.copy(path, folder.path("root/usr/bin"))
    shutil.copytree(units(), folder.path("root/usr/lib/systemd/system"), symlinks=True)
    return folder.path("root")


def verify(root):
    return run([tool("systemd-analyze"), "verify", f"--root={root}", "--man=no", *UNITS])


def edit(root, unit, old, new):
    path = os.path.join(root, "etc/systemd/system", unit)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    check_in(unit, old, text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def settings(unit):
    """{name: value} of a unit file; of a name given twice the last."""
    with open(os.path.join(DEPLOY, "systemd", unit), encoding="utf-8") as file:
        return dict(line.strip().split("=", 1) for line in file if re.match(r"[A-Z]\w*=", line))


def test_systemd_has_no_complaint():
    with Folder() as folder:
        done = verify(installed(folder))
        check("exit code", done.code, 0)
        check("it says nothing", done.out + done.err, "")


def test_and_would_have_one():
    with Folder() as folder:
        root = installed(folder)
        edit(root, "joist-analytics.service", "Type=oneshot", "Typo=oneshot")
        check_in("an unknown key", "Unknown key", verify(root).err)
    with Folder() as folder:
        root = installed(folder)
        os.remove(os.path.join(root, "usr/bin/deactivate"))
        check("a program that is not there", verify(root).code, 1)


def test_exposure():
    with Folder() as folder:
        root = installed(folder)
        for unit, most in EXPOSURE.items():
            done = run([tool("systemd-analyze"), "security", "--offline=true", f"--root={root}", unit])
            level = re.search(r"exposure level for \S+ ([\d.]+)", done.out)
            check(f"{unit} is judged\n{done}", bool(level))
            check(f"{unit}: {level[1]} of at most {most}", float(level[1]) <= most)


def test_an_hour_has_one_firing():
    when = settings("joist-deactivate.timer")["OnCalendar"]
    # A day on which clocks in Europe are put back.
    done = run([tool("systemd-analyze"), "calendar", "--iterations=30",
                "--base-time=2026-10-24 23:30:00 UTC", when], env={"TZ": "Europe/Berlin"})
    firings = re.findall(r"(?:UTC\): |Next elapse: \w+ |Iter\. #\d+: \w+ )(\S+ \S+) UTC", done.out)
    in_utc = re.findall(r"\(in UTC\): \w+ (\S+) (\S+) UTC", done.out) or [f.split() for f in firings]
    hours = [f"{day}T{time[:2]}" for day, time in in_utc]
    check(f"thirty hours\n{done}", len(set(hours)), 30)
    check("without a gap", hours == sorted(hours) and hours[0] == "2026-10-25T00" and hours[-1] == "2026-10-26T05")
    check("at minute 5", {time[2:] for _, time in in_utc}, {":05:00"})


def test_every_exit_code_is_decided():
    documented = {int(code) for code in re.findall(r"^\| (\d+(?:, \d+)*) \|",
                                                   open(os.path.join(SOURCE, "docs/cli.md"),
                                                        encoding="utf-8").read(), re.M)
                  for code in code.split(", ")}
    check("exit codes of docs/cli.md", {0, 1, 2, 3, 4, 75, 130, 143} <= documented)
    for name in ("joist-deactivate.service", "joist-analytics.service"):
        unit = settings(name)
        stays = {int(code) for code in unit["RestartPreventExitStatus"].split()}
        well = {int(code) for code in unit["SuccessExitStatus"].split()} | {0}
        # `run` never ends with 5, which is the verb `test`'s. 75 is what is left to Restart=on-failure.
        check(f"{name}: codes", documented - stays - well - {5}, {75})
        check(f"{name}: what is left is tried again", unit["Restart"], "on-failure")


def test_retries_fit_into_the_hour():
    """The next firing must find the limit reset, and a dead run's lease must run out before the last try."""
    minutes = {"50min": 50, "2min": 2}
    for name in ("joist-deactivate.service", "joist-analytics.service"):
        unit = settings(name)
        interval, pause = minutes[unit["StartLimitIntervalSec"]], minutes[unit["RestartSec"]]
        tries = int(unit["StartLimitBurst"])
        check(f"{name}: the limit is over before the next hour", interval < 60)
        check(f"{name}: tries outlast a lease of ten minutes", 10 < tries * pause < interval)


def test_user_and_folders():
    with Folder() as folder:
        root = installed(folder)
        for command in (["systemd-sysusers", f"--root={root}", "joist.conf"],
                        ["systemd-tmpfiles", f"--root={root}", "--create", "joist.conf"]):
            done = run([tool(command[0]), *command[1:]])
            if os.geteuid():
                skip("folders of another user need root")
            check(f"{command}\n{done}", done.code, 0)
        with open(os.path.join(root, "etc/passwd"), encoding="utf-8") as file:
            user = [line.split(":") for line in file if line.startswith("joist:")]
        check("one user, who cannot log in", [u[6].strip() for u in user], ["/usr/sbin/nologin"])
        for name in ("events", "stores", "dead"):
            found = os.stat(os.path.join(root, "var/lib/joist", name))
            check(f"{name} is the user's", found.st_uid, int(user[0][2]))
            check(f"{name} is nobody else's", stat.S_IMODE(found.st_mode), 0o750)


def environment():
    """The variables of joist.env, those that are commented out too."""
    with open(os.path.join(DEPLOY, "joist.env"), encoding="utf-8") as file:
        return dict(line.strip().lstrip("#").split("=", 1) for line in file if re.match(r"#?JOIST_\w+=", line))


def test_every_variable_is_an_option():
    known = set()
    for name in ("deactivate", "analytics"):
        done = run([program(name), "list", "options", "--json"])
        known |= {option["name"].lstrip("-") for option in json.loads(done.out)}
    known |= set(re.findall(r"--([a-z][a-z-]+)", run([program("joist-collector"), "--help"]).out))
    for name in environment():
        option = name[len("JOIST_"):].lower().replace("_", "-")
        check(f"{name}: --{option}", option in known)


def test_every_value_is_good():
    with Folder() as folder:
        project = {"_id": "p1", "hash": "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01", "slug": "a", "name": "A"}
        folder.write("projects.jsonl", json.dumps(project) + "\n")
        env = environment() | {"JOIST_PROJECTS": folder.path("projects.jsonl"), "JOIST_INPUT": folder.top}
        for name in ("deactivate", "analytics"):
            done = run([program(name), "check"], env=env)
            check(f"{name} check\n{done}", done.code, 0)


def test_an_edited_environment_is_kept():
    with Folder() as folder:
        root = installed(folder)
        folder.write("root/etc/joist/joist.env", "JOIST_PORT=1\n")
        run([os.path.join(DEPLOY, "install"), root])
        with open(os.path.join(root, "etc/joist/joist.env"), encoding="utf-8") as file:
            check("as it was", file.read(), "JOIST_PORT=1\n")


main(globals())
