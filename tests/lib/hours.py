# SPDX-License-Identifier: Apache-2.0
"""Hourly operation under test: a folder with hours of input, runs of `run --due` at a given time, and
what the journal says afterwards.

Hours are counted from the begin of 2026-08-20, so hour 26 is 2026-08-21T02. Runs with the same time
and id leave the same rows in every column, however often they were killed before."""
import json
import os
from datetime import datetime, timedelta, timezone

from harness import check, program, run
from product import Work, event, lines

DAY = datetime(2026, 8, 20, tzinfo=timezone.utc)
SITES = 5


def window(hour):
    return (DAY + timedelta(hours=hour)).strftime("%Y-%m-%dT%H")


def clock(hour, minute=5):
    """That minute of the hour, as for --now."""
    return (DAY + timedelta(hours=hour, minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def events_of(hour, count, first=0):
    """Events of a few sites, so that hours touch each other's rows in the latest store."""
    for i in range(first, first + count):
        number = hour * 1000 + i
        at = DAY + timedelta(hours=hour, seconds=(i * 37) % 3600)
        yield event(number, url=f"https://shop{number % SITES}.org/",
                    collector={"received_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")})


class Hours(Work):
    """A Work whose input has hours."""

    def put(self, hour, count, first=0, name="a.jsonl"):
        """A file with `count` events; numbers are the hour's thousand and `first` onwards."""
        folder = (DAY + timedelta(hours=hour)).strftime("/%Y/%m/%d/%H/")
        return self.input(folder + name, lines(events_of(hour, count, first)))

    def due(self, hour, *more, minute=5, code=0, **how):
        """`run --due` at that time; the object it prints."""
        return self.summary("--due", *more, now=clock(hour, minute), code=code, **how)

    def states(self):
        """{window: state} of the journal."""
        return {e["window"]: e["state"] for e in self.journal()}

    def entry(self, hour):
        return {e["window"]: e for e in self.journal()}[window(hour)]

    def journal(self):
        done = run([program("deactivate"), "runs", "ls", "--json",
                    "--latest", "sqlite:" + self.path("latest.db")])
        check(f"runs ls\n{done}", done.code, 0)
        return json.loads(done.out)

    def events_kept(self):
        """The numbers of all events in history, each once: the key has the event's id."""
        return sorted(int(key[1][2:]) for key in self.rows()["history.sites"])

    def forget(self):
        """As before the first run."""
        self.remove_outputs()
        for name in os.listdir(self.path("dead")) if os.path.isdir(self.path("dead")) else []:
            os.unlink(self.path("dead", name))


def fates(summary):
    """{window: status} of what was printed."""
    return {w["window"]: w["status"] for w in summary["windows"]}
