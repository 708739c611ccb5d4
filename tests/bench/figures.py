#!/usr/bin/env python3
"""The product's own figures, each beside a peer in the same run where there is one.

    python3 tests/bench/figures.py [--catalogue FILE.csv] [--rounds N]

Build first:  cargo build --release --bin qd --bin quarterdeck
              cargo build --release -p quarterdeck-sources --example decode
Every round runs each command once, in turn; printed are minimum, median and maximum, and the peak
memory of the process. DuckDB (pip install duckdb) is the peer of the catalogue; without it, or
without --catalogue, that part is left out and named.
"""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QD = os.path.join(ROOT, "target/release/qd")
DECODE = os.path.join(ROOT, "target/release/examples/decode")
PRESET = os.path.join(ROOT, "assets/sources/datagovtw-catalogue.toml")

DUCK = """
import sys, duckdb
c = duckdb.connect()
c.execute(f"create table t as select 提供機關 a, 品質檢測 q from read_csv('{sys.argv[1]}', header=true, all_varchar=true)")
print(c.execute("select count(*), sum((coalesce(q,'') in ('白金','金'))::int) from t").fetchone())
print(c.execute("select a, count(*), sum((coalesce(q,'') in ('白金','金'))::int) from t group by 1 order by 1").fetchall()[:3])
"""


def run(command):
    """Seconds and peak MiB of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command}: {error.decode(errors='replace')}")
    return seconds, usage.ru_maxrss / 1024


def table(jobs, rounds):
    """Runs the jobs in turn and prints a line each; returns the medians."""
    results = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, command in jobs.items():
            results[name].append(run(command() if callable(command) else command))
    medians = {}
    for name, runs in results.items():
        seconds = [r[0] for r in runs]
        medians[name] = statistics.median(seconds)
        print(f"{name:34} {min(seconds):8.3f} {medians[name]:8.3f} {max(seconds):8.3f} s   {max(r[1] for r in runs):7.1f} MiB", flush=True)
    return medians


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--catalogue")
    options.add_argument("--python", default=sys.executable, help="a Python that has duckdb")
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    folder = tempfile.mkdtemp(prefix="quarterdeck-bench-")
    try:
        demo = os.path.join(folder, "demo")
        print(f"{'':34} {'min':>8} {'median':>8} {'max':>8}     peak memory")

        def fresh():
            shutil.rmtree(demo, ignore_errors=True)
            return [QD, "demo", "--quiet", "--dir", demo]

        table({"demo, nothing to written report": fresh}, min(asked.rounds, 3))
        out = os.path.join(folder, "report")
        at = ["--workspace", demo, "--quiet"]
        table(
            {
                "report, PDF": [QD, *at, "report", "--quarter", "2025Q4", "--format", "pdf", "--out", out],
                "report, PDF and CSV": [QD, *at, "report", "--quarter", "2025Q4", "--out", out],
                "status --json": [QD, *at, "status", "--json"],
                "collect": [QD, *at, "collect"],
            },
            asked.rounds,
        )
        if not asked.catalogue:
            print("catalogue: left out, needs --catalogue FILE.csv")
            return
        jobs = {"catalogue, all indicators": [DECODE, PRESET, asked.catalogue]}
        has_duck = subprocess.run([asked.python, "-c", "import duckdb"], capture_output=True).returncode == 0
        if has_duck:
            jobs["catalogue, DuckDB"] = [asked.python, "-c", DUCK, asked.catalogue]
        else:
            print("catalogue: no peer, needs the Python package duckdb")
        medians = table(jobs, asked.rounds)
        if has_duck:
            ours, peer = medians["catalogue, all indicators"], medians["catalogue, DuckDB"]
            print(f"catalogue: ours / DuckDB = {ours / peer:.2f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
