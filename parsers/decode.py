"""Bytes to text by evidence: byte order mark, strict UTF-8, nearly UTF-8, then GB18030 against Big5 by common words.

Total: every byte string decodes. GB2312 and GBK are read as GB18030, Big5 as Big5-HKSCS (their supersets). Which
evidence decided is recorded; the page's own declaration is believed only between the two Chinese families.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from parsers.model import Finding
from parsers.templates import finding

_META = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HIGH = bytes(range(128, 256))
_COMMON = "的政府信息公开公開年度报告報告工作国國"
_SAMPLE = 64 * 1024
_FAMILIES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the codec that read it and the evidence that chose it (bom, utf-8, mostly-utf-8, score)."""

    text: str
    encoding: str
    rung: str
    findings: tuple[Finding, ...] = ()


def decode(body: bytes, header_charset: str | None = None) -> Decoded:
    """Decode `body`; `header_charset` is what the HTTP header declares."""
    meta = _META.search(body[:4096])
    declared = (header_charset or (meta[1].decode("ascii", "replace") if meta else "")).lower()
    text, encoding, rung = _decode(body, declared)
    findings = []
    lost = text.count("\ufffd")
    if lost * 200 > max(len(text), 1):
        findings.append(finding("replacement_characters", share=f"{lost / len(text):.1%}", encoding=encoding))
    family = _FAMILIES.get(declared)
    if family and rung != "bom" and family != encoding and not body.isascii():
        findings.append(finding("encoding_mislabelled", declared=declared, actual=encoding))
    return Decoded(text, encoding, rung, tuple(findings))


def _decode(body: bytes, declared: str) -> tuple[str, str, str]:
    if body.startswith(codecs.BOM_UTF8):
        return body[3:].decode("utf-8", "replace"), "utf-8", "bom"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace"), "utf-16", "bom"
    try:
        return body.decode("utf-8"), "utf-8", "utf-8"
    except UnicodeDecodeError as error:
        first = error.start
    high = len(body) - len(body.translate(None, _HIGH))
    loose = body.decode("utf-8", "replace")
    if loose.count("\ufffd") * 20 < high / 3:  # a few broken sequences, or cut in mid character
        return loose, "utf-8", "mostly-utf-8"
    sample = body[first : first + _SAMPLE]

    def score(encoding: str) -> int:
        trial = sample.decode(encoding, "replace")
        agrees = declared.startswith("big5") == (encoding == "big5hkscs")
        return sum(map(trial.count, _COMMON)) - 5 * trial.count("\ufffd") + agrees

    best = max(("gb18030", "big5hkscs"), key=score)
    return body.decode(best, "replace"), best, "score"
