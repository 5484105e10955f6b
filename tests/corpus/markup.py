"""Manuscripts as HTML, the way three kinds of editors leave them: clean, pasted out of Word, pasted out of WPS."""

from __future__ import annotations

from html import escape

from tests.corpus.document import Box, Grid, Manuscript

FLAVOURS = ("clean", "word", "wps")


def to_html(manuscript: Manuscript, flavour: str) -> str:
    """Return a page whose body holds the manuscript."""
    parts = []
    for number, block in enumerate(manuscript.blocks):
        if isinstance(block, Grid):
            parts.append(_table(block, flavour, manuscript.markup))
        elif number == 0 and flavour == "clean":
            parts.append(f"<h1>{escape(block)}</h1>")
        else:
            parts.append(_paragraph(block, flavour, manuscript.markup))
    body = "\n".join(parts)
    if "nested_layout_table" in manuscript.markup:
        body = (
            '<table width="100%"><tr><td colspan="2">您现在的位置：首页 &gt; 政府信息公开 &gt; 年报</td></tr>'
            f'<tr><td width="1">&nbsp;</td><td>{body}</td></tr></table>'
        )
    if flavour == "wps":
        body = f'<div class="TRS_Editor">{body}</div>'
    meta = f'<meta name="ArticleTitle" content="{escape(manuscript.title)}">' if flavour == "wps" else ""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(manuscript.title)}</title>{meta}'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>"
    )


# Table four has fifteen columns: the page is set as people set it, small type and narrow margins
_STYLE = (
    "@page{size:A4;margin:16mm 14mm}body{font-family:'Noto Serif CJK SC',serif;font-size:11pt}"
    "table{border-collapse:collapse;width:100%;font-size:8pt}td{border:0.75pt solid #000;padding:1pt 2pt;"
    "text-align:center}h1{font-size:16pt;text-align:center}"
)


def _paragraph(text: str, flavour: str, markup: frozenset[str]) -> str:
    body = _inline(text, flavour, markup)
    if flavour == "word":
        return f'<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0">{body}</p>'
    if flavour == "wps":
        return f'<p class="p0" style="margin-bottom:0pt;text-indent:21pt"><font face="仿宋_GB2312">{body}</font></p>'
    return f"<p>{body}</p>"


def _inline(text: str, flavour: str, markup: frozenset[str]) -> str:
    if "text_in_spans" in markup and len(text) > 1:
        at = max(1, len(text) // 3)
        cut = "".join(f"<span>{_lines(t)}</span>" for t in (text[:at], text[at:-1], text[-1]) if t)
        return cut
    if flavour == "word":
        marked = _lines(text)
        if "list_conditionals" in markup and text[:1].isdigit() and "." in text[1:3]:
            head, _, tail = marked.partition(".")
            marked = f"<!--[if !supportLists]-->{head}.<!--[endif]-->{tail}"
        return f"<span lang=\"EN-US\" style='font-family:仿宋;mso-hansi-font-family:宋体'>{marked}</span>"
    if flavour == "wps":
        return f"<span style=\"mso-spacerun:'yes';font-size:10.5pt;font-family:'宋体'\">{_lines(text)}</span>"
    return _lines(text)


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\u00a0", "&nbsp;").replace("\n", "<br/>")


def _table(grid: Grid, flavour: str, markup: frozenset[str]) -> str:
    attributes = {
        "clean": 'border="1"',
        "word": 'class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" width="100%" '
        'style="border-collapse:collapse;mso-yfti-tbllook:1184"',
        "wps": 'class="MsoTableGrid" border="1" cellspacing="0" style="border-collapse:collapse;width:415.3pt"',
    }[flavour]
    if "rules_not_drawn" in markup:
        attributes = attributes.replace('border="1"', 'border="0"')
    rows = []
    columns = max(sum(box.colspan for box in row) for row in grid.rows)
    for row in grid.rows:
        cells = "".join(_cell(box, flavour, markup, columns) for box in row)
        rows.append(f"<tr style='mso-yfti-irow:0'>{cells}</tr>" if flavour == "word" else f"<tr>{cells}</tr>")
    return f"<table {attributes}><tbody>{''.join(rows)}</tbody></table>"


def _cell(box: Box, flavour: str, markup: frozenset[str], columns: int) -> str:
    spans = "".join(
        f' {name}="{count}"' for name, count in (("rowspan", box.rowspan), ("colspan", box.colspan)) if count > 1
    )
    text = box.text
    if "breaks_in_labels" in markup and box.key is None and len(text) > 3:
        text = text[: len(text) // 2] + "\n" + text[len(text) // 2 :]
    empty = "&nbsp;" if "nbsp_in_blanks" in markup else "<o:p> </o:p>" if flavour == "word" else ""
    body = _inline(text, flavour, markup) if text else empty
    if flavour == "word":
        width = f' width="{100 * box.colspan // columns}%"'
        border = "border:none;" if "rules_not_drawn" in markup else "border:solid windowtext 1.0pt;"
        return f"<td{width}{spans} valign=top style='{border}padding:0cm 1.4pt'><p class=MsoNormal>{body}</p></td>"
    border = ' style="border:none"' if "rules_not_drawn" in markup else ""
    if flavour == "wps":
        return f'<td{spans}{border} valign="center"><p class="p0">{body}</p></td>'
    return f"<td{spans}{border}>{body}</td>"
