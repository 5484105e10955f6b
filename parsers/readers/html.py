"""HTML pages: prose as paragraphs, tables as grids with spans laid out after the HTML algorithm.

Guarantees: spans are laid out as a browser does (a table comes out rectangular in its columns, and each source cell
is one GridCell); only leaf tables are grids, tables that lay out a page are prose; the report's own container is used
where the CMS is known, else the whole body; a page that the parser would cut short is read in full.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

import lxml.etree
import trafilatura

from parsers.decode import Decoded
from parsers.model import Block, Document, Finding, Grid, GridCell, Paragraph
from parsers.normalize import PICTURE, squeeze
from parsers.readers.scripted import scripted_article
from parsers.templates import finding

# it logs a warning for every page that holds no article, which for us is a verdict and not news
logging.getLogger("trafilatura").setLevel(logging.ERROR)

_MAX_COLSPAN, _MAX_ROWSPAN = 1000, 65534  # HTML standard, "Forming a table"
_MAX_SLOTS = 200_000
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_SPAN = re.compile(r"\s*\+?(\d+)")
_SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "head", "select", "textarea", "iframe", "object", "svg")
)
_LEFT_OUT = frozenset(("script", "style", "del", "s", "strike"))
_PARTICULAR = _LEFT_OUT | {"sup", "sub", "input", "img"}
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "o:p",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "ucaptitle",
        "publishtime",
        "st1:chsdate",
    ]
)
_REFRESH = re.compile(r"""url\s*=\s*["']?([^"'\s]+)""", re.IGNORECASE)
_CONDITIONAL = re.compile(r"<!--\[(?:if|endif)[^\]]*\]-->|<!--\[endif\]-->|<!\[(?:if|endif)[^\]]*\]>")
_FORMATTING = re.compile(rb"</?(?:font|span|b|i|u|strong|em|o:p)(?:\s[^<>]*)?>", re.IGNORECASE)
# Containers of the report by CMS (portals.md section 1), the most particular first
_CONTAINERS = (
    "//ucapcontent",
    "//*[@id='zoomcon']",
    "//*[@id='zoom']",
    "//*[@id='ivs_content']",
    "//*[contains(concat(' ', @class, ' '), ' trs_editor_view ')]",
    "//*[contains(concat(' ', @class, ' '), ' TRS_Editor ')]",
    "//*[starts-with(@id, 'vsb_content')]",
    "//*[contains(concat(' ', @class, ' '), ' v_news_content ')]",
    "//*[contains(concat(' ', @class, ' '), ' xxgkcont ')]",
    "//*[contains(concat(' ', @class, ' '), ' news_cont_d_wrap ')]",
    "//*[contains(concat(' ', @class, ' '), ' artile_zw ')]",
    "//*[contains(concat(' ', @class, ' '), ' wzzw-article ')]",
    "//*[contains(concat(' ', @class, ' '), ' article-content ')]",
    "//*[contains(concat(' ', @class, ' '), ' j-fontContent ')]",
    "//*[contains(concat(' ', @class, ' '), ' main-txt ')]",
)
_META_NAMES = {
    "articletitle": "ArticleTitle",
    "pubdate": "PubDate",
    "publishdate": "PubDate",
    "contentsource": "ContentSource",
    "siteidcode": "SiteIDCode",
    "sitename": "SiteName",
    "columnname": "ColumnName",
    "columntype": "ColumnType",
    "maketime": "PubDate",
}


def read_html(decoded: Decoded) -> Document:
    """Read a page into a Document; an empty page gives one without blocks."""
    root, findings = _parse(decoded.text)
    if root is None:
        return Document((), "html", {}, decoded.encoding, tuple(findings))
    metadata = _metadata(root)
    links = _links(root)
    container = _container(root)
    body = root.find(".//body")
    if container is not None:
        blocks = list(_blocks(container))
    elif (article := scripted_article(root)) and (written := _written(article.markup, root if body is None else body)):
        blocks, further_links = written
        metadata = article.metadata | metadata
        links += further_links
    else:
        blocks = _own_prose(root, list(_blocks(root if body is None else body)))
    return Document(tuple(blocks), "html", metadata, decoded.encoding, tuple(findings), links)


def _parse(text: str) -> tuple[lxml.etree._Element | None, list[Finding]]:
    """Parse text into a tree; formatting tags are dropped where their nesting would make the parser stop early."""
    data = _CONDITIONAL.sub("", text).encode("utf-8", "replace").replace(b"\0", b"")
    root, cut = _parse_bytes(data)
    if not cut:
        return root, []
    # libxml2 stops at 2048 levels: a <p><font> repeated by a broken editor reaches that (libraries.md section 1)
    root, cut = _parse_bytes(_FORMATTING.sub(b"", data))
    return root, [finding("truncated_tree")] if cut else []


def _parse_bytes(data: bytes) -> tuple[lxml.etree._Element | None, bool]:
    parser = lxml.etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.etree.HTML(data, parser) if data.strip() else None
    except lxml.etree.ParserError:
        return None, False
    return root, any(entry.level_name == "FATAL" for entry in parser.error_log)


def _metadata(root: lxml.etree._Element) -> dict[str, str]:
    """Read the page's meta tags (国办发〔2017〕47号), the first of each name: header includes repeat them with others."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = _META_NAMES.get((meta.get("name") or "").strip().lower())
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
        if (meta.get("http-equiv") or "").strip().lower() == "refresh" and (target := _REFRESH.search(content)):
            found.setdefault("Refresh", target[1].strip())
    for tag, name in (
        ("ucaptitle", "ArticleTitle"),
        ("publishtime", "PubDate"),
        ("title", "Title"),
        ("h1", "Heading"),
    ):
        element = next(iter(root.iter(tag)), None)
        if element is not None and (text := " ".join("".join(element.itertext()).split())):
            found.setdefault(name, text)
    return found


def _container(root: lxml.etree._Element) -> lxml.etree._Element | None:
    """Return the element that a known CMS puts the article in; the outermost where one is nested in its like."""
    for path in _CONTAINERS:
        texts = [(e, squeeze("".join(e.itertext()))) for e in root.xpath(path)]
        element, text = max(texts, key=lambda pair: len(pair[1]), default=(None, ""))
        if len(text) > 200:
            return element
    return None


def _links(root: lxml.etree._Element) -> tuple[tuple[str, str], ...]:
    """Return (address, text) of every link."""
    return tuple((a.get("href", ""), squeeze("".join(a.itertext()))) for a in root.iter("a") if a.get("href"))


def _written(markup: str, body: lxml.etree._Element) -> tuple[list[Block], tuple[tuple[str, str], ...]] | None:
    """Return blocks and links of an article that a script writes; None where the page itself shows it, or it is no such.

    A page may carry texts for other ends (notices, menus): an article here speaks of disclosure, or has a table.
    """
    root, _ = _parse(markup)
    if root is None:
        return None
    blocks = list(_blocks(root))
    text = _text(blocks)
    if text[:60] in _text(_blocks(body)) or not ("信息公开" in text or any(isinstance(b, Grid) for b in blocks)):
        return None
    return blocks, _links(root)


def _text(blocks: Iterable[Block]) -> str:
    """Return all that is printed in `blocks`, without white space."""
    cells = ([b.text] if isinstance(b, Paragraph) else [cell.text for row in b.rows for cell in row] for b in blocks)
    return squeeze("".join(text for texts in cells for text in texts))


def _own_prose(root: lxml.etree._Element, blocks: list[Block]) -> list[Block]:
    """Drop the paragraphs after the last table that trafilatura takes for page furniture.

    Only there can furniture be mistaken for the report: before, headings bound the sections.
    """
    last = max((i for i, b in enumerate(blocks) if isinstance(b, Grid)), default=None)
    if last is None:
        return blocks
    text = trafilatura.extract(root, fast=True, include_tables=True) or ""
    kept = squeeze(text)
    if len(kept) < 200:
        return blocks
    return [
        b
        for i, b in enumerate(blocks)
        if i <= last or not isinstance(b, Paragraph) or squeeze(b.text) in kept or len(squeeze(b.text)) > 80
    ]


def _blocks(container: lxml.etree._Element) -> Iterator[Block]:
    """Yield paragraphs and grids in reading order."""
    text: list[str] = []

    def flush() -> Iterator[Block]:
        joined = _CONDITIONAL.sub("", "".join(text))
        text.clear()
        if joined.strip():
            yield Paragraph(joined.strip())

    walker = lxml.etree.iterwalk(container, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED:
                walker.skip_subtree()
                continue
            if tag == "table" and (grid := _leaf_grid(element)) is not None:
                yield from flush()
                yield grid
                walker.skip_subtree()
                continue
            if tag not in _INLINE:
                yield from flush()
            if element.text:
                text.append(element.text)
        else:
            if tag not in _INLINE:
                yield from flush()
            if element is not container and element.tail:
                text.append(element.tail)
    yield from flush()


def _leaf_grid(table: lxml.etree._Element) -> Grid | None:
    """Return the grid of a data table; None for one that lays out a page (it holds tables, or prose in few cells)."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    grid = lay_out(table)
    if len(grid.rows) < 2 or grid.width < 2:
        return None
    if any(len(cell.text) > 600 for row in grid.rows for cell in row):
        return None
    return grid


def _span(value: str | None, most: int) -> int:
    """Read a span as browsers do: the leading integer, 1 where there is none, clamped."""
    if value is None:
        return 1
    match = _SPAN.match(value)
    return min(int(match[1]), most) if match else 1


def lay_out(table: lxml.etree._Element) -> Grid:
    """Lay out a table's cells after the HTML standard's algorithm ("Forming a table").

    A rowspan of 0 reaches to the last row; spans beyond the table are cut; where cells overlap the first one stays.
    """
    source = [row for row in table.iter("tr") if _owner(row) is table and not _is_hidden(row)]
    height = len(source)
    slots: list[dict[int, GridCell]] = [{} for _ in range(height)]
    used = 0
    for y, row in enumerate(source):
        x = 0
        for element in row:
            if element.tag not in ("td", "th") or _is_hidden(element):
                continue
            while x in slots[y]:
                x += 1
            down = _span(element.get("rowspan"), _MAX_ROWSPAN) or height - y
            across = max(_span(element.get("colspan"), _MAX_COLSPAN), 1)
            down = max(min(down, height - y), 1)
            used += down * across
            if used > _MAX_SLOTS:
                across = down = 1
            cell = GridCell(_cell_text(element), y, x, down, across)
            for dy in range(down):
                for dx in range(across):
                    slots[y + dy].setdefault(x + dx, cell)
            x += across
    return Grid(tuple(tuple(dict.fromkeys(row[x] for x in sorted(row))) for row in slots))


def _owner(row: lxml.etree._Element) -> lxml.etree._Element | None:
    return next(row.iterancestors("table"), None)


def _cell_text(cell: lxml.etree._Element) -> str:
    """Return a cell's text as printed: blocks and line breaks inside it as one blank, other white space folded.

    Struck text is left out, a raised or lowered note is set apart (3<sup>1</sup> is not 31), a field shows its value, and
    a picture alone is PICTURE: a cell that shows something is never blank.
    """
    if not len(cell):
        return _fold(cell.text or "")
    tags = [e.tag for e in cell.iterdescendants()]
    if _PARTICULAR.isdisjoint(tags):
        blocks = [tag for tag in tags if tag not in _INLINE]
        if not blocks or (len(blocks) == 1 and _is_only_block(cell)):
            return _fold("".join(cell.itertext()))  # nothing to set apart
    parts: list[str] = []
    walker = lxml.etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if tag in _LEFT_OUT:
            if event == "start":
                walker.skip_subtree()
            elif element.tail:
                parts.append(element.tail)
            continue
        if element is not cell and (tag not in _INLINE or tag in ("sup", "sub")):
            parts.append(" ")
        if event == "start":
            parts.append(element.get("value", "") if tag == "input" else element.text or "")
        elif element is not cell and element.tail:
            parts.append(element.tail)
    text = _fold("".join(parts))
    return text if text or "img" not in tags else PICTURE


def _is_only_block(cell: lxml.etree._Element) -> bool:
    """Tell whether all a cell holds is one paragraph."""
    return (
        len(cell) == 1
        and cell[0].tag in ("p", "div")
        and not (cell.text or "").strip()
        and not (cell[0].tail or "").strip()
    )


def _is_hidden(element: lxml.etree._Element) -> bool:
    """Tell whether a row or cell is not shown: what a reader of the page does not see is no part of the table."""
    style = element.get("style")
    hidden = style is not None and "display:none" in style.replace(" ", "").lower()
    return hidden or element.get("hidden") is not None


def _fold(text: str) -> str:
    if "<!" in text:
        text = _CONDITIONAL.sub("", text)
    return _BLANKS.sub(" ", text).strip(" ")
