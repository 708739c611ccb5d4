#!/usr/bin/env python3
"""Time from starting the window to its first frame and to its first figures, under Xvfb.

    tests/bench/first_frame.py WORKSPACE [--program target/release/quarterdeck] [--runs 5]

Xvfb keeps its screen in a file (-fbdir), which is read every few milliseconds: the first frame is
there when most of the window is no longer black, the figures when the picture has stopped
changing for 300 ms. Idle time is counted in clock ticks of /proc/PID/stat over ten seconds.
"""
import argparse, mmap, os, signal, statistics, subprocess, sys, tempfile, time

options = argparse.ArgumentParser()
options.add_argument("workspace")
options.add_argument("--program", default="target/release/quarterdeck")
options.add_argument("--runs", type=int, default=5)
asked = options.parse_args()
WIDTH, HEIGHT = 1440, 900
folder = tempfile.mkdtemp(prefix="quarterdeck-frame-")
display = f":{50 + os.getpid() % 40}"
server = subprocess.Popen(["Xvfb", display, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder], stderr=subprocess.DEVNULL)
try:
    path = os.path.join(folder, "Xvfb_screen0")
    while not os.path.exists(path) or os.path.getsize(path) < WIDTH * HEIGHT * 4:
        time.sleep(0.05)
    time.sleep(0.5)
    first, full, idle, memory = [], [], 0, 0
    with open(path, "rb") as file:
        screen = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        pixels = len(screen) - WIDTH * HEIGHT * 4
        places = [pixels + (y * WIDTH + x) * 4 for y in range(20, HEIGHT, 40) for x in range(20, WIDTH, 60)]
        sample = lambda: [screen[p:p + 3] for p in places]
        for n in range(asked.runs):
            begin = time.perf_counter()
            window = subprocess.Popen([asked.program, asked.workspace, "--size", f"{WIDTH}x{HEIGHT}"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)
            shown = None
            last, since = None, begin
            while True:
                now, picture = time.perf_counter(), sample()
                if now - begin > 30:
                    sys.exit("no first frame after 30 s")
                if shown is None and sum(p != b"\0\0\0" for p in picture) > len(picture) * 0.8:
                    shown = now - begin
                if picture != last:
                    last, since = picture, now
                if shown is not None and now - since > 0.3:
                    break
                time.sleep(0.002)
            first.append(shown * 1000)
            full.append((since - begin) * 1000)
            status = open(f"/proc/{window.pid}/status").read()
            memory = max(memory, int(status.split("VmHWM:")[1].split()[0]) / 1024)
            if n == asked.runs - 1:
                ticks = lambda: sum(map(int, open(f"/proc/{window.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
                time.sleep(1)
                before = ticks()
                time.sleep(10)
                idle = ticks() - before
            window.send_signal(signal.SIGTERM)
            window.wait()
            time.sleep(0.3)
    print(f"first frame: median {statistics.median(first):.0f} ms, most {max(first):.0f} (target 500)")
    print(f"first figures: median {statistics.median(full):.0f} ms, most {max(full):.0f}")
    print(f"peak memory {memory:.0f} MB, idle {idle} ticks in 10 s")
finally:
    server.terminate()
