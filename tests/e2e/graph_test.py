# SPDX-License-Identifier: Apache-2.0
"""`graph` of the real pipelines: every form compared whole with pictures/NAME.FORM, except for lines of
source files; the SVG as a drawing, in which nothing overlaps.

    JOIST_UPDATE=1 graph_test.py        rewrites the pictures"""
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Folder, check, check_in, check_not_in, environment, main, program, run, skip

PICTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures")
RUN = os.path.join(PICTURES, "deactivate-run.json")
PIPELINES = ("wordcount", "deactivate")
VIEWS = {"": (), "-fused": ("--fused",)}
NAMES = ["read_projects", "read_project", "read_hour", "parse", "validate_project", "custom_fields",
         "validate_reason", "trim", "clean", "request_mail", "newest_site", "newest_deactivation",
         "history_deactivations", "history_sites", "latest_deactivations", "latest_sites", "mail_outbox"]


def graph(pipeline, *options, code=0, **how):
    done = run([program(pipeline), "graph", *options], **how)
    check(f"exit code of\n{done}\n", done.code, code)
    return done.err if code else done.out


def stable(text):
    text = re.sub(r'"line":\d+', '"line":0', text)
    return re.sub(r"\.c:\d+", ".c:0", text)


def compare(name, text):
    path = os.path.join(PICTURES, name)
    if os.environ.get("JOIST_UPDATE"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(stable(text))
    with open(path, encoding="utf-8") as file:
        check(name, stable(text), file.read())


def test_pictures():
    for pipeline in PIPELINES:
        for view, options in VIEWS.items():
            for form in ("ascii", "unicode", "mermaid", "dot"):
                compare(f"{pipeline}{view}.{form}", graph(pipeline, "--format", form, *options))
        compare(f"{pipeline}.json", graph(pipeline, "--format", "json"))
        check("json is the same", graph(pipeline, "--format", "json"),
              graph(pipeline, "--format", "json", "--fused"))


def test_pictures_of_a_run():
    for view, options in VIEWS.items():
        for form in ("ascii", "mermaid", "dot"):
            compare(f"deactivate{view}-counts.{form}",
                    graph("deactivate", "--format", form, "--with-counts", RUN, *options))
    compare("deactivate-counts.json", graph("deactivate", "--format", "json", "--with-counts", RUN))


def test_every_step_is_there():
    for form in ("ascii", "unicode", "mermaid", "dot", "svg", "json"):
        text = graph("deactivate", "--format", form)
        check(f"steps in {form}", [n for n in NAMES if n not in text], [])


def test_ascii_is_ascii_and_fits():
    for options in ((), ("--fused",), ("--with-counts", RUN), ("--fused", "--with-counts", RUN)):
        for form in ("ascii", "unicode"):
            text = graph("deactivate", "--format", form, *options)
            check("width", max(len(line) for line in text.split("\n")) <= 100)
            check("no blanks at the end", [x for x in text.split("\n") if x != x.rstrip()], [])
            check("plain", form == "unicode" or text.isascii())


def test_auto_goes_by_the_locale():
    for env, form in (({"LC_ALL": "C.UTF-8"}, "unicode"), ({"LC_ALL": "C"}, "ascii"),
                      ({"LC_ALL": "", "LC_CTYPE": "de_DE.utf8"}, "unicode")):
        check(str(env), graph("wordcount", env=env), graph("wordcount", "--format", form))


def test_red_on_a_terminal_only():
    args = [program("deactivate"), "graph", "--with-counts", RUN]
    check_not_in("in a pipe", "\x1b", run(args).out)
    for more, want in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                       ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        ours, theirs = pty.openpty()
        with subprocess.Popen(args, stdout=theirs, env=environment(more)) as process:
            os.close(theirs)
            shown = b""
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:             # the other side has gone
                pass
            os.close(ours)
        check("exit code", process.returncode, 0)
        check(f"red with {more}", b"\x1b[31m128 rejected\x1b[0m" in shown, want)


# ---- svg -----------------------------------------------------------------------------------------
NS = "{http://www.w3.org/2000/svg}"
WIDTH = 8


def box_of(group):
    x, y, w, h = (int(n) for n in group.get("data-box").split())
    return (x, y, x + w, y + h)


def apart(a, b):
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def extent(text):
    """Of a line of text whose letters are WIDTH wide."""
    x, y, w = int(text.get("x")), int(text.get("y")), len(text.text) * WIDTH
    return (x - w, y - 12, x, y + 3) if text.get("text-anchor") == "end" else (x, y - 12, x + w, y + 3)


def inside(a, b):
    return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]


def check_drawing(what, text):
    svg = ElementTree.fromstring(text)
    boxes = [box_of(group) for group in svg.iter(NS + "g")]
    check(f"{what}: there are boxes", len(boxes) > 3)
    check(f"{what}: boxes overlap", [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]
                                     if not apart(a, b)], [])
    left, top, width, height = (int(n) for n in svg.get("viewBox").split())
    check(f"{what}: boxes within the picture",
          all(inside(b, (left, top, left + width, top + height)) for b in boxes))
    for group in svg.iter(NS + "g"):
        check(f"{what}: texts within their box", [t.text for t in group.findall(NS + "text")
                                                  if not inside(extent(t), box_of(group))], [])
    labels = [(extent(t), t.text) for t in svg.findall(NS + "text")]
    check(f"{what}: labels beside boxes", [t for e, t in labels for b in boxes if not apart(e, b)], [])
    check(f"{what}: labels beside each other", [(t, u) for i, (e, t) in enumerate(labels)
                                                for f, u in labels[:i] if not apart(e, f)], [])
    check_not_in(what, "<script", text)
    check(f"{what}: loads nothing", re.findall(r"(?:href|src|url\(|@import)", text), [])


def test_svg():
    for pipeline in PIPELINES:
        for view, options in VIEWS.items():
            check_drawing(pipeline + view, graph(pipeline, "--format", "svg", *options))
    for view, options in VIEWS.items():
        check_drawing("counts" + view,
                      graph("deactivate", "--format", "svg", "--with-counts", RUN, *options))


# ---- other programs, mistakes, secrets -----------------------------------------------------------
def test_graphviz_takes_the_dot():
    if not shutil.which("dot"):
        skip("no Graphviz here")
    for pipeline in PIPELINES:
        for options in VIEWS.values():
            text = graph(pipeline, "--format", "dot", *options)
            done = subprocess.run(["dot", "-Tplain"], input=text, text=True, capture_output=True, check=False)
            check(f"dot says\n{done.stderr}\n", (done.returncode, done.stderr), (0, ""))


def test_json_fits_together():
    g = json.loads(graph("deactivate", "--format", "json"))
    names = [n["name"] for n in g["nodes"]]
    check("names", sorted(names), sorted(NAMES))
    check("edges lead from node to node", all(e["from"] in names and e["to"] in names for e in g["edges"]))
    check("every step runs once", sorted(s for stage in g["stages"] for s in [stage["root"], *stage["steps"]]),
          sorted(n["name"] for n in g["nodes"] if n["dofn"] or n["shape"] == "source"))
    check("every write is a table", sorted(t["name"] for s in g["stores"] for t in s["tables"]),
          sorted(n["name"] for n in g["nodes"] if n["shape"] == "store"))
    check("side inputs", {e["to"] for e in g["edges"] if e["side"]},
          {"validate_project", "custom_fields", "validate_reason", "request_mail"})


def test_a_run_by_pipe():
    with Folder() as folder:
        folder.write("in/a.txt", "to be or not to be\n")
        with open(folder.path("run.json"), "w+b") as summary:
            done = run([program("wordcount"), "run", "--input", folder.path("in"), "--output",
                        folder.path("out.ndjson"), "--dead=", "--summary", "json"], stdout=summary)
            check("exit code", done.code, 0)
            summary.seek(0)
            text = graph("wordcount", "--format", "ascii", "--with-counts", "-", stdin=summary)
        check_in("lines", "joist_line 1\n", text)
        check_in("words", "word 6\n", text)
        check_in("rows", "4 rows", text)


def test_mistakes():
    with Folder() as folder:
        folder.write("no.json", "{")
        folder.write("list.json", "[]")
        check_in("form", "is not auto, ascii, unicode", graph("wordcount", "--format", "png", code=2))
        check_in("no file", "No such file", graph("wordcount", "--with-counts", "/nonexistent", code=2))
        check_in("no JSON", "not the summary of a run",
                 graph("wordcount", "--with-counts", folder.path("no.json"), code=2))
        check_in("no summary", "not the summary of a run",
                 graph("wordcount", "--with-counts", folder.path("list.json"), code=2))
        check_in("another pipeline's", "of 'deactivate', not of 'wordcount'",
                 graph("wordcount", "--with-counts", RUN, code=2))
        check_in("the graph is wrong", "is no UTC hour", graph("deactivate", "--window", "x", code=3))


def test_secrets():
    secret = "http://joist:tiger@127.0.0.1:9/x?token=lion"
    for form in ("ascii", "unicode", "mermaid", "dot", "svg", "json"):
        for options in VIEWS.values():
            text = graph("deactivate", "--format", form, "--mail-endpoint", secret, *options)
            for word in ("tiger", "lion"):
                check_not_in(f"{form} {options}", word, text)


if __name__ == "__main__":
    main(globals())
