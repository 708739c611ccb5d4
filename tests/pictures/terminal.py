#!/usr/bin/env python3
"""A picture of the real terminal view for the README.

    python3 tests/pictures/terminal.py WORKSPACE OUT.png [zh-TW|en] [COLUMNS] [ROWS]

Starts target/release/qd in tmux, reads the screen back with its colours and paints the cells.
Needs tmux, Pillow, and a monospaced face with Chinese (Debian: fonts-noto-cjk) and one with
braille and signs (fonts-dejavu-core).
"""
import os, re, subprocess, sys, time, unicodedata
from PIL import Image, ImageDraw, ImageFont

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
workspace, out = sys.argv[1:3]
language = sys.argv[3] if len(sys.argv) > 3 else "zh-TW"
columns, rows = (int(n) for n in (sys.argv[4:6] or (120, 36)))
session = f"quarterdeck-picture-{os.getpid()}"
subprocess.run(["tmux", "-f", "/dev/null", "-L", session, "new-session", "-d", "-s", session, "-x", str(columns), "-y", str(rows),
                f"env TERM=xterm-256color LANG=C.UTF-8 {ROOT}/target/release/qd --workspace {workspace} --lang {language}"], check=True)
try:
    subprocess.run(["tmux", "-L", session, "set", "-g", "status", "off"], check=True)
    subprocess.run(["tmux", "-L", session, "resize-window", "-t", session, "-x", str(columns), "-y", str(rows)], check=True)
    time.sleep(2)
    screen = subprocess.run(["tmux", "-L", session, "capture-pane", "-p", "-e", "-t", session], check=True, capture_output=True).stdout.decode()
finally:
    subprocess.run(["tmux", "-L", session, "kill-server"])

W, H, PAD = 9, 20, 10
GROUND, INK = (15, 20, 26), (232, 236, 241)
cjk = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 16, index=3)
mono = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 15)
braille = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 15)
bold = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 15)


def indexed(n):
    if n < 16:
        return [(0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16), (36, 114, 200), (188, 63, 188), (17, 168, 205), (229, 229, 229)][n % 8]
    if n < 232:
        n -= 16
        return tuple(0 if v == 0 else 55 + 40 * v for v in (n // 36, n // 6 % 6, n % 6))
    return (8 + 10 * (n - 232),) * 3


picture = Image.new("RGB", (columns * W + 2 * PAD, rows * H + 2 * PAD), GROUND)
draw = ImageDraw.Draw(picture)
style = {}
for y, line in enumerate(screen.split("\n")[:rows]):
    x = 0
    for piece in re.findall(r"\x1b\[[0-9;]*m|\x0e|\x0f|.", line):
        if piece.startswith("\x1b"):
            codes = [int(c or 0) for c in piece[2:-1].split(";")]
            while codes:
                code = codes.pop(0)
                if code == 0: style = {}
                elif code in (1, 2, 4, 7): style[code] = True
                elif code in (22, 24, 27): [style.pop(k, None) for k in {22: (1, 2), 24: (4,), 27: (7,)}[code]]
                elif code in (38, 48) and codes[:1] == [5]: style[code] = indexed(codes[1]); codes = codes[2:]
                elif 30 <= code <= 37: style[38] = indexed(code - 30)
                elif code in (39, 49): style.pop(code - 1, None)
            continue
        wide = 2 if unicodedata.east_asian_width(piece) in "WF" else 1
        ink, ground = style.get(38, INK), style.get(48, GROUND)
        if style.get(7): ink, ground = GROUND, ink
        left, top = PAD + x * W, PAD + y * H
        if ground != GROUND: draw.rectangle([left, top, left + wide * W - 1, top + H - 1], fill=ground)
        if wide == 2:
            draw.text((left + 1, top - 2), piece, font=cjk, fill=ink, stroke_width=0)
        elif piece != " ":
            draw.text((left, top + 1), piece, font=braille if "\u2800" <= piece <= "\u28ff" else bold if style.get(1) else mono, fill=ink)
        if style.get(4): draw.line([left, top + H - 2, left + wide * W, top + H - 2], fill=ink)
        x += wide
picture.quantize(64).save(out, optimize=True)
