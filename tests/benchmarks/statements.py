"""What the comparisons do to the tables past the inbox."""

import contextlib
import re
import subprocess
import tempfile

from measure import PREFIX, run, sql

# A single-row insert as an application would do it by itself: the event and its
# delivery, in one statement and one commit.
SINGLE_INSERT = f"""
with stored as (
  insert into {PREFIX}_event (id, written_at, unrouted, type, payload)
  values (gen_random_uuid(), now(), false, 'order',
          convert_to(repeat('x', 200), 'UTF8'))
  returning seq)
insert into {PREFIX}_queue (first_seq, due, route_id, event_seqs, sizes)
select seq, now(), (select id from {PREFIX}_route), array[seq], array[200]
from stored;
"""


def insert_singles(clients, each, before=""):
    """Has pgbench do as many single inserts, each after `before`.

    Returns how many it did in a second, and the mean of one in milliseconds.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(before + SINGLE_INSERT)
        script.flush()
        output = run(
            ["pgbench", "-n", "-r", "-M", "prepared", "-c", str(clients)]
            + ["-j", str(min(clients, 2)), "-t", str(each), "-f", script.name]
        )
    tps = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
    insert = re.search(r"^ +([0-9.]+) .*with stored", output, re.MULTILINE)
    return float(tps[1]), float(insert[1])


@contextlib.contextmanager
def open_transaction():
    """Lets a session hold a snapshot, with a transaction number of its own."""
    session = subprocess.Popen(
        ["psql", "-XAtq"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    session.stdin.write(
        "begin isolation level repeatable read;"
        " select pg_current_xact_id(), count(*) from pg_class;\n"
    )
    session.stdin.flush()
    session.stdout.readline()
    yield
    session.communicate("rollback;\n")
