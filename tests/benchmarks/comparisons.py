"""What is measured, beside what, and how it is meant to end."""

import contextlib
import math
import tempfile
import time

from measure import (
    LOGGED_URL,
    OLD,
    PREFIX,
    check_all_done,
    claimed_twice,
    clean,
    fail,
    server_log,
    settle,
    statements_per_session,
    wal_position,
    wal_since,
)
from statements import insert_singles, open_transaction


class Figures:
    """Gathers what rounds of measurements give, under names."""

    def __init__(self):
        self.values = {}

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)


class Work:
    """All measurements, each a method that makes one round of figures."""

    def __init__(self, bench, peers, size, figures):
        self.bench = bench
        self.peers = peers
        self.size = size
        self.figures = figures

    def rate(self, name, result):
        self.figures.add(name, result["rate"])

    def load(self, records, **options):
        clean()
        self.bench.do("preload", records=records, **options)
        settle()

    def peer(self, figure, name, work, **options):
        if self.peers:
            clean()
            self.rate(figure, self.peers.do(name, work, **options))

    # -- what the rows of the table need, one method each -----------------------

    def backlog(self):
        n = self.size["backlog"]
        self.load(n)
        self.rate("process", self.bench.do("process", records=n))
        check_all_done(n)
        if claimed_twice():
            fail("a delivery was claimed twice")
        for figure, clients in (("bare at once", 2), ("bare in turns", 1)):
            self.load(n)
            self.rate(
                figure,
                self.bench.do(
                    "bare-process", records=n, clients=clients, batch_size=2000
                ),
            )
            check_all_done(n)
        self.peer("graphile process", "graphile", "backlog", records=n)
        self.peer("pg-boss process", "pgboss", "backlog", records=n)

    def write(self):
        n = self.size["write"]
        self.load(1)
        self.rate("write", self.bench.do("write", records=n))
        for figure, clients in (
            ("bare write at once", 2),
            ("bare write in turns", 1),
        ):
            self.load(1)
            self.rate(
                figure, self.bench.do("bare-write", records=n, clients=clients)
            )
        self.peer("graphile write", "graphile", "write", records=n)

    def singles(self):
        n = self.size["singles"]
        self.load(1)
        self.rate("singles", self.bench.do("singles", records=n))
        self.load(1)
        tps, _ = insert_singles(64, math.ceil(n / 64))
        self.figures.add("pgbench singles", tps)

    def steady(self):
        n = self.size["steady"]
        clean()
        self.rate("steady", self.bench.do("steady", records=n))
        check_all_done(n)
        self.peer("graphile steady", "graphile", "steady", records=n)

    def two(self):
        self.processes("two", 2, self.size["backlog"])
        self.processes("four", 4, self.size["backlog"])
        # What a start costs counts little here.
        self.processes("one for long", 1, self.size["long"])
        self.processes("two for long", 2, self.size["long"])

    def processes(self, name, count, n):
        self.load(n)
        # Several share the processors, and do best with few threads each:
        # docs/options.md.
        all_of = self.bench.together(
            "process", count, records=n, patience=5, threads=1
        )
        check_all_done(n)
        if claimed_twice():
            fail("a delivery was claimed twice")
        began = min(x["began"] for x in all_of)
        took = max(x["ended"] for x in all_of) - began
        self.figures.add(f"process by {name}", n / took)

    def latency(self):
        n = self.size["samples"]
        clean()
        # A thread that has nothing to do takes time to wake. One is enough, and
        # a handler that is an actor needs none of its own.
        ours = self.bench.do("latency", samples=n, threads=1, handler="actor")
        self.figures.add("p50", ours["p50_ms"])
        self.figures.add("p99", ours["p99_ms"])
        # The least that a durable write takes on a machine that was idle.
        self.load(1)
        pause = "\\set pause random(5, 15)\n\\sleep :pause ms\n"
        _, insert = insert_singles(1, n, pause)
        self.figures.add("pgbench latency", insert)
        if self.peers:
            clean()
            theirs = self.peers.do("graphile", "latency", samples=n)
            self.figures.add("graphile p50", theirs["p50_ms"])
            self.figures.add("graphile p99", theirs["p99_ms"])

    def history(self):
        """Measures an inbox with a history, and beside it one that has none.

        Both are on the server that the history was made on. That its buffers
        are full by then makes it slower by itself: a new connection has more
        pages to map. What that costs, a row of its own tells.
        """
        n = self.size["history"]
        clean()
        self.finish(1, PREFIX)
        self.process_more("process on an empty server", 1, PREFIX)
        clean()
        self.finish(n, OLD)
        self.finish(1, PREFIX)
        self.process_more("process without", 1, PREFIX)
        self.process_more("process with", n, OLD, open_transaction)
        for ids in ("random", "made"):
            self.write_more(f"write without, {ids}", PREFIX, ids)
            self.write_more(f"write with, {ids}", OLD, ids, open_transaction)

    def finish(self, records, prefix):
        self.bench.do("preload", records=records, prefix=prefix)
        self.bench.do("process", records=records, prefix=prefix)

    def process_more(
        self, figure, before, prefix, meanwhile=contextlib.nullcontext
    ):
        """Takes the rate of a backlog that the server has not vacuumed."""
        n = self.size["backlog"]
        settle()
        self.bench.do("preload", records=n, prefix=prefix)
        with meanwhile():
            self.rate(figure, self.bench.do("process", records=n, prefix=prefix))
        check_all_done(n + before, prefix)

    def write_more(
        self, figure, prefix, ids, meanwhile=contextlib.nullcontext
    ):
        n = self.size["write"]
        settle()
        with meanwhile():
            self.rate(
                figure, self.bench.do("write", records=n, prefix=prefix, ids=ids)
            )

    def sqlite(self):
        n = self.size["backlog"]
        for ours, theirs in (
            ("write", "bare-write-sqlite"),
            ("process", "bare-process-sqlite"),
        ):
            for figure, work in ((ours, ours), (f"bare {ours}", theirs)):
                with tempfile.TemporaryDirectory() as folder:
                    url = f"sqlite:{folder}/inbox.db"
                    size = n if ours == "process" else 1
                    self.bench.do("preload", url=url, records=size)
                    self.rate(
                        f"sqlite {figure}",
                        self.bench.do(work, url=url, records=n, batch_size=2000),
                    )

    def memory(self):
        n = self.size["memory"]
        self.load(n)
        result = self.bench.do("process", records=n)
        check_all_done(n)
        self.figures.add("resident", result["most_resident_mib"])

    def idle(self):
        seconds = self.size["idle"]
        clean()
        process = self.bench.start("idle", url=LOGGED_URL, seconds=seconds + 4)
        time.sleep(3)  # by then it has opened its connections and looked once
        before = len(server_log())
        time.sleep(seconds)
        counts = statements_per_session(server_log()[before:])
        result = self.bench.end(process)
        # Each role has a connection of its own. A period is iteration_rate and
        # half of iteration_seed, in seconds.
        most = max(counts.values(), default=0)
        self.figures.add("statements", most / seconds * (5 + 1))
        self.figures.add("idle cpu", result["cpu_percent"])

    def actors(self):
        n = self.size["actors"]
        result = self.bench.do("actors", url="memory:", records=n)
        self.figures.add("actors", result["cpu_us"])

    def fan_out(self):
        n = self.size["fan_out"]
        payload = 20 * 1024
        self.load(1, keys=10)
        begin = wal_position()
        self.bench.do("write", records=n, batch=100, payload=payload)
        per_event = wal_since(begin) / n
        self.figures.add("wal", per_event)
        self.figures.add("wal payload", payload)

QUICK = {
    "backlog": 5000,
    "long": 10000,
    "write": 5000,
    "singles": 1000,
    "steady": 5000,
    "samples": 20,
    "memory": 5000,
    "history": 20000,
    "idle": 2,
    "actors": 5000,
    "fan_out": 100,
}

FULL = {
    "backlog": 200000,
    "long": 600000,
    "write": 200000,
    "singles": 50000,
    "steady": 200000,
    "samples": 500,
    "memory": 1000000,
    "history": 10000000,
    "idle": 60,
    "actors": 500000,
    "fan_out": 2000,
}
