#!/usr/bin/env python3
"""Time to the overview of a past moment in a large workspace, beside the same question asked of SQLite.

    cargo run --release -p quarterdeck-core --example million -- DEMO OUT
    tests/bench/as_of.py OUT [--program target/release/qd] [--steps 20]

For every moment `:asof DAY` is typed into the terminal view; the time runs from Enter to the last
byte of the new screen. The peer is the `sqlite3` program with the latest row of each figure as of
that day, which is the least any as-of has to find out. Linux only.
"""

import argparse
import datetime
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import termios
import time

TARGET_MS = 50.0
COLUMNS, ROWS = 120, 36
QUIET_SECONDS = 0.5
PEER = """SELECT count(*), sum(mantissa) FROM observation WHERE sequence IN (
  SELECT max(o.sequence) FROM observation o JOIN batch b ON b.id = o.batch
  WHERE b.recorded_at <= {micros} GROUP BY o.series, o.period)"""


def until_quiet(handle, begin):
    """Milliseconds from `begin` to the last byte before a silence."""
    last = begin
    while True:
        ready, _, _ = select.select([handle], [], [], QUIET_SECONDS)
        if not ready or not os.read(handle, 65536):
            return (last - begin) * 1000
        last = time.perf_counter()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace")
    parser.add_argument("--program", default="target/release/qd")
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    database = os.path.join(options.workspace, "quarterdeck.db")
    pid, handle = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = dict(os.environ, TERM="xterm-256color")
        os.execve(options.program, [options.program, "--workspace", options.workspace], environment)
    until_quiet(handle, time.perf_counter())
    first = datetime.date(2021, 6, 1)
    span = (datetime.date(2026, 1, 20) - first).days
    ours, peer = [], []
    for step in range(1, options.steps + 1):
        # Up and down, so that no moment is near the one before.
        part = step if step % 2 else options.steps - step
        day = first + datetime.timedelta(days=span * part // options.steps)
        os.write(handle, f":asof {day}".encode())
        until_quiet(handle, time.perf_counter())
        begin = time.perf_counter()
        os.write(handle, b"\r")
        ours.append(until_quiet(handle, begin))
        end = datetime.datetime.combine(day, datetime.time(15, 59, 59), datetime.timezone.utc)
        query = PEER.format(micros=int(end.timestamp() * 1_000_000))
        begin = time.perf_counter()
        subprocess.run(["sqlite3", database, query], check=True, stdout=subprocess.DEVNULL)
        peer.append((time.perf_counter() - begin) * 1000)
    os.write(handle, b"q")
    os.close(handle)
    middle = statistics.median
    print(f"as-of overview: median {middle(ours):.1f} ms, most {max(ours):.1f} (target {TARGET_MS:.0f})")
    print(f"sqlite3, the latest rows alone: median {middle(peer):.1f} ms; ratio {middle(ours) / middle(peer):.2f}")
    raise SystemExit(middle(ours) > TARGET_MS)


if __name__ == "__main__":
    main()
