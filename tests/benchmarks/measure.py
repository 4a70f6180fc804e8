"""Runs the programs that measure, and looks at the database beside them."""

import collections
import csv
import json
import os
import subprocess
import sys

PREFIX = "bench"

# Of an inbox beside that one which has a history.
OLD = "old"

# Not that something was dropped, or was not there.
os.environ["PGOPTIONS"] = "-c client_min_messages=warning"


def fail(text):
    sys.exit(f"benchmarks: {text}")


def run(command):
    """Runs a program to its end and returns its output."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        fail(f"exit status {done.returncode} of {' '.join(command)}")
    return done.stdout


def sql(text):
    """Runs statements, each a transaction, and returns what the last prints."""
    return run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text]).strip()


def flags(options):
    """Turns keywords into command line options; ends with the subcommand."""
    result = []
    for name, value in options.items():
        result += ["--" + name.replace("_", "-"), str(value)]
    return result


class Bench:
    """Our own program, on an empty database each time."""

    def __init__(self, program):
        self.program = program

    def command(self, work, url="postgresql:///", **options):
        options = {"url": url, "prefix": PREFIX, **options}
        return [self.program, *flags(options), work]

    def do(self, work, **options):
        return json.loads(run(self.command(work, **options)))

    def start(self, work, **options):
        return subprocess.Popen(
            self.command(work, **options), stdout=subprocess.PIPE, text=True
        )

    @staticmethod
    def end(process):
        """Waits for what was started, and returns its result."""
        output, _ = process.communicate()
        if process.returncode != 0:
            fail(f"exit status {process.returncode} of {process.args[-1]}")
        return json.loads(output)

    def together(self, work, count, **options):
        """Runs several at once."""
        started = [self.start(work, **options) for _ in range(count)]
        return [self.end(x) for x in started]


class Peers:
    """The peer programs, which begin with empty tables by themselves."""

    def __init__(self, folder):
        self.folder = folder

    def do(self, name, work, **options):
        program = os.path.join(self.folder, name + ".mjs")
        arguments = []
        for key, value in options.items():
            arguments += ["--" + key.replace("_", "-"), str(value)]
        return json.loads(run(["node", program, work, *arguments]))


def clean():
    """Leaves nothing of us or of a peer, and nothing to be written later."""
    tables = ", ".join(
        f"{prefix}_{x}"
        for prefix in (PREFIX, OLD)
        for x in (
            "schema", "route", "event", "queue", "claim", "done", "delivery"
        )
    )
    sql(f"drop table if exists {tables} cascade")
    sql("drop schema if exists graphile_worker cascade")
    sql("drop schema if exists pgboss cascade")
    settle()


def settle():
    """Does at once what the server would do in the midst of a measurement."""
    sql("vacuum analyze")
    sql("checkpoint")


def wal_position():
    return sql("select pg_current_wal_insert_lsn()")


def wal_since(position):
    return int(
        sql(f"select pg_current_wal_insert_lsn() - '{position}'::pg_lsn")
    )


# What the server writes into its log of a session, which costs all others
# nothing.
LOGGED_URL = "postgresql:///?options=-c%20log_statement%3Dall"


def server_log():
    return sql("select pg_read_file(pg_current_logfile('csvlog'))")


def statements_per_session(log):
    """Counts what was executed, per process of the server."""
    counts = collections.Counter()
    for row in csv.reader(log.splitlines(keepends=True)):
        if len(row) > 13 and row[13].startswith(("execute ", "statement: ")):
            counts[row[3]] += 1
    return counts


def claimed_twice():
    """Number of deliveries that have not been done once by their first attempt.

    A lease that was renewed is a row with one attempt.
    """
    return int(
        sql(
            f"select (select count(*) from {PREFIX}_delivery"
            f"        where attempts <> 1)"
            f" + (select count(*) - count(distinct (route_id, s))"
            f"    from {PREFIX}_done, unnest(event_seqs) s)"
        )
    )


def check_all_done(count, prefix=PREFIX):
    done = int(
        sql(
            f"select (select count(*) from {prefix}_delivery"
            f"        where progress = 2)"
            f" + (select coalesce(sum(deliveries), 0) from {prefix}_done)"
        )
    )
    if done != count:
        fail(f"{done} deliveries are done instead of {count}")
