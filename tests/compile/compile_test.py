#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that must not compile, and what the compiler must say: tests/compile/FAMILY/X.c.

Each program is compiled three times by gcc, clang and $CC: with -DCURED it must pass under every
warning; as it stands it must fail, the first error must contain the phrase after `EXPECT gcc:` or
`EXPECT clang:` in its head, and the error or a note of it must name one of the bad lines, those
between #else and #endif; and it must fail without -Werror too, unless the phrase stands after
`WARNING`. docs/compile-errors.md is compared with the same output. A missing compiler is skipped
with exit code 77, after the others have been tried."""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/compile"
MANUAL = ROOT / "docs/compile-errors.md"
LEAST_PROGRAMS, LEAST_CHAPTERS = 60, 10
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-fsyntax-only",
         "-I", str(ROOT / "engine/include")]
WANTED = re.compile(r"^ \* (EXPECT|WARNING) (gcc|clang): (.+?)(?: \*/)?$", re.M)


def compile_it(compiler, path, *more):
    """(does it compile, what was said). The C locale: ASCII quotes, English."""
    done = subprocess.run([*compiler.split(), *FLAGS, *more, str(path)], capture_output=True,
                          text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return done.returncode == 0, done.stderr


def kind_of(compiler):
    said = subprocess.run([*compiler.split(), "--version"], capture_output=True, text=True,
                          check=True).stdout
    return "clang" if "clang" in said else "gcc"


def compilers():
    """([(command, kind)] without doubles, the names of those that are not installed)."""
    names = [os.environ.get("CC") or "cc", "gcc", "clang"]
    there = [name for name in names if shutil.which(name.split()[0])]
    real = {os.path.realpath(shutil.which(name.split()[0])): name for name in reversed(there)}
    found = [(name, kind_of(name)) for name in real.values()]
    kinds = {kind for _, kind in found}
    return found, [name for name in ("gcc", "clang") if name not in kinds]


# ---- one program ---------------------------------------------------------------------------------
def branches(text):
    """The cured and the bad lines of a program, and the numbers of the bad ones."""
    lines = text.split("\n")
    start, middle, end = (lines.index(mark) for mark in ("#ifdef CURED", "#else", "#endif"))
    return lines[start + 1:middle], lines[middle + 1:end], range(middle + 2, end + 1)


def first_error(said):
    """The first error with its notes: everything up to the next error or warning."""
    lines = said.split("\n")
    starts = [i for i, line in enumerate(lines) if re.search(r": (fatal )?(error|warning):", line)]
    errors = [i for i in starts if "error:" in lines[i]]
    if not errors:
        return "", ""
    end = next((i for i in starts if i > errors[0]), len(lines))
    # gcc tells which macro or function it is in before the error.
    begin = max((i for i in starts if i < errors[0]), default=-1) + 1
    return lines[errors[0]], "\n".join(lines[begin:end])


def faults_of_error(path, text, kind, said):
    wanted = {match[2]: match[3] for match in WANTED.finditer(text)}
    error, whole = first_error(said)
    if wanted[kind] not in error:
        yield f"the first error is not `{wanted[kind]}` but: {error or said[:300]}"
    numbers = {int(n) for n in re.findall(re.escape(path.name) + r":(\d+)[:,]", whole)}
    if not numbers & set(branches(text)[2]):
        yield f"the error names none of the bad lines: {whole}"


def faults(path, compiler, kind):
    text = path.read_text(encoding="utf-8")
    if sorted(match[2] for match in WANTED.finditer(text)) != ["clang", "gcc"]:
        yield "needs one EXPECT or WARNING for gcc and one for clang"
        return
    passes, said = compile_it(compiler, path, "-Werror", "-DCURED")
    if not passes:
        yield f"does not compile even when cured: {said}"
    passes, said = compile_it(compiler, path, "-Werror")
    if passes:
        yield "compiles and must not"
        return
    yield from faults_of_error(path, text, kind, said)
    soft = f" * WARNING {kind}:" in text
    if not soft and compile_it(compiler, path)[0]:
        yield "compiles without -Werror and must not"


# ---- the manual ----------------------------------------------------------------------------------
def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def fenced(chapter, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", chapter, re.S | re.M)


def faults_of_code(chapter, text):
    cured, bad, _ = branches(text)
    shown = fenced(chapter, "c")
    if len(shown) != 2:
        yield "needs two blocks of C, the bad lines and their cure"
        return
    for block, lines, what in ((shown[0], bad, "bad"), (shown[1], cured, "cured")):
        if squeeze(block) not in squeeze("\n".join(lines)):
            yield f"these are not the {what} lines of the program: {block}"


def faults_of_quotes(chapter, path, compiler, kind):
    said = squeeze(compile_it(compiler, path)[1])
    quotes = [line.split(":", 1) for block in fenced(chapter, "text") for line in block.split("\n")]
    mine = [squeeze(quote[1]) for quote in quotes if quote[0] == kind]
    if not mine:
        yield f"quotes nothing of {kind}"
    for quote in mine:
        if quote not in said:
            yield f"{compiler} does not print `{quote}` but: {said[:600]}"


def faults_of_chapter(chapter, found):
    links = re.findall(r"\(\.\./(tests/compile/[^)]+\.c)\)", chapter)
    path = ROOT / links[0] if len(links) == 1 else None
    if not path or not path.is_file():
        yield "needs one link to its program in tests/compile"
        return
    yield from faults_of_code(chapter, path.read_text(encoding="utf-8"))
    for compiler, kind in found:
        yield from faults_of_quotes(chapter, path, compiler, kind)


# ---- the run -------------------------------------------------------------------------------------
def check_manual(found):
    chapters = re.split(r"^## ", MANUAL.read_text(encoding="utf-8"), flags=re.M)[1:]
    if len(chapters) < LEAST_CHAPTERS:
        yield f"{MANUAL.name}: {len(chapters)} mistakes, at least {LEAST_CHAPTERS} are promised"
    for chapter in chapters:
        for fault in faults_of_chapter(chapter, found):
            yield f"{MANUAL.name}: {chapter.split(chr(10))[0]}: {fault}"


def check_programs(found):
    paths = sorted(HERE.glob("*/*.c"))
    if len(paths) < LEAST_PROGRAMS:
        yield f"{len(paths)} programs in {HERE}, there were {LEAST_PROGRAMS}"
    jobs = [(path, *compiler) for path in paths for compiler in found]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for job, said in zip(jobs, pool.map(lambda job: list(faults(*job)), jobs)):
            yield from (f"{job[0].relative_to(ROOT)} ({job[1]}): {fault}" for fault in said)
    print(f"{len(paths)} programs by {', '.join(name for name, _ in found)}")


def main():
    found, missing = compilers()
    said = [*check_programs(found), *check_manual(found)]
    print("\n".join(said), end="\n" if said else "")
    if said:
        return 1
    if missing:
        print(f"not tried, not installed: {', '.join(missing)}")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
