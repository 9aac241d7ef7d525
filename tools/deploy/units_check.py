# SPDX-License-Identifier: Apache-2.0
"""The package and the units on a Debian that is booted with systemd, by systemd-nspawn with no network but its
own loopback. What happens inside is tools/deploy/units_guest; here the machine is made and the stores looked at."""
import json
import os
import shutil
import subprocess

from image_check import expect
from roots import debs, fresh, run, say

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = ["systemd", "systemd-sysv", "dbus", "curl", "sqlite3"]
SECONDS = 300           # the most that the machine may be up


def check(image, work, log):
    say("== the units on a booted machine")
    root = machine(image, work, log)
    boot(root, log)
    with open(root.path("/check/result"), encoding="utf-8") as file:
        said = file.read()
    print(said, end="")
    expect("all that the machine was asked to do went well", said.endswith("done\n"))


def machine(image, work, log):
    root = fresh(image.archive, os.path.join(work, "machine"), log)
    for deb in debs(image.roots["build"]):
        shutil.copy(deb, root.path("/root"))
    names = ["/root/" + os.path.basename(deb) for deb in debs(image.roots["build"])]
    apt = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
    root.run(["apt-get", "update", "-q"])
    root.run([*apt, *PACKAGES, *names], env={"DEBIAN_FRONTEND": "noninteractive"})
    run([os.path.join(HERE, "install"), root.top], log)
    run(["systemctl", f"--root={root.top}", "enable", "joist-collector.service", "joist-deactivate.timer"], log)
    prepare(root, os.path.join(work, "sample"))
    return root


def prepare(root, sample):
    """Events of a past hour, projects, and the script, which runs once the machine is up."""
    os.makedirs(root.path("/check"))
    shutil.copytree(sample, root.path("/check/sample"))
    shutil.copy(os.path.join(sample, "projects.jsonl"), root.path("/etc/joist/projects.jsonl"))
    os.chmod(root.path("/etc/joist/projects.jsonl"), 0o644)
    shutil.copy(os.path.join(HERE, "units_guest"), root.path("/check/run"))
    with open(os.path.join(sample, "projects.jsonl"), encoding="utf-8") as file:
        project = json.loads(file.readline())["hash"]
    unit = ("[Unit]\nAfter=multi-user.target\nSuccessAction=poweroff-force\nFailureAction=poweroff-force\n"
            "[Service]\nType=oneshot\nStandardOutput=file:/check/result\nStandardError=file:/check/errors\n"
            f"TimeoutStartSec={SECONDS - 30}\nExecStart=sh -x /check/run {project}\n"
            "[Install]\nWantedBy=graphical.target\n")
    folder = root.path("/etc/systemd/system/graphical.target.wants")
    os.makedirs(folder, exist_ok=True)
    with open(root.path("/etc/systemd/system/check.service"), "w", encoding="utf-8") as file:
        file.write(unit)
    os.symlink("../check.service", os.path.join(folder, "check.service"))


def boot(root, log):
    args = ["systemd-nspawn", "--quiet", "--directory", root.top, "--boot", "--register=no", "--keep-unit",
            "--private-network", "--console=pipe", "--resolv-conf=off", "--timezone=off"]
    with open(log, "ab") as file:
        try:
            subprocess.run(args, stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            say(f"the machine was still up after {SECONDS} s")
    shutil.copy(root.path("/check/errors"), log + ".guest")
