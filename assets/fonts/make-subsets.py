#!/usr/bin/env python3
"""Makes the font files of this folder; RECIPE.md says how to call it."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TEXT_ENDINGS = {".ftl", ".toml", ".csv", ".json", ".md", ".txt"}


def big5_level_1():
    """The 5,401 frequent characters and the punctuation rows of Big5."""
    found = set()
    for lead in list(range(0xA1, 0xA4)) + list(range(0xA4, 0xC7)):
        for trail in list(range(0x40, 0x7F)) + list(range(0xA1, 0xFF)):
            if lead == 0xC6 and trail > 0x7E:
                continue
            try:
                found.add(bytes([lead, trail]).decode("big5"))
            except UnicodeDecodeError:
                pass
    return found


def used_in_the_project():
    """Every character of the language files, the bundled workspace, the demo and the report."""
    found = set()
    for folder in ("assets/lang", "assets/workspace", "assets/demo", "assets/sources", "assets/report"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT_ENDINGS:
                found |= set(path.read_text(encoding="utf-8", errors="ignore"))
    return found


def signs():
    """Latin-1 and the marks a screen or a report may show."""
    ranges = [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x2030, 0x203B), (0x3000, 0x301F),
              (0xFF01, 0xFF5E)]
    found = {chr(c) for first, last in ranges for c in range(first, last + 1)}
    return found | set("ĀāĒēĪīŌōŪūŠšŽžŒœ₂²³€←↑→↓↔∞≈≠≤≥−×÷±√∑‰№①②③④⑤⑥⑦⑧⑨⑩■□▲▼▽△◆◇○●◎★☆✓⋯･〇㎡㏑臺衞")


def subset(source, target, characters):
    """Runs pyftsubset; hinting goes, since every renderer here ignores it."""
    listing = HERE / "characters.tmp"
    listing.write_text("".join(sorted(c for c in characters if c >= " ")), encoding="utf-8")
    try:
        subprocess.run(
            ["pyftsubset", source, f"--text-file={listing}", f"--output-file={target}",
             "--no-hinting", "--desubroutinize", "--layout-features=kern,liga,locl,ccmp,mark,mkmk",
             "--name-IDs=*", "--notdef-outline", "--drop-tables+=vhea,vmtx,VORG,DSIG"],
            check=True)
    finally:
        listing.unlink()
    print(f"{target.name}: {target.stat().st_size:,} bytes")


def main():
    regular, bold, mono = sys.argv[1:4]
    sans = big5_level_1() | used_in_the_project() | signs()
    subset(regular, HERE / "NotoSansTC-Regular.ttf", sans)
    subset(bold, HERE / "NotoSansTC-Bold.ttf", sans)
    latin = {chr(c) for c in range(0x20, 0x7F)} | {chr(c) for c in range(0xA0, 0x180)}
    subset(mono, HERE / "JetBrainsMono-Regular.ttf", latin | set("–—‘’“”…←↑→↓−×÷≤≥≠"))


main()
