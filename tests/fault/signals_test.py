# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM at known instants of a run (it is stopped before a certain call): it stops cleanly
with 130 or 143, prints a summary and leaves each store as it was or complete; a second signal ends it
at once."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import shim
from harness import Failed, Folder, check, check_in, check_not_in, main
from product import Work, check_rows

INSTANTS = [("open", 1, "in/"), ("read", 1, "in/"), ("open", 1, "latest.db"),
            ("write", 1, "latest.db"), ("write", 3, "history.db"), ("sync", 1, "history.db"),
            ("sync", 2, "latest.db"), ("unlink", 1, "latest.db-journal"), ("open", 1, "dead")]
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


def at_each_instant(number, *options, look):
    with Folder() as folder, shim.Before(folder) as before:
        for kind, n, inside in INSTANTS:
            with before.copy() as work:
                run = shim.Stopped(folder, work, kind, n, inside, *before.options, *options)
                run.signal(number)
                done = run.go_on()
                check(f"{kind} {n} of {inside}: exit code\n{done}\n", done.code, CODES[number])
                look(done)
                for store, rows in shim.stores_of(work.rows()).items():
                    if rows not in (shim.stores_of(before.before)[store],
                                    shim.stores_of(before.after)[store]):
                        raise Failed(f"{kind} {n} of {inside}: {store} is half-written\n{done}")
                work.check_whole()
                work.run(*before.options)
                check_rows(f"run again after {kind} {n}", work.rows(), before.after)


def test_sigint():
    def look(done):
        check_in("the summary", "INTERRUPTED", done.out)
        check_in("its table", "deactivations", done.out)
    at_each_instant(signal.SIGINT, look=look)


def test_sigterm():
    def look(done):
        summary = json.loads(done.out)
        check("status", summary["status"], "interrupted")
        check("exit", summary["exit"], 143)
        check("it adds up", summary["read"]["records"] >= summary["events"])
    at_each_instant(signal.SIGTERM, "--summary", "json", look=look)


def test_two_signals_end_it_at_once():
    with Folder() as folder, shim.Before(folder) as before, before.copy() as work:
        run = shim.Stopped(folder, work, "read", 1, "in/", *before.options)
        run.signal(signal.SIGINT)
        run.signal(signal.SIGTERM)
        done = run.go_on()
        check("exit code", done.code in (130, 143))
        check("no summary any more", done.out, "")
        check_rows("stores", work.rows(), before.before)
        work.run(*before.options)
        check_rows("run again", work.rows(), before.after)


def test_the_second_of_the_same_signal():
    """Nobody reads the summary, so the run hangs in printing it after the first signal."""
    with Work() as work:
        work.events(5)
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b"x" * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writer, True)
        process = work.start("--log-format", "json", stdout=writer)
        first = process.stderr.readline()       # "done": all that is left is the summary
        check_in("it is done", b'"severity"', first)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        check("it still waits", process.poll(), None)
        process.send_signal(signal.SIGINT)
        check("the second one", process.wait(20), 130)
        process.stderr.close()
        os.close(reader)
        os.close(writer)
        check("rows", len(work.rows()["latest.sites"]), 5)


def test_at_random_instants():
    """By the clock, in a larger run: always 130 with a summary, or 0 if it was too late."""
    with Work() as work:
        work.generate(4000)
        clean = work.run()
        after = work.rows()
        codes = []
        for n in range(16):
            work.remove_outputs()
            process = work.start()
            time.sleep(0.02 + clean.seconds * n / 16)
            process.send_signal(signal.SIGINT)
            done = work.finish(process, killed=True)
            if done.code == -signal.SIGINT:     # before the program had begun
                continue
            codes.append(done.code)
            check(f"exit code\n{done}\n", done.code in (0, 130))
            word = "INTERRUPTED" if done.code else "OK"
            check_in("the summary", word, done.out)
            check_not_in("an error", "error:", done.err)
            for store, rows in shim.stores_of(work.rows()).items():
                whole = rows == shim.stores_of(after)[store]
                check(f"{store} is empty or complete", whole or not any(rows.values()))
            work.run()
            check_rows("run again", work.rows(), after)
        check("some were interrupted", 130 in codes)


main(globals())
