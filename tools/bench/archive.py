#!/usr/bin/env python3
"""Measures an archive's intake: packages of about 1,000 events from as many offices, and prints one markdown table.

    python3 tools/bench/archive.py [--packages N] [--records N]      (1000 packages of 330 records: about 1,000 events)

Beside it, in the same run and on the same bags, the Library of Congress's `bagit.py --validate --processes`, which checks
SHA-512 manifests and nothing else. Files are made under TMPDIR. Making the packages is not counted.
"""
import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(args, env, **more):
    done = subprocess.run([str(a) for a in args], env=env, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{args}\n{done.stdout}{done.stderr}")
    return done.stdout


def office(program, folder, number, records, env):
    ledger, out = folder / f"office-{number}", folder / "packages"
    env = {**env, "ZHAOCE_HOME": str(folder / f"keys-{number}"), "ZHAOCE_LEDGER": str(ledger)}
    table = folder / f"records-{number}.csv"
    rows = (f"关于第{n}号事项的通知,2025-{n % 12 + 1:02}-{n % 28 + 1:02},http://o{number}.gov.cn/{n}.html" for n in range(records))
    table.write_text("标题,发布日期,地址\n" + "\n".join(rows) + "\n", encoding="utf-8")
    run([program, "--as", "甲", "ledger", "init", "--origin", f"o{number}.gov.cn", "--office", f"第{number}单位", "--admin", "甲"], env)
    run([program, "--as", "甲", "import", "records", table], env)
    run([program, "--as", "甲", "bundle", "export", "--for", "archive", "--fonds", f"F{number:04}", "--category", "WS",
         "--retention", "30", "--unit", "BGS", "--form", "tar", "-o", out], env)
    import json
    genesis = json.loads(run([program, "--json", "ledger", "show"], env))["genesis"]
    shutil.rmtree(ledger)
    return number, genesis


def ingest(program, archive, packages, env):
    """Wall seconds and peak memory (MB) of one run of the intake."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.monotonic()
    pid = os.posix_spawn(program, [str(program), "--json", "archive", "--archive", str(archive), "ingest", "--as", "馆", *map(str, packages)],
                         env, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"archive ingest: {status}")
    del before
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def size(folder):
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--packages", type=int, default=1000)
    asked.add_argument("--records", type=int, default=330)
    asked = asked.parse_args()
    if not os.environ.get("ZHAOCE_BUILT"):
        run(["cargo", "build", "--release", "--quiet", "--locked"], os.environ, cwd=ROOT)
    program = ROOT / "target/release/zhaoce"
    folder = Path(tempfile.mkdtemp(prefix="zhaoce-archive-"))
    env = {**os.environ, "ZHAOCE_PASSPHRASE": "x", "ZHAOCE_HOME": str(folder / "keys-archive")}
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            made = list(pool.map(lambda n: office(program, folder, n, asked.records, env), range(asked.packages)))
        packages = sorted((folder / "packages").glob("*.tar.zst"))
        archive = folder / "archive"
        base = [program, "archive", "--archive", archive]
        run([*base, "init", "--as", "馆", "--origin", "archive.example", "--name", "档案馆", "--admin", "馆", "--approval", "never"], env)
        table = folder / "offices.csv"
        table.write_text("name,origin,genesis\n" + "".join(f"第{n}单位,o{n}.gov.cn,{g}\n" for n, g in made), encoding="utf-8")
        run([*base, "office", "enrol", "--as", "馆", "--from", table], env)
        half = len(packages) // 2
        first = ingest(program, archive, packages[:half], env)
        second = ingest(program, archive, packages[half:], env)
        again = ingest(program, archive, packages, env)
        bags = sorted((archive / "store").glob("*/*/v1/content/bag"))
        venv = ROOT / "target/venv/bin/python"
        begun = time.monotonic()
        for start in range(0, len(bags), 200):
            run([venv, "-m", "bagit", "--quiet", "--validate", "--processes", str(os.cpu_count()), *bags[start:start + 200]], env)
        peer = time.monotonic() - begun
        plain, packed, kept = sum(map(size, bags)), sum(p.stat().st_size for p in packages), size(archive / "store")
        whole, events = first[0] + second[0], asked.packages * (asked.records * 3 + 21)
        print(f"{os.cpu_count()} threads, {os.uname().sysname} {os.uname().release}, load {os.getloadavg()[0]:.1f}\n")
        print("| work | seconds | packages/s | events/s | peak memory |\n|---|---|---|---|---|")
        print(f"| intake, first half ({half}) | {first[0]:.1f} | {half / first[0]:.1f} | {events / 2 / first[0]:,.0f} | {first[1]:.0f} MB |")
        print(f"| intake, second half | {second[0]:.1f} | {half / second[0]:.1f} | {events / 2 / second[0]:,.0f} | {second[1]:.0f} MB |")
        print(f"| all of them again (nothing to do) | {again[0]:.1f} | {len(packages) / again[0]:.1f} | | {again[1]:.0f} MB |")
        print(f"| `bagit.py --validate` on the same bags | {peer:.1f} | {len(packages) / peer:.1f} | | |")
        print(f"\nintake / bagit.py: {whole / peer:.1f} x; second half / first half: {second[0] / first[0]:.2f} x; "
              f"packages {packed / 1e6:,.0f} MB, their bags {plain / 1e6:,.0f} MB, the store {kept / 1e6:,.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
