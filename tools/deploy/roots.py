# SPDX-License-Identifier: Apache-2.0
"""Debian roots in folders, and a Dockerfile carried out in them without docker.

A root is a directory tree made by debootstrap; a command runs in it by chroot with its own mounts and
processes. The base root is made once and kept as an archive. Needs root and debootstrap."""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from fnmatch import fnmatch

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
KNOWN = {"FROM", "COPY", "RUN", "WORKDIR", "ENV", "EXPOSE", "USER", "CMD"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def say(what):
    print(what, flush=True)


class Unreachable(Exception):
    """Debian's archive did not answer: no fault of what is checked."""


AWAY = re.compile(r"Failed to fetch|Temporary failure resolving|Could not connect|Couldn't download")


def run(args, log, **more):
    """A command whose output goes to the log; SystemExit with the log's end if it fails."""
    begun = time.monotonic()
    with open(log, "ab") as file:
        done = subprocess.run([os.fspath(a) for a in args], stdin=subprocess.DEVNULL, stdout=file,
                              stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode:
        with open(log, encoding="utf-8", errors="replace") as file:
            tail = "".join(file.readlines()[-25:])
        if AWAY.search(tail):
            raise Unreachable(tail.strip().split("\n")[-1])
        raise SystemExit(f"{tail}error: exit code {done.returncode}: {shlex.join(map(str, args))}")
    return time.monotonic() - begun


class Root:
    """A folder that is the root of a Debian."""

    def __init__(self, top, log):
        self.top, self.log = os.path.abspath(top), log

    def path(self, name):
        return os.path.join(self.top, name.lstrip("/"))

    def command(self, args, user=None, env=None, cwd="/"):
        """The arguments that run `args` inside, in namespaces of its own but for the network."""
        given = [f"{name}={value}" for name, value in ({"PATH": PATH} | (env or {})).items()]
        spec = [f"--userspec={user}"] if user else []
        script = 'cd "$0" && exec "$@"'
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child",
                f"--mount-proc={self.path('proc')}", "chroot", *spec, self.top,
                "env", "-i", *given, "sh", "-c", script, cwd, *args]

    def run(self, args, **how):
        return run(self.command(args, **how), self.log)


def base(cache, log):
    """The archive of a minimal Debian 12, made if it is not there."""
    archive = os.path.join(cache, f"{SUITE}.tar")
    if not os.path.exists(archive):
        os.makedirs(cache, exist_ok=True)
        folder = archive + ".root"
        shutil.rmtree(folder, ignore_errors=True)
        run(["debootstrap", "--variant=minbase", SUITE, folder, MIRROR], log)
        run(["tar", "--numeric-owner", "-C", folder, "-cf", archive + ".part", "."], log)
        os.rename(archive + ".part", archive)
        shutil.rmtree(folder)
    return archive


def fresh(archive, top, log):
    """A root of its own from the archive, with the names that this machine resolves."""
    os.makedirs(top)
    run(["tar", "--numeric-owner", "-C", top, "-xpf", archive], log)
    shutil.copy("/etc/resolv.conf", os.path.join(top, "etc", "resolv.conf"))
    return Root(top, log)


# ---- a Dockerfile --------------------------------------------------------------------------------
def instructions(path):
    """[(WORD, rest)]; comments and blank lines are left out, `\\` at an end joins lines."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"\\\n", " ", file.read())
    found = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.strip().partition(" ")
            if word not in KNOWN:
                raise SystemExit(f"error: {path}: this check does not know {word}")
            found.append((word, rest.strip()))
    return found


def ignored(path):
    """The names that `COPY . ` leaves out."""
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


class Image:
    """A Dockerfile on its way: the roots of its stages, and what the last one is started with.

    `built`: a folder with what the stage `build` would leave in its root; its instructions are not
    carried out then."""

    def __init__(self, source, archive, work, log, built=None):
        self.source, self.archive, self.work, self.log = source, archive, work, log
        self.roots, self.root, self.is_built = {}, None, built is not None
        if built:
            self.roots["build"] = Root(built, log)
        self.reset()

    def reset(self):
        self.env, self.user, self.cwd, self.cmd = {}, None, "/", None

    def build(self, dockerfile):
        self.leave = ignored(dockerfile + ".dockerignore")
        stage = None
        for word, rest in instructions(dockerfile):
            stage = rest.partition(" AS ")[2] if word == "FROM" else stage
            if self.is_built and stage == "build":
                continue
            begun = time.monotonic()
            getattr(self, "do_" + word.lower())(rest)
            say(f"  {time.monotonic() - begun:6.1f} s  {word} {rest}")
        return self

    def do_from(self, rest):
        image, _, name = rest.partition(" AS ")
        if not re.fullmatch(r"debian:12(-slim)?", image):
            raise SystemExit(f"error: FROM {image}: only Debian 12 can be made here")
        name = name or "last"
        self.root = fresh(self.archive, os.path.join(self.work, name), self.log)
        self.roots[name] = self.root
        self.reset()

    def do_copy(self, rest):
        words = shlex.split(rest)
        origin, target = self.source, words.pop()
        if words[0].startswith("--from="):
            origin = self.roots[words.pop(0)[len("--from="):]].top
        into = self.root.path(target)
        for name in words:
            self.copy(os.path.join(origin, name.lstrip("/")), into, target.endswith("/"))

    def copy(self, source, into, is_folder):
        """As COPY does: a folder's content goes into the target, a file is put there."""
        if os.path.isdir(source):
            leave = self.leave if source.rstrip("/.") == self.source else []

            def left_out(where, names):
                top = os.path.relpath(where, source) == "."
                return [n for n in names if top and any(fnmatch(n, p) for p in leave)]
            shutil.copytree(source, into, symlinks=True, dirs_exist_ok=True, ignore=left_out)
            return
        os.makedirs(into if is_folder else os.path.dirname(into), exist_ok=True)
        shutil.copy(source, into)

    def do_run(self, rest):
        self.root.run(["sh", "-c", rest], user=self.user, env=self.env, cwd=self.cwd)

    def do_workdir(self, rest):
        self.cwd = rest
        os.makedirs(self.root.path(rest), exist_ok=True)

    def do_env(self, rest):
        self.env |= dict(word.split("=", 1) for word in shlex.split(rest))

    def do_expose(self, rest):
        if not rest.isdigit():
            raise SystemExit(f"error: EXPOSE {rest}: one port is expected")

    def do_user(self, rest):
        self.user = rest

    def do_cmd(self, rest):
        self.cmd = json.loads(rest)

    def start(self, args=None, env=None):
        """What `docker run IMAGE [args]` would start, as the same user, as a list of arguments."""
        return self.root.command(args or self.cmd, user=self.user, env=self.env | (env or {}), cwd=self.cwd)


def size_of(top):
    done = subprocess.run(["du", "-sxm", top], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


def debs(root):
    return glob.glob(os.path.join(root.top, "out", "*.deb"))
