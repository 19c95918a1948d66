#!/usr/bin/env python3
"""The second verifier of zhaoce: docs/format.md, docs/format-container.md and docs/rules.md in Python.

    verify.py ledger DIR  --origin O --genesis H [--checkpoint F]...
    verify.py bundle FILE --origin O --genesis H [--checkpoint F] [--allow-partial] [--state F] [--save-state F]
    verify.py proof FILE  --origin O --genesis H

Exit codes: 0 passed, 1 findings, 2 wrong usage or unreadable input.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

try:
    from zverify import bundle, crypto, ledger, notes, proof, reading, report, rulebook
except ModuleNotFoundError as missing:
    print(f"缺少程序包 · missing package: {missing.name}; pip install -r requirements.txt", file=sys.stderr)
    sys.exit(2)

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify.py", description="核验昭册台账、归档包和证明 · Verify ledgers, bundles and proofs")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("ledger", "DIR"), ("bundle", "FILE"), ("proof", "FILE")):
        command = commands.add_parser(name)
        command.add_argument("path", metavar=what, type=Path)
        command.add_argument("--origin", required=True)
        command.add_argument("--genesis", required=True)
        command.add_argument("--json", action="store_true")
        command.add_argument("--rules", action="append", type=Path, default=[], help="a further edition of the rule book")
        if name != "proof":
            command.add_argument("--checkpoint", action="append", type=Path, default=[])
        if name == "bundle":
            command.add_argument("--allow-partial", action="store_true")
            command.add_argument("--state", type=Path, help="state of an earlier verification")
            command.add_argument("--save-state", type=Path)
    return parser


def _editions(more: list[Path]) -> dict[str, rulebook.Edition]:
    found = rulebook.load_folder(SCHEMAS)
    found += [rulebook.read_edition(reading.read_small(path, rulebook.MAX_FILE)) for path in more]
    return {edition.digest: edition for edition in found}


def _verify(args: argparse.Namespace) -> report.Report:
    if not notes.is_origin(args.origin):
        raise reading.Unreadable("--origin")
    if not crypto.B3.match(args.genesis):
        raise reading.Unreadable("--genesis: b3:<64 hex>")
    if not crypto.cofactorless():
        raise reading.Unreadable("libsodium: not the Ed25519 predicate of format.md")
    editions = _editions(args.rules)
    if args.command == "ledger":
        return ledger.verify_ledger(args.path, args.origin, args.genesis, editions, args.checkpoint)
    if args.command == "bundle":
        return bundle.verify_bundle(args.path, args.origin, args.genesis, editions, args)
    return proof.verify_proof(args.path, args.origin, args.genesis, editions)


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    args = _arguments().parse_args()
    try:
        result = _verify(args)
    except (reading.Unreadable, rulebook.BadEdition, OSError) as error:
        print(f"无法读取 · unreadable: {error}", file=sys.stderr)
        return 2
    print(report.to_json(result) if args.json else report.to_text(result), end="\n" if args.json else "")
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
