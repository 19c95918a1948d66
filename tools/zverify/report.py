"""What a verification found: findings, verdicts, and how both are shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from . import texts

CLASSES = ("integrity", "unlawful", "irregular", "acknowledged", "uncheckable", "notice")
MAX_FINDINGS = 10_000


@dataclass
class Finding:
    code: str
    cls: str
    seq: int | None = None
    line: int | None = None
    file: str | None = None
    expected: str | None = None
    found: str | None = None
    article: str | None = None
    zh: str | None = None
    en: str | None = None

    def as_json(self) -> dict:
        out = {"code": self.code, "class": self.cls}
        for name in ("seq", "line", "file", "expected", "found", "article"):
            out[name] = getattr(self, name)
        return out


@dataclass
class Report:
    """Findings are kept up to a limit; beyond it they are only counted."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    size: int = 0
    head: str | None = None
    root: str | None = None
    prefix: bool = True
    verdicts: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    tolerated: set[str] = field(default_factory=set)
    _tolerated_count: int = 0

    def add(self, code: str, cls: str = "integrity", **where) -> Finding:
        for name in ("expected", "found"):
            where[name] = _short(where.get(name))
        finding = Finding(code, cls, **where)
        self.counts[cls] = self.counts.get(cls, 0) + 1
        if code in self.tolerated:
            self._tolerated_count += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        return finding

    def acknowledge(self, done: set[tuple[int, str]]) -> None:
        """Unlawful findings that two persons have acknowledged no longer keep the log from passing."""
        self.counts["unlawful"] = self.counts.get("unlawful", 0) - len(done)
        self.counts["acknowledged"] = self.counts.get("acknowledged", 0) + len(done)
        for finding in self.findings:
            if finding.cls == "unlawful" and (finding.seq, finding.code) in done:
                finding.cls = "acknowledged"

    @property
    def passed(self) -> bool:
        """Declared departures, acknowledged findings and notices do not keep a log from passing."""
        return sum(self.counts.get(c, 0) for c in ("integrity", "unlawful", "uncheckable")) == self._tolerated_count


def _short(value) -> str | None:
    if value is None or isinstance(value, str) and len(value) <= 300:
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)
    return text if len(text) <= 300 else text[:297] + "..."


def to_json(report: Report) -> str:
    counts = {cls: report.counts.get(cls, 0) for cls in CLASSES}
    body = {
        "passed": report.passed,
        "size": report.size,
        "head": report.head,
        "root": report.root,
        "prefix": report.prefix,
        "verdicts": report.verdicts,
        "counts": counts,
        "findings": [f.as_json() for f in report.findings],
        "notes": [{"zh": zh, "en": en} for zh, en in report.notes],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def to_text(report: Report) -> str:
    out = ["通过 · passed" if report.passed else "未通过 · NOT passed"]
    out.append(f"事件 events {report.size}  链头 head {report.head or '-'}  树根 root {report.root or '-'}")
    names = {"intact": "完好", "lawful": "合法", "irregular": "已申报异常", "unlawful": "违法", "uncheckable": "无法核验"}
    out.append("  ".join(f"{names[k]} {k} {v}" for k, v in report.verdicts.items() if k in names))
    for finding in report.findings:
        out.append(_line(finding))
    total = sum(report.counts.values())
    if total > len(report.findings):
        out.append(f"… 另有 {total - len(report.findings)} 条未列出 · {total - len(report.findings)} more not listed")
    out += [f"注意 {zh} · {en}" for zh, en in report.notes]
    return _printable("\n".join(out)) + "\n"


def _line(f: Finding) -> str:
    zh, en = (f.zh, f.en) if f.zh else texts.of(f.code)
    place = " ".join(
        f"{name}={value}" for name, value in (("seq", f.seq), ("file", f.file), ("line", f.line)) if value is not None
    )
    tail = "".join(
        f" | {name}: {value}"
        for name, value in (("应为 expected", f.expected), ("实为 found", f.found), ("依据", f.article))
        if value
    )
    return f"[{f.cls}] {f.code} {place}  {zh} · {en}{tail}"


def _printable(text: str) -> str:
    """Nothing out of a hostile file may steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() else "\ufffd" for c in text)
