"""The body of an article as an editor left it: pasted from Word, or clean.

Both renderings print the same text and the same spans; they differ in markup alone. Page furniture is the
families' business, except where the quirk `container_furniture` says that it stands inside the body's
container.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawler.samples.manuscript import Cell, Manuscript, Section, Table

_FONT: Final = "font-family:仿宋_GB2312;mso-hansi-font-family:仿宋_GB2312;mso-bidi-font-family:仿宋_GB2312"
_WORD_PARAGRAPH: Final = (
    "text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt;mso-line-height-rule:exactly;mso-pagination:none"
)
_WORD_CELL: Final = (
    "border:solid windowtext 1.0pt;border-left:none;mso-border-left-alt:solid windowtext .5pt;"
    "mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt;word-break:break-all"
)


@dataclass(frozen=True, slots=True)
class Style:
    """How paragraphs, cells and tables are written; `run` writes text within them."""

    paragraph: Callable[[str], str]
    heading: Callable[[str], str]
    cell: Callable[[Cell, str], str]
    table: str


def article_body(manuscript: Manuscript, seed: str) -> str:
    """Render title lines, sections and closing lines as the markup inside an article's container."""
    rng = random.Random(f"{seed}:markup")
    style = _WORD if rng.random() < 0.5 or "empty_organisations" in manuscript.quirks else _CLEAN
    parts: list[str] = []
    if len(manuscript.title) > 1 or rng.random() < 0.5:
        parts += [style.heading(_text(line)) for line in manuscript.title]
    parts += [style.paragraph(_text(text)) for text in manuscript.preface]
    for section in manuscript.sections:
        parts += _section(section, style)
    parts += [style.paragraph(_text(line)) for line in manuscript.closing]
    body = "\n".join(parts)
    if "split_spans" in manuscript.quirks:
        body = _split_spans(body)
    return body


def _section(section: Section, style: Style) -> list[str]:
    parts = [style.paragraph(_text(section.heading))]
    parts += [style.paragraph(_text(text)) for text in section.paragraphs]
    if section.table is not None:
        parts.append(_table(section.table, style))
    return parts


def _table(table: Table, style: Style) -> str:
    rows = ["<tr>" + "".join(style.cell(cell, _text(cell.text)) for cell in row) + "</tr>" for row in table]
    return style.table.format("\n".join(rows))


def _text(text: str) -> str:
    """Escape text; a line break is <br />, and blanks that would collapse are entities."""
    escaped = html.escape(text, quote=False).replace("\n", "<br />").replace("\u00a0", "&nbsp;")
    return re.sub(" {2,}", lambda blanks: "&nbsp;" * len(blanks[0]), escaped)


def _spans(cell: Cell) -> str:
    attributes = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    return attributes + (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "")


def _word_runs(text: str, size: str) -> str:
    """Wrap runs of digits as English and the rest as Chinese, as Word does."""
    runs = []
    for run in re.split(r"((?<![&\w])[\d.+%-]+)", text):
        if run:
            language = ' lang="EN-US"' if run[0] in "0123456789+-" else ""
            runs.append(f'<span{language} style="font-size:{size};{_FONT}">{run}</span>')
    return "".join(runs)


def _word_paragraph(text: str) -> str:
    end = '<span lang="EN-US" style="font-size:16.0pt"><o:p></o:p></span>'
    return f'<p class="MsoNormal" style="{_WORD_PARAGRAPH}">{_word_runs(text, "16.0pt")}{end}</p>'


def _word_heading(text: str) -> str:
    runs = _word_runs(text, "22.0pt")
    return f'<p class="MsoNormal" align="center" style="text-align:center;{_FONT}"><b>{runs}</b></p>'


def _word_cell(cell: Cell, text: str) -> str:
    runs = _word_runs(text, "10.5pt") if text else '<span lang="EN-US"><o:p>&nbsp;</o:p></span>'
    return (
        f'<td width="{60 * cell.colspan}"{_spans(cell)} valign="center" '
        f'style="width:{45 * cell.colspan}.0pt;{_WORD_CELL}"><p class="MsoNormal" align="center" '
        f'style="text-align:center;mso-pagination:widow-orphan">{runs}</p></td>'
    )


def _clean_cell(cell: Cell, text: str) -> str:
    return f"<td{_spans(cell)}>{text or '&nbsp;'}</td>"


_WORD: Final = Style(
    _word_paragraph,
    _word_heading,
    _word_cell,
    '<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" width="0" '
    'style="border-collapse:collapse;mso-table-layout-alt:fixed;mso-yfti-tbllook:1184"><tbody>\n{}\n</tbody></table>',
)
_CLEAN: Final = Style(
    lambda text: f'<p style="text-indent: 2em;">{text}</p>',
    lambda text: f'<p style="text-align: center;"><strong>{text}</strong></p>',
    _clean_cell,
    '<table border="1" cellspacing="0" cellpadding="0"><tbody>\n{}\n</tbody></table>',
)


def _split_spans(body: str) -> str:
    """Break texts between tags over two spans: after a numeral, or in the middle."""

    def split(match: re.Match[str]) -> str:
        text = match[1]
        at = 1 if text[0] in "一二三四" else len(text) // 2
        return f"><span>{text[:at]}</span><span>{text[at:]}</span><"

    return re.sub(r">([\u4e00-\u9fff][\u4e00-\u9fff、]{3,})<", split, body)
