#!/usr/bin/env python3
"""Writes tui/start-order.txt: the functions of `qd` that run until its first full screen, then those that
explain a figure.

    tests/bench/start_order.py WORKSPACE [--program target/release/qd] [--out tui/start-order.txt]
    tests/bench/start_order.py --check [--program target/release/qd] [--out tui/start-order.txt]

The linker puts them side by side (tui/build.rs), which keeps the memory of the first screen small and
an explanation quick. WORKSPACE is a demo's.
Run it after larger changes, on a release build; the list of the build before serves until then.
--check says how much of the list the program still has, and exits with 1 below nine tenths.
Needs valgrind and nm (Linux only).
"""

import argparse
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 120, 36
GIVE_UP_SECONDS = 240
QUIET_SECONDS = 15


def record(program, workspace, out):
    """Runs the program under callgrind in a terminal until it has been quiet, then leaves it."""
    pid, handle = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp("valgrind", ["valgrind", "--tool=callgrind", "--demangle=no", "-q",
                               f"--callgrind-out-file={out}", program, "--workspace", workspace])
    begin = last = time.monotonic()
    seen = b""
    while time.monotonic() - begin < GIVE_UP_SECONDS:
        ready, _, _ = select.select([handle], [], [], 1)
        if ready:
            try:
                part = os.read(handle, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
            last = time.monotonic()
        elif b"P29" in seen and time.monotonic() - last > QUIET_SECONDS:
            os.write(handle, b"q")
            last = time.monotonic()
    os.waitpid(pid, 0)


# Figures of each kind: on readings and amounts, of an agency, the portfolio, a source, a forecast.
EXPLAINED = [
    "P12/online-share@2025Q4",
    "P12/budget.execution_rate@2025Q3",
    "P29/cases.forecast_probability@2025Q4",
    "agency:NDC/budget-total.amount@2025Q4",
    "portfolio/count.met@2025Q4",
    "portfolio/migration.rule.medium.low@2025Q4",
    "source:demo-gpmnet/state",
]


def explain(program, workspace, figure, out):
    """Runs the program under callgrind until it has explained a figure."""
    subprocess.run(["valgrind", "--tool=callgrind", "--demangle=no", "-q", f"--callgrind-out-file={out}", program,
                    "--workspace", workspace, "explain", figure], stdout=subprocess.DEVNULL, check=True)


def functions(out):
    """The names of the functions that ran."""
    with open(out, encoding="utf-8", errors="replace") as calls:
        return set(re.findall(r"^c?fn=\(\d+\) (\S+?)(?:'\d+)?$", calls.read(), re.M))


# A list of which less is left is written anew.
STILL_THERE = 0.9


def still_there(program, order):
    """How many names of the list the program has, and how many there are; None without nm or symbols."""
    try:
        table = subprocess.run(["nm", "--defined-only", program], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    has = {line.split()[-1] for line in table.stdout.splitlines()}
    with open(order, encoding="utf-8") as names:
        listed = names.read().split()
    return sum(name in has for name in listed), len(listed)


def said(program, order):
    """The line about it, and whether the list is good enough."""
    found = still_there(program, order)
    if found is None or not found[1]:
        return f"{order}: cannot be compared with {program}", True
    there, listed = found
    good = there >= STILL_THERE * listed
    stale = "" if good else ": stale, write it anew with tests/bench/start_order.py"
    return f"{order}: {there} of {listed} functions are in {program} ({100 * there / listed:.1f} %){stale}", good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", nargs="?")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--program", default="target/release/qd")
    parser.add_argument("--out", default="tui/start-order.txt")
    options = parser.parse_args()
    if options.check:
        line, good = said(options.program, options.out)
        print(line)
        sys.exit(0 if good else 1)
    if options.workspace is None:
        parser.error("WORKSPACE is missing")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "calls")
        record(options.program, options.workspace, out)
        first = functions(out)
        later = set()
        for figure in EXPLAINED:
            explain(options.program, options.workspace, figure, out)
            later |= functions(out)
    table = subprocess.run(["nm", "-S", "--defined-only", options.program], capture_output=True, text=True, check=True)
    names, size = [], 0
    beside = []
    for line in table.stdout.splitlines():
        fields = line.split()
        if len(fields) != 4 or fields[2] not in "tTwW":
            continue
        if fields[3] in first:
            names.append((int(fields[0], 16), fields[3]))
            size += int(fields[1], 16)
        elif fields[3] in later:
            beside.append((int(fields[0], 16), fields[3]))
    if len(names) < 500:
        sys.exit(f"only {len(names)} functions seen: was the first screen reached?")
    with open(options.out, "w", encoding="utf-8") as order:
        order.write("".join(f"{name}\n" for _, name in sorted(names) + sorted(beside)))
    print(f"{len(names)} functions, {size / 1e6:.1f} MB, and {len(beside)} of explanations, written to {options.out}")


if __name__ == "__main__":
    main()
