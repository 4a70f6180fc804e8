"""Measures in rounds, and compares the medians: see tests/benchmarks/run."""

import argparse
import json
from statistics import median

from comparisons import FULL, QUICK, Figures, Work
from measure import Bench, Peers

AT_LEAST = "at least"
AT_MOST = "at most"

# Name, what measures it, our figure, the other one, unit, bound and goal. The
# goal is about the ratio of the two, or about ours where there is no other; a
# row without a goal is there to be known.
ROWS = [
    ("process a backlog / graphile-worker", "backlog", "process",
     "graphile process", "records/s", AT_LEAST, 3),
    ("process a backlog / pg-boss", "backlog", "process", "pg-boss process",
     "records/s", AT_LEAST, 10),
    ("process a backlog / bare statements", "backlog", "process",
     ("bare at once", "bare in turns"), "records/s", AT_LEAST, 0.8),
    ("write batches of 1,000 / graphile-worker", "write", "write",
     "graphile write", "records/s", AT_LEAST, 2),
    ("write batches of 1,000 / bare statements", "write", "write",
     ("bare write at once", "bare write in turns"), "records/s", AT_LEAST, 0.8),
    ("write one by one from 64 clients / pgbench", "singles", "singles",
     "pgbench singles", "records/s", AT_LEAST, 2),
    ("write and process at once / graphile-worker", "steady", "steady",
     "graphile steady", "records/s", AT_LEAST, 2),
    ("two processes / one, a backlog of 600,000", "two",
     "process by two for long", "process by one for long", "records/s",
     AT_LEAST, 1.0),
    ("two processes / one, of 200,000", "two", "process by two", "process",
     "records/s", AT_LEAST, None),
    ("four processes / one, of 200,000", "two", "process by four", "process",
     "records/s", AT_LEAST, None),
    ("latency p50 / graphile-worker", "latency", "p50", "graphile p50", "ms",
     AT_MOST, 0.15),
    ("latency p99 / graphile-worker", "latency", "p99", "graphile p99", "ms",
     AT_MOST, 0.25),
    ("latency p50 / a single insert by pgbench, mean", "latency", "p50",
     "pgbench latency", "ms", AT_MOST, None),
    ("process, 10 million done, open transaction / neither", "history",
     "process with", "process without", "records/s", AT_LEAST, 0.9),
    ("process, 10 million done, open transaction / empty server", "history",
     "process with", "process on an empty server", "records/s", AT_LEAST,
     None),
    ("write, 10 million done, open transaction / neither", "history",
     "write with, made", "write without, made", "records/s", AT_LEAST, 0.9),
    ("write, the same, random ids", "history",
     "write with, random", "write without, random", "records/s", AT_LEAST,
     None),
    ("SQLite: write batches / bare statements", "sqlite", "sqlite write",
     "sqlite bare write", "records/s", AT_LEAST, 0.8),
    ("SQLite: process a backlog / bare statements", "sqlite",
     "sqlite process", "sqlite bare process", "records/s", AT_LEAST, 0.8),
    ("resident memory with a large backlog", "memory", "resident", None, "MiB",
     AT_MOST, 64),
    ("idle: statements per iteration and role", "idle", "statements", None, "",
     AT_MOST, 2),
    ("idle: CPU of one core", "idle", "idle cpu", None, "%", AT_MOST, 0.5),
    ("actors alone, CPU per delivery", "actors", "actors", None, "us",
     AT_MOST, 5),
    ("10 keys, 20 KiB: WAL per event / payload", "fan_out", "wal",
     "wal payload", "bytes", AT_MOST, 1.3),
]


def figures_of(row):
    _, work, ours, other, *_ = row
    others = other if isinstance(other, tuple) else (other,)
    return work, ours, [x for x in others if x]


def spread(values):
    if not values:
        return "-"
    middle = median(values)
    text = f"{middle:,.0f}" if middle >= 1000 else f"{middle:.3g}"
    low, high = min(values), max(values)
    if low == high:
        return text
    if middle >= 1000:
        return f"{text} ({low:,.0f} to {high:,.0f})"
    return f"{text} ({low:.3g} to {high:.3g})"


def compare(row, values):
    """Returns the entry of one row, and its texts for the table."""
    name, _, _, _, unit, bound, goal = row
    _, ours, others = figures_of(row)
    mine = values.get(ours, [])
    # Of several others, the best one is what counts.
    theirs = max((values.get(x, []) for x in others), default=[],
                 key=lambda x: median(x) if x else 0)
    entry = {"name": name, "ours": median(mine) if mine else None,
             "peer": median(theirs) if theirs else None, "unit": unit,
             "ratio": None, "goal": goal, "met": None}
    judged = entry["ours"]
    if others:
        judged = None
        if mine and theirs:
            judged = entry["ratio"] = entry["ours"] / entry["peer"]
    if judged is not None and goal is not None:
        entry["met"] = judged >= goal if bound == AT_LEAST else judged <= goal
    ratio = "-" if entry["ratio"] is None else f"{entry['ratio']:.2f}"
    if goal is None:
        return entry, (name, spread(mine), spread(theirs), unit, ratio, "", "")
    met = {True: "met", False: "not met", None: "not measured"}[entry["met"]]
    return entry, (name, spread(mine), spread(theirs), unit, ratio,
                   f"{bound} {goal:g}", met)


def print_table(lines):
    head = ("what", "ours", "other", "unit", "ratio", "goal", "")
    widths = [max(len(x[i]) for x in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(x.ljust(w) for x, w in zip(line, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(prog="tests/benchmarks/run")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--bench", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", default="", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="of what measures: " + ", ".join(
                            dict.fromkeys(x[1] for x in ROWS)))
    how = parser.parse_args()
    rows = [x for x in ROWS if not how.names or x[1] in how.names]
    if not rows:
        parser.error("no such rows: " + " ".join(how.names))
    figures = Figures()
    work = Work(Bench(how.bench), Peers(how.peers) if how.peers else None,
                QUICK if how.quick else FULL, figures)
    needed = list(dict.fromkeys(x[1] for x in rows))
    if "two" in needed and "backlog" not in needed:
        needed.insert(0, "backlog")  # it is compared with that
    rounds = how.rounds or (1 if how.quick else 5)
    for n in range(rounds):
        for name in needed:
            print(f"round {n + 1} of {rounds}: {name}", flush=True)
            getattr(work, name)()
    results = [compare(x, figures.values) for x in rows]
    print_table([line for _, line in results])
    if how.json:
        with open(how.json, "w", encoding="utf-8") as file:
            json.dump([entry for entry, _ in results], file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
