# SPDX-License-Identifier: Apache-2.0
"""Tables of medians, spreads and ratios, in Markdown. No number here is ever compared with a limit."""
import os
import platform
from statistics import median

from contenders import CONTENDERS, TABLES

TITLES = {name: title for name, title, _, _ in CONTENDERS}


def table(head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row):
        first, *rest = (cell for cell in row)
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:]))]
        return "| " + " | ".join(cells) + " |"
    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def middle(results, key):
    return median(result[key] for result in results)


def per_event(results, key="seconds"):
    return middle(results, key) / results[0]["events"]


def times(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def seconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def row_of(title, results, base):
    spread = [result["seconds"] for result in results]
    return [title, f"{results[0]['events']:,}", seconds(median(spread)),
            f"{seconds(min(spread))}-{seconds(max(spread))}", f"{middle(results, 'cpu'):.2f}",
            f"{per_event(results) * 1e6:.2f}", f"{max(r['peak'] for r in results) / 1e6:.0f}",
            times(per_event(results) / per_event(base)) if base else ""]


HEAD = ["", "events", "seconds", "min-max", "CPU s", "us/event", "peak MB", "x Joist"]


def measurements(groups):
    """groups: {title: [(row title, results)]}; the last column divides by the row that has `base`."""
    parts = []
    for title, rows, base in groups:
        parts += [f"### {title}\n", table(HEAD, [row_of(name, results, base) for name, results in rows]),
                  ""]
    return "\n".join(parts)


def ratios(found):
    return table(["", "measured", "aim"], [[what, value, aim] for what, value, aim in found])


# ---- do they agree? --------------------------------------------------------------------------------
def agreement(everyone):
    """(table of rows, names of those that are more than 1 % away from Joist)."""
    ours = everyone.get("joist")
    rows, off = [], []
    for name, counts in everyone.items():
        rows.append([TITLES.get(name, name), *(f"{counts[t]:,}" for t in TABLES)])
        if ours and any(abs(counts[t] - ours[t]) > ours[t] / 100 + 5 for t in TABLES):
            off.append(name)
    return table(["rows", *TABLES], rows), off


# ---- the machine -----------------------------------------------------------------------------------
def field_of(path, name):
    with open(path, encoding="utf-8") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "?")


def machine(versions):
    ram = int(field_of("/proc/meminfo", "MemTotal").split()[0]) / 1024 ** 2
    facts = [f"{field_of('/proc/cpuinfo', 'model name')}, {os.cpu_count()} processors, "
             f"{ram:.0f} GiB of RAM, Linux {platform.release()}",
             ", ".join(f"{name} {version}" for name, version in versions.items())]
    load = os.getloadavg()[0]
    return "\n".join([*facts, f"Load before the first run: {load:.2f}"])
