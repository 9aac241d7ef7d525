#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples in the head comments of transforms/combine_*.c: each is compiled and run, and what
comes out must be what the comment says.

    in   {"shop":"a"}            JSON lines of `sales`; `sale` has shop, cents, weight, tag
    run  joist_count(sale, sales, shop)
    out  {"key":"a","count":1}"""
import os
import re
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "docs"), os.path.join(TESTS, "lib")]

from docs_test import SOURCE, flags, libraries
from harness import Folder, check, main, run

LEAST = 11
TOP = r"""#include <joist.h>
#define SALE(F, T) F(T, joist_text, shop) F(T, joist_int, cents) F(T, joist_float, weight) \
    F(T, joist_text, tag)
JOIST_RECORD(sale, SALE);
#define OPTIONS(F, T) F(T, joist_text, input) F(T, joist_text, output) F(T, joist_text, only)
JOIST_RECORD(options, OPTIONS);
JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    sale_coll sales = joist_read(sale, p, .uri = o->input);
"""
CASE = """    if (joist_text_equal(o->only, JOIST_TEXT("%s")))
        joist_write(%s, .uri = o->output);
"""
END = r"""}
static const joist_dofn *const dofns[] = { NULL };
static const joist_pipeline_def def = { .name = "examples", .options = &options_type,
                                        .dofns = dofns, .build = build_any };
int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
"""


def examples():
    """{file: (input, expression, output)}"""
    found = {}
    for path in sorted((SOURCE / "transforms").glob("combine_*.c")):
        head = path.read_text(encoding="utf-8").split("*/")[0]
        parts = {word: re.findall(rf"^ \*     {word}  +(.*?) *$", head, re.M)
                 for word in ("in", "run", "out")}
        if parts["run"]:
            found[path.stem] = ("".join(line + "\n" for line in parts["in"]),
                                " ".join(parts["run"]),
                                "".join(line + "\n" for line in parts["out"]))
    return found


def test_examples():
    with Folder() as folder:
        found = examples()
        check(f"at least {LEAST} examples", len(found) >= LEAST)
        source = folder.write("examples.c", TOP + "".join(
            CASE % (name, example[1]) for name, example in found.items()) + END)
        compiler = os.environ.get("CC", "cc").split()
        done = subprocess.run([*compiler, *flags(), source, "-o", folder.path("examples"),
                               *libraries()], capture_output=True, text=True, check=False)
        check(f"the compiler's exit code\n{done.stderr}", done.returncode, 0)
        for name, (given, _, want) in found.items():
            out = folder.path(name + ".jsonl")
            done = run([folder.path("examples"), "run", "--only", name, "--input",
                        folder.write(name + ".in.jsonl", given), "--output", out, "--quiet",
                        "--dead", folder.path("dead")])
            check(f"exit code of {done}", done.code, 0)
            with open(out, encoding="utf-8") as lines:
                check(f"{name}.c: what comes out", lines.read(), want)


if __name__ == "__main__":
    main(globals())
