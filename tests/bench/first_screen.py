#!/usr/bin/env python3
"""Time from starting `qd` to its first full screen, its peak memory and its idle processor time.

    tests/bench/first_screen.py WORKSPACE [--program target/release/qd] [--runs 10] [--idle 10]

The screen is full when the last programme and the last key hint stand on it. Peak memory is VmHWM
of /proc/PID/status. Idle time is counted in clock ticks of /proc/PID/stat over the idle seconds.
Exits with 1 when a target is missed (Linux only).
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time

from start_order import said

TARGET_MS = 50.0
TARGET_MB = 20.0
ORDER = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "..", "tui", "start-order.txt"))
COLUMNS, ROWS = 120, 36
LAST = [b"P29", "離開".encode()]
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
GIVE_UP_SECONDS = 30


def peak_memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024


def ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def read_some(handle, seconds):
    ready, _, _ = select.select([handle], [], [], seconds)
    if not ready:
        return b""
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""


def run(program, workspace, idle):
    """One start: milliseconds to the first full screen, peak MB, idle ticks."""
    begin = time.perf_counter()
    pid, handle = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = dict(os.environ, TERM="xterm-256color")
        environment.pop("NO_COLOR", None)
        os.execve(program, [program, "--workspace", workspace, "--lang", "zh-TW"], environment)
    seen = b""
    while not all(mark in ESCAPES.sub(b"", seen) for mark in LAST):
        seen += read_some(handle, 1)
        if time.perf_counter() - begin > GIVE_UP_SECONDS:
            os.kill(pid, signal.SIGKILL)
            sys.exit(f"no full screen after {GIVE_UP_SECONDS} s")
    elapsed = (time.perf_counter() - begin) * 1000
    memory = peak_memory_mb(pid)
    spent = None
    if idle:
        time.sleep(1)
        before = ticks(pid)
        time.sleep(idle)
        spent = ticks(pid) - before
    os.write(handle, b"q")
    while read_some(handle, 2):
        pass
    os.waitpid(pid, 0)
    os.close(handle)
    return elapsed, memory, spent


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("workspace")
    arguments.add_argument("--program", default="target/release/qd")
    arguments.add_argument("--runs", type=int, default=10)
    arguments.add_argument("--idle", type=int, default=0, help="seconds to count idle ticks for")
    asked = arguments.parse_args()
    results = [run(asked.program, asked.workspace, 0) for _ in range(asked.runs)]
    times = sorted(result[0] for result in results)
    memory = max(result[1] for result in results)
    median = statistics.median(times)
    print(f"first screen: median {median:.1f} ms, least {times[0]:.1f}, most {times[-1]:.1f} (target {TARGET_MS:.0f})")
    print(f"peak memory: {memory:.1f} MB (target {TARGET_MB:.0f})")
    # Peak memory follows from it.
    print(said(asked.program, ORDER)[0])
    missed = median > TARGET_MS or memory > TARGET_MB
    if asked.idle:
        spent = run(asked.program, asked.workspace, asked.idle)[2]
        print(f"idle: {spent} ticks in {asked.idle} s (target 0)")
        missed = missed or spent > 0
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
