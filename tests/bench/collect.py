#!/usr/bin/env python3
"""Collection against its peers, whole processes over loopback HTTP.

    python3 tests/bench/collect.py [--catalogue FILE.csv] [--python P] [--rounds N] [--endpoints N] [--qd PROGRAM]

Build first:  cargo build --release --bin qd
Needs nginx and curl; DuckDB (pip install duckdb) in the Python that --python names is the peer of the
catalogue. What is missing is left out and named. nginx listens on a free port of 127.0.0.1 and is
stopped at the end; everything lies in a temporary folder.

1. Catalogue: one source, one CSV file of any size. `qd collect` asks, hashes, blanks the personal
   columns, compresses, stores and reads all indicators of the preset. Its peer is DuckDB's bare read
   of the same local file.
2. Endpoints: so many small JSON answers, 50 at once. `qd collect` asks, decodes, hashes and stores every
   one, with a figure of its own, into a database that has only seen the files. Its peer is
   `curl --parallel --parallel-max 50`, which throws away what it fetches. Two offices do it: one has one
   source file with so many targets (as Prometheus has one job with so many targets), the other so many
   source files. The line "one of the sources" is the other office's command asked for one source: what
   reading so many files costs before anything is asked.

Every round runs each command once, in turn; printed are minimum, median and maximum, the ratio of the
medians and the peak memory of the process. As root every process runs in the real-time class (chrt), so
that a busy machine disturbs the figures less; both sides of a comparison run alike.
"""
import argparse, os, random, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRESET = os.path.join(ROOT, "assets/sources/datagovtw-catalogue.toml")
FIRST = ["chrt", "-r", "10"] if os.geteuid() == 0 and shutil.which("chrt") else []

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; open_file_cache max=20000 inactive=600s;
  types {{ application/json json; text/csv csv; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""

DUCK = """
import sys, duckdb
c = duckdb.connect()
c.execute(f"create table t as select 提供機關 a, 品質檢測 q from read_csv('{sys.argv[1]}', header=true, all_varchar=true)")
print(c.execute("select count(*), sum((coalesce(q,'') in ('白金','金'))::int) from t").fetchone())
print(c.execute("select a, count(*), sum((coalesce(q,'') in ('白金','金'))::int) from t group by 1 order by 1").fetchall()[:3])
"""


def run(command):
    """Seconds, seconds of the processor, and peak MiB of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(FIRST + command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command}: {error.decode(errors='replace')[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(jobs, rounds):
    """Runs the jobs in turn and prints a line each; returns the medians."""
    results = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, (before, command) in jobs.items():
            before()
            results[name].append(run(command))
    medians = {}
    for name, runs in results.items():
        seconds = [r[0] for r in runs]
        medians[name] = statistics.median(seconds)
        print(
            f"{name:38} {min(seconds):7.3f} {medians[name]:7.3f} {max(seconds):7.3f} s"
            f"   {statistics.median(r[1] for r in runs):6.2f} s   {max(r[2] for r in runs):6.1f} MiB",
            flush=True,
        )
    return medians


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def serve(folder):
    """Starts nginx over the folder `www`; gives its process and the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    write(f"{folder}/nginx.conf", NGINX.format(folder=folder, port=port))
    process = subprocess.Popen(FIRST + ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.05)
    sys.exit("nginx did not start")


def forget(office, kept=None):
    """Puts the database back to how it was before anything was collected."""

    def back():
        for name in ("quarterdeck.db", "quarterdeck.db-wal", "quarterdeck.db-shm"):
            if os.path.exists(f"{office}/{name}"):
                os.remove(f"{office}/{name}")
        shutil.rmtree(f"{office}/captures", ignore_errors=True)
        if kept:
            shutil.copy(kept, f"{office}/quarterdeck.db")

    return back


def prepared(qd, office):
    """A database that knows the files of the workspace and nothing else."""
    forget(office)()
    subprocess.run([qd, "--workspace", office, "--quiet", "collect", "--dry-run"], stdout=subprocess.DEVNULL, check=True)
    kept = f"{office}/prepared"
    shutil.move(f"{office}/quarterdeck.db", kept)
    return forget(office, kept)


def catalogue(asked, folder, origin):
    office = f"{folder}/catalogue"
    subprocess.run([asked.qd, "init", office], stdout=subprocess.DEVNULL, check=True)
    for name in os.listdir(f"{office}/sources"):
        os.remove(f"{office}/sources/{name}")
    with open(PRESET, encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines = [f'url = "{origin}/catalogue.csv"\nallow_private = true' if l.startswith("url =") else l for l in lines]
    write(f"{office}/sources/datagovtw-catalogue.toml", "\n".join(l for l in lines if not l.startswith("disabled")) + "\n")
    ours, peer = "catalogue, qd collect", "catalogue, DuckDB's bare read"
    jobs = {ours: (prepared(asked.qd, office), [asked.qd, "--workspace", office, "--quiet", "collect"])}
    if subprocess.run([asked.python, "-c", "import duckdb"], capture_output=True).returncode == 0:
        jobs[peer] = (lambda: None, [asked.python, "-c", DUCK, asked.catalogue])
    else:
        print("catalogue: no peer, needs the Python package duckdb")
    medians = table(jobs, asked.rounds)
    if peer in medians:
        print(f"catalogue: ours / DuckDB = {medians[ours] / medians[peer]:.2f}")


def endpoints(asked, folder, origin):
    office, one_file, chance = f"{folder}/endpoints", f"{folder}/targets", random.Random(1)
    for place in (office, one_file):
        write(f"{place}/quarterdeck.toml", "format = 1\n[network]\nat_once = 50\nper_host = 50\n")
    addresses, of_map = [], '[[map]]\nseries = "portfolio/views-{}"\nat = "$.result.tracking_summary.total"\nunit = "count"\n'
    for n in range(asked.endpoints):
        views = chance.randrange(10**6)
        write(
            f"{folder}/www/e/{n:05d}.json",
            '{"help": "https://portal/api/3/action/help_show?name=package_show", "success": true, "result": {"id": '
            f'"ds-{n:05d}", "title": "資料集{n}", "quality": "{chance.choice("金銀銅")}", "metadata_modified": '
            f'"2020-12-31T00:00:00", "num_resources": 3, "tracking_summary": {{"total": {views}, "recent": {views // 9}}}, '
            f'"organization": {{"name": "org{n % 44}"}}}}}}',
        )
        address = f"{origin}/e/{n:05d}.json"
        addresses.append(f'url="{address}"\noutput="/dev/null"\n')
        write(
            f"{office}/sources/e{n:05d}.toml",
            f'id = "e{n:05d}"\nkind = "json"\nurl = "{address}"\nschedule = "daily"\nallow_private = true\n\n'
            + of_map.format(f"{n:05d}"),
        )
    write(f"{one_file}/sources/codes.csv", "".join(f"{n:05d}\n" for n in range(asked.endpoints)))
    write(
        f"{one_file}/sources/views.toml",
        f'id = "views"\nkind = "json"\nurl = "{origin}/e/{{target}}.json"\ntargets_file = "codes.csv"\nschedule = "daily"\n'
        "allow_private = true\n\n" + of_map.format("{target}"),
    )
    write(f"{folder}/curl.cfg", "".join(addresses))
    back, back_one_file = prepared(asked.qd, office), prepared(asked.qd, one_file)
    command = [asked.qd, "--workspace", office, "--quiet", "collect"]
    targets, sources = f"{asked.endpoints} targets of one source, qd", f"{asked.endpoints} sources, qd"
    peer, one = f"{asked.endpoints} addresses, curl --parallel 50", "one of the sources, qd"
    medians = table(
        {
            targets: (back_one_file, [asked.qd, "--workspace", one_file, "--quiet", "collect"]),
            peer: (lambda: None, ["curl", "-s", "--parallel", "--parallel-max", "50", "-K", f"{folder}/curl.cfg"]),
            sources: (back, command),
            one: (back, [*command, "--source", "e00000"]),
        },
        asked.rounds,
    )
    print(f"{targets} / curl = {medians[targets] / medians[peer]:.2f}")
    print(f"{sources} / curl = {medians[sources] / medians[peer]:.2f}")
    print(f"{sources} without reading the files / curl = {(medians[sources] - medians[one]) / medians[peer]:.2f}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--catalogue")
    options.add_argument("--python", default=sys.executable, help="a Python that has duckdb")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--endpoints", type=int, default=10_000)
    options.add_argument("--qd", default=os.path.join(ROOT, "target/release/qd"))
    asked = options.parse_args()
    for program in ("nginx", "curl"):
        if not shutil.which(program):
            sys.exit(f"needs {program}")
    folder = tempfile.mkdtemp(prefix="quarterdeck-bench-")
    os.chmod(folder, 0o755)
    os.makedirs(f"{folder}/www")
    server = None
    try:
        if asked.catalogue:
            shutil.copy(asked.catalogue, f"{folder}/www/catalogue.csv")
        server, origin = serve(folder)
        print(f"{'':38} {'min':>7} {'median':>7} {'max':>7}     processor   peak memory")
        if asked.catalogue:
            catalogue(asked, folder, origin)
        else:
            print("catalogue: left out, needs --catalogue FILE.csv")
        endpoints(asked, folder, origin)
    finally:
        if server:
            server.send_signal(signal.SIGTERM)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
