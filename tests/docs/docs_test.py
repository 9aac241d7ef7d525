#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual as a test: README.md and docs/*.md say nothing that does not work.

Each page has a folder of its own with a copy of the tree and `build` in it, and is followed from top to
bottom as a reader would in one terminal. A comment on the line above a block says what it is:

    ```sh                         is run by `sh -e`, one block after another in one environment
    ```c                          is compiled with the project's flags; a program answers --help
    <!-- file: NAME -->           the block is written to NAME in the folder
    <!-- file: NAME, continued -->   the same, after what the page wrote to it and a blank line
    <!-- from: PATH -->           the block stands in the file PATH of the tree, to the letter
    <!-- output -->               the ```text block is what the ```sh block before it prints; times, run
                                  ids, lines of pipelines differ; a line `…` is any number of lines
    <!-- not run: REASON -->      neither run nor compiled; counted and said

Besides: links lead somewhere, paths in `…` exist, docs/README.md names every page, and the tables of
options, codes, verbs and exit codes are those of the programs.

    docs_test.py [PAGE…]          only these pages, `docs_test.py tutorial`"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(os.environ.get("JOIST_SOURCE", Path(__file__).parents[2])).resolve()
BUILD = Path(os.environ.get("JOIST_BUILD", SOURCE / "build")).resolve()
DEADLINE = 120
FENCE = re.compile(r"^(?:<!-- *(?P<marker>.*?) *-->\n\n?)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.S | re.M)
TOP = "engine|transforms|proto|pipelines|tools|tests|docs"
PATH = re.compile(rf"(?:{TOP})/[\w./-]*|[\w-]+\.(?:md|txt)")


# Pages whose examples are another test's, which compiles them and compares what the compiler says.
TESTED_BY = {"compile-errors.md": "tests/compile/compile_test.py"}


class Wrong(Exception):
    """Something a page says is not so."""


class Block:
    """A fenced block: its language, text, line, and the marker above it as (word, rest)."""

    def __init__(self, match, page):
        self.text, self.language = match["text"], match["language"]
        word, _, rest = (match["marker"] or "").partition(":")
        self.marker, self.rest = word.strip(), rest.strip()
        line = page.count("\n", 0, match.start("language")) + 1
        self.line, self.stdout = line, None

    def fail(self, what):
        raise Wrong(f"line {self.line}: {what}")


# ---- following a page ----------------------------------------------------------------------------
def copy_tree(folder, blocks):
    """What a clone would have; the thousands of files of tests/ only for who runs tests."""
    tests = any("test" in block.text for block in blocks if block.language == "sh")
    unused = re.compile(r"build|out$|\.git$" if tests else r"build|out$|\.git$|tests$")

    def left_out(where, names):
        return [name for name in names if Path(where) == SOURCE and unused.match(name)]
    shutil.copytree(SOURCE, folder, ignore=left_out, symlinks=True)
    os.symlink(BUILD, folder / "build")


def environment(home):
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith("JOIST_") and k != "PKG_CONFIG_PATH"}
    return {**env, "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "dumb"}


def run_shell(block, folder, state, env):
    """The block sees the variables and the folder that the block before it left."""
    if not state.exists():
        state.write_text(f"cd '{folder}'\n")
    script = f". '{state}'\n{block.text}\n{{ export -p; printf \"cd '%s'\\n\" \"$PWD\"; }} >'{state}'\n"
    done = subprocess.run(["sh", "-e", "-c", script], cwd=folder, env=env, text=True, timeout=DEADLINE,
                          capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        block.fail(f"exit code {done.returncode}\n{block.text}{done.stdout}{done.stderr}")
    block.stdout = done.stdout


def plain(text):
    """What a second run would print the same."""
    text = re.sub(r"\b\d{8}T\d{6}-[0-9a-f]{4}\b", "RUN", text)
    text = re.sub(r'("(?:seen_at|started)":)"[^"]*"', r"\1TIME", text)
    text = re.sub(r"\b\d+(\.\d+)? (s|ms)\b", "TIME", text)
    text = re.sub(r"\b(pipelines/\w+\.c):\d+", r"\1:LINE", text)
    text = re.sub(r"\b[\d.]+k? records/s, [\d.]+ [kMG]?B/s, [\d.]+ [kMG]?B memory", "RATES", text)
    return [re.sub(r"\s+", " ", line).strip() for line in text.strip().split("\n")]


def compare(block, stdout):
    """The block's lines in order; between two parts around a `…` anything may stand."""
    want = plain(block.text)
    pattern = "".join(r"(?:.*\n)*" if line == "…" else re.escape(line) + "\n" for line in want)
    got = "".join(line + "\n" for line in plain(stdout))
    if not re.fullmatch(pattern, got):
        block.fail(f"the page shows\n{block.text}\nthe program prints\n{stdout}")


def write(block, folder):
    name, _, how = block.rest.partition(",")
    path = folder.parent / "home" / name[2:] if name.startswith("~/") else folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") + "\n" if how.strip() == "continued" else ""
    path.write_text(before + block.text, encoding="utf-8")
    return path


def follow(page, blocks, folder):
    """Every block in turn; answers the C files that the page is made of."""
    env, state = environment(folder.parent / "home"), folder.parent / "state"
    sources, before = {}, None
    for number, block in enumerate(blocks):
        if block.marker == "not run":
            if not block.rest:
                block.fail("not run: without a reason")
            print(f"{page}:{block.line}: not run: {block.rest}")
            continue
        if block.marker == "from":
            if block.text not in (SOURCE / block.rest).read_text(encoding="utf-8"):
                block.fail(f"this does not stand in {block.rest}")
        elif block.marker == "file":
            path = write(block, folder)
            sources[path] = block
        elif block.marker == "output":
            compare(block, before.stdout if before else "")
        elif block.marker:
            block.fail(f"unknown marker '{block.marker}'")
        elif block.language == "c":
            path = folder / f"block{number}.c"
            path.write_text(block.text, encoding="utf-8")
            sources[path] = block
        elif block.language == "sh":
            run_shell(block, folder, state, env)
            before = block
    return {path: block for path, block in sources.items() if path.suffix == ".c"}


# ---- C -------------------------------------------------------------------------------------------
def flags():
    """The project's own, from where the build has them."""
    text = (SOURCE / "tools/cmake/compiler.cmake").read_text(encoding="utf-8")
    warnings = re.search(r"add_compile_options\((-Wall [^)]*)\)", text)[1].split()
    return ["-std=c11", "-D_GNU_SOURCE", "-O1", *warnings, f"-I{SOURCE / 'engine/include'}"]


def libraries():
    pc = (BUILD / "joist.pc").read_text(encoding="utf-8")
    needs = re.search(r"^Requires: (.*)$", pc, re.M)[1].split()
    found = subprocess.run(["pkg-config", "--libs", *needs], capture_output=True, text=True, check=True)
    return [str(BUILD / "libjoist.a"), *found.stdout.split(), "-lstdc++", "-lm", "-pthread"]


def compile_and_start(path, block):
    is_program = re.search(r"\bint main\(", path.read_text(encoding="utf-8"))
    output = path.with_suffix(".program")
    command = [*os.environ.get("CC", "cc").split(), *flags(), str(path)]
    command += ["-o", str(output), *libraries()] if is_program else ["-c", "-o", os.devnull]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        block.fail(f"{path.name} does not compile\n{done.stderr}")
    if is_program:
        done = subprocess.run([output, "--help"], capture_output=True, text=True, timeout=DEADLINE, check=False)
        if done.returncode or "usage: " not in done.stdout:
            block.fail(f"{path.name} --help: exit code {done.returncode}\n{done.stdout}{done.stderr}")


# ---- links and paths -----------------------------------------------------------------------------
def anchors(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def check_links(page):
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            raise Wrong(f"the link {target} leads nowhere")
        if anchor and anchor not in anchors(path):
            raise Wrong(f"the link {target}: no such heading")


def check_paths(page):
    """`engine/src/run.c` in prose must exist; names with capitals stand for others (`X_test.c`)."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for name in re.findall(r"`([^`\s]+)`", prose):
        stands_for_others = re.search(r"[A-Z]", re.sub(r"README|CMakeLists", "", name))
        if PATH.fullmatch(name) and "/" in name and not stands_for_others:
            if not (SOURCE / name).exists():
                raise Wrong(f"`{name}` does not exist")


# ---- tables --------------------------------------------------------------------------------------
def ask(program, *words):
    done = subprocess.run([BUILD / program, *words], capture_output=True, text=True, timeout=DEADLINE, check=True)
    return done.stdout


def rows(page, first):
    """The rows of all tables whose header begins with this cell, as lists of cells."""
    text, found = page.read_text(encoding="utf-8"), []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        lines = [re.split(r"(?<!\\)\|", line.strip())[1:-1] for line in table.strip().split("\n")]
        cells = [[cell.strip() for cell in line] for line in lines]
        if cells[0][0] == first:
            found += cells[2:]
    return found


def same(what, page, program):
    if page != program:
        raise Wrong(f"{what}: only on the page {sorted(page - program)}, only in the program "
                    f"{sorted(program - page)}")


def page_options(path):
    """{(name, default)} of a page's table of options; what is 'none' there is null in the program."""
    found = set()
    for cells in rows(path, "option"):
        default = cells[1].strip("`")
        for name in re.findall(r"--([a-z-]+)", cells[0]):
            found.add((name, {"none": None, "required": None, "off": "false"}.get(default, default)))
    return found


def program_options(program, *groups):
    options = json.loads(ask(program, "list", "options", "--json"))
    return {(o["name"], o["default"]) for o in options if o["group"] in groups}


def check_cli():
    page = SOURCE / "docs/cli.md"
    words = {(name, None if default and default.startswith("$") else default) for name, default
             in page_options(page)}
    same("options", words, program_options("wordcount", "runner", "check", "graph", "dead",
                                           "replay", "peek"))
    text = ask("wordcount", "--help")
    verbs = {word for cells in rows(page, "verb") for word in re.findall(r"`([a-z]+)\b", cells[0])}
    same("verbs", verbs, set(re.findall(r"^  ([a-z]+)  ", text, re.M)))
    page_exits = {n for cells in rows(page, "code") for n in re.findall(r"\d+", cells[0])}
    told = re.search(r"exit codes: (.*)", text, re.S)[1]
    same("exit codes", page_exits, set(re.findall(r"(?:^|[,/\s])(\d+)(?= |/)", told)))


def check_operations():
    page = SOURCE / "docs/operations.md"
    same("hourly options", page_options(page), program_options("deactivate", "hourly"))


def check_deactivate():
    page = SOURCE / "docs/deactivate.md"
    same("options", page_options(page), program_options("deactivate", "pipeline"))
    library = {code["name"] for code in json.loads(ask("wordcount", "list", "codes", "--json"))}
    codes = {code["name"] for code in json.loads(ask("deactivate", "list", "codes", "--json"))}
    same("codes of deactivate", {cells[0].strip("`") for cells in rows(page, "code")}, codes)
    letters = SOURCE / "docs/dead-letters.md"
    same("codes of the library", {cells[0].strip("`") for cells in rows(letters, "code")}, library)


def check_index():
    index = (SOURCE / "docs/README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", index))
    there = {path.name for path in (SOURCE / "docs").glob("*.md")} - {"README.md"}
    if named != there:
        raise Wrong(f"named but not there: {sorted(named - there)}, there but not named: "
                    f"{sorted(there - named)}")


# ---- the run -------------------------------------------------------------------------------------
def blocks_of(text):
    blocks = [Block(match, text) for match in FENCE.finditer(text)]
    if len(re.findall(r"^```", text, re.M)) != 2 * len(blocks):
        raise Wrong("a block is not closed, or the comment above it is not understood")
    return blocks


def check_page(page):
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    if page.name in TESTED_BY:
        if f"docs/{page.name}" not in (SOURCE / TESTED_BY[page.name]).read_text(encoding="utf-8"):
            raise Wrong(f"{TESTED_BY[page.name]} does not test it")
        print(f"{page.relative_to(SOURCE)}: left to {TESTED_BY[page.name]}")
        return len(blocks)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "joist"
        copy_tree(folder, blocks)
        for path, block in follow(page.relative_to(SOURCE), blocks, folder).items():
            compile_and_start(path, block)
    return len(blocks)


# Every rule must be able to say no. Only the last page is a good one.
PAGES = [
    "```sh\nfalse\n```\n",
    "```sh\necho a\n```\n\n<!-- output -->\n```text\nb\n```\n",
    "```sh\necho a; echo b\n```\n<!-- output -->\n```text\na\n```\n",
    "<!-- output -->\n```text\na\n```\n",
    "```c\nstatic int unused;\n```\n",
    "```c\nint main(void) { return 3; }\n```\n",
    "<!-- from: LICENSE -->\n```text\nno such line\n```\n",
    "<!-- not run: -->\n```sh\ntrue\n```\n",
    "<!-- unknown: x -->\n```sh\ntrue\n```\n",
    "```sh\ntrue\n",
    "<!-- file: a -->\n```text\n1\n```\n<!-- file: a, continued -->\n```text\n2\n```\n"
    "```sh\nx=3; cat a; echo $x; echo 20260820T091502-9f2c\n```\n"
    "<!-- output -->\n```text\n1\n…\n3\n20251231T235959-0000\n```\n",
]


def check_rules():
    good = []
    for text in PAGES:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "joist"
            folder.mkdir()
            try:
                for path, block in follow("a page", blocks_of(text), folder).items():
                    compile_and_start(path, block)
                good.append(text)
            except Wrong:
                pass
    if good != PAGES[-1:]:
        raise Wrong(f"taken for good: {good}")


def attempt(name, what, *arguments):
    try:
        count = what(*arguments)
    except (Wrong, OSError, subprocess.SubprocessError) as wrong:
        print(f"FAILED {name}: {wrong}")
        return False
    print(f"ok     {name}" + (f": {count} blocks" if count is not None else ""))
    return True


def main(names):
    cache = (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    if re.search(r"^JOIST_SANITIZE:\w*=.", cache, re.M):
        print("the examples are compiled against a library without sanitizers")
        return 77
    pages = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
    chosen = [p for p in pages if not names or p.stem in names]
    good = [attempt("rules", check_rules)]
    good += [attempt(f"{page.relative_to(SOURCE)}{part}", what, page) for page in chosen
            for part, what in (("", check_page), (": links", check_links), (": paths", check_paths))]
    if not names:
        good += [attempt("docs/cli.md: tables", check_cli),
                 attempt("docs/deactivate.md: tables", check_deactivate),
                 attempt("docs/operations.md: tables", check_operations),
                 attempt("docs/README.md: pages", check_index)]
    return 0 if all(good) and len(good) > 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
