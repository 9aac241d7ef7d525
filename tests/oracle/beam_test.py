# SPDX-License-Identifier: Apache-2.0
"""Every transform and kind of window on generated inputs, in Joist and in Beam Python: the same rows
with the same windows and timestamps. Joist runs with one worker and with four.

Beam is installed from PyPI into the build folder; where it cannot be, this is skipped. What Beam said
is kept in tests/beam/golden/ and held against Joist without Python by tests/golden/beam_test.sh. To record it
anew:

    JOIST_BUILD=build python3 tests/oracle/beam_test.py record

Tests: ../beam/oracle.py"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEAM = os.path.join(TESTS, "beam")
sys.path[:0] = [BEAM, os.path.join(TESTS, "lib")]

import data
from harness import BUILD, Folder, check, check_same, main, program, run, skip

CASES = program("tests/beam_cases")
GOLDEN = os.path.join(BEAM, "golden")
RANKS_OFF = 0.02        # of all values; beside it Joist takes the nearest value, Beam one next to it


# ---- Beam ------------------------------------------------------------------------------------------
def has_beam(python):
    return os.path.exists(python) and subprocess.run(
        [python, "-c", "import apache_beam"], check=False, capture_output=True).returncode == 0


def beam_python():
    """The Python of an environment with Beam in it; without one there is nothing to compare."""
    folder = os.path.join(os.path.abspath(BUILD), "beam-venv")
    python = os.path.join(folder, "bin", "python")
    for command in ([sys.executable, "-m", "venv", folder],
                    [python, "-m", "pip", "install", "-q", "apache-beam"]):
        if not has_beam(python):
            try:
                subprocess.run(command, check=False, capture_output=True, timeout=300)
            except (OSError, subprocess.TimeoutExpired):
                break
    return python if has_beam(python) else skip("**** APACHE-BEAM CANNOT BE INSTALLED ****")


def ask_beam(python, folder):
    """In two processes: Beam's runner uses one processor."""
    names = sorted(data.WINDOWS, key=lambda name: len(data.WINDOWS[name]))
    jobs = [[python, os.path.join(BEAM, "oracle.py"), folder.top, *part]
            for part in (names[::2], names[1::2])]
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda job: run(job, deadline=600), jobs):
            check(f"Beam's exit code: {done}", done.code, 0)


# ---- rows ------------------------------------------------------------------------------------------
def by_case(lines):
    found = {}
    for line in lines:
        row = json.loads(line)
        found.setdefault(row.pop("case"), []).append(tuple(row.values()))
    return {case: sorted(rows, key=repr) for case, rows in found.items()}


def of_beam(folder, name):
    with open(folder.path(name + ".beam"), encoding="utf-8") as lines:
        return by_case(lines)


def of_joist(folder, name, workers):
    """{case: rows} of the windows that Beam was asked for."""
    out = folder.path(f"{name}.{workers}")
    done = run([CASES, "run", "--input", folder.path(name + ".jsonl"), "--output", out,
                "--workers", str(workers), "--quiet", "--dead", folder.path("dead")])
    check(f"exit code of {done}", done.code, 0)
    found = {}
    for file in os.listdir(out):
        case = file.removesuffix(".jsonl")
        with open(os.path.join(out, file), encoding="utf-8") as lines:
            rows = sorted((tuple(json.loads(line).values()) for line in lines), key=repr)
        if rows and case.split(".")[1] in data.WINDOWS[name]:
            found[case] = rows
    return found


# ---- quantiles: which of two neighbours is the nearest is nobody's law ------------------------------
def in_window(record, start, end):
    return start is None or start <= record["ms"] < end


def rank_error(values, found, fraction):
    """How far `found` is from its place among all, as a share of them; it must be one of them."""
    values.sort()
    first, last = values.index(found), len(values) - 1 - values[::-1].index(found)
    want = fraction * (len(values) - 1)
    return max(0, first - want, want - last) / len(values)


def check_quantiles(name, records, case, rows, steps):
    for key, value, start, end, _ in rows:
        fraction, found = value.split(" ")
        values = [r["n"] for r in records
                  if r["key"] == key and r["n"] is not None and in_window(r, start, end)]
        if found.startswith("null"):
            check(f"{name} {case}: values of a key without quantiles", values, [])
        else:
            off = rank_error(values, int(found), float(fraction))
            check(f"{name} {case} {key} {value}: {off} off", off <= RANKS_OFF + steps / len(values))


# ---- the tests -------------------------------------------------------------------------------------
INPUTS = data.make()


def write_inputs(folder):
    for name, records in INPUTS.items():
        folder.write(name + ".jsonl", data.lines(records))


def without_quantiles(found):
    return {case: rows for case, rows in found.items() if not case.startswith("quantiles")}


def test_joist_and_beam_agree():
    python = beam_python()
    with Folder() as folder:
        write_inputs(folder)
        ask_beam(python, folder)
        for name, records in INPUTS.items():
            beam = of_beam(folder, name)
            for workers in (1, 4):
                joist = of_joist(folder, name, workers)
                check_same(f"{name}, {workers} workers", without_quantiles(joist),
                           without_quantiles(beam))
                for case in joist.keys() - without_quantiles(joist).keys():
                    check_quantiles(name, records, case, joist[case], 0.5)
                    check_quantiles(name, records, case, beam.get(case, []), 1)


def record():
    """Writes golden/: inputs, and what Beam made of them."""
    python = beam_python()
    with Folder() as folder:
        write_inputs(folder)
        ask_beam(python, folder)
        os.makedirs(os.path.join(GOLDEN, "in"), exist_ok=True)
        for name, records in INPUTS.items():
            with open(folder.path(name + ".beam"), encoding="utf-8") as lines:
                kept = [line for line in lines if '{"case":"quantiles' not in line]
            with open(os.path.join(GOLDEN, name + ".jsonl"), "w", encoding="utf-8") as out:
                out.writelines(kept)
            with open(os.path.join(GOLDEN, "in", name + ".jsonl"), "w", encoding="utf-8") as out:
                out.write(data.lines(records))


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    else:
        main(globals())
