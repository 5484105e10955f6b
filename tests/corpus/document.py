"""An abstract report and its truth: sheets (lines of labels and figures) that are laid out as grids with spans.

A quirk changes lines, grids or texts; what a figure says travels with its box, so the truth of the finished manuscript
is read off the boxes that are left in it.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.corpus import figures
from tests.corpus.forms import (
    CLAUSES,
    CORNER,
    FORMS,
    ORGANISATIONS,
    ORGANISATIONS_LABEL,
    PERSONS,
    PROACTIVE,
    REQUEST_ROWS,
    REQUESTS,
    REVIEW,
    REVIEW_COLUMNS,
    REVIEW_ROWS,
)

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a cell says: its state, its value (None unless "value"), the unit printed in or over it."""

    state: str
    value: int | str | None = None
    unit: str | None = None


@dataclass(slots=True)
class Box:
    """One printed cell; `key` and `truth` only where it is a figure of the forms."""

    text: str
    key: Key | None = None
    truth: Truth | None = None
    rowspan: int = 1
    colspan: int = 1


def figure(table: str, row: str, column: str, value: int | str) -> Box:
    """Return the box of a figure as people print it; an increase has its sign now and then, a decrease always."""
    return Box(str(value), (table, row, column), Truth("value", value))


@dataclass(slots=True)
class Line:
    """A row of a sheet: its labels from the outermost to its own, then its boxes."""

    labels: list[str]
    boxes: list[Box]
    key: str = ""
    header: bool = False


@dataclass(slots=True)
class Break:
    """A page break before line `at`: what stands between the parts, and how the lower part begins."""

    at: int
    header_again: bool = False
    page_number: str | None = None
    labels: str = "again"  # or "blank", "lost": what becomes of the labels whose span is cut


@dataclass(slots=True)
class Sheet:
    """A table before it is laid out: header rows (rows of boxes), lines, how many label columns, page breaks."""

    table: str
    head: list[list[Box]]
    lines: list[Line]
    depth: int = 1
    caption: str = ""
    breaks: list[Break] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A laid out table: for each row the boxes that begin in it, as in HTML."""

    table: str
    rows: list[list[Box]]

    def slots(self) -> list[list[tuple[Box, bool]]]:
        """Return for each row, per grid column, (box, whether it begins here)."""
        height = len(self.rows)
        taken: list[dict[int, tuple[Box, bool]]] = [{} for _ in range(height)]
        for y, row in enumerate(self.rows):
            x = 0
            for box in row:
                while x in taken[y]:
                    x += 1
                for dy in range(min(box.rowspan, height - y)):
                    for dx in range(box.colspan):
                        taken[y + dy].setdefault(x + dx, (box, dy == 0 and dx == 0))
                x += box.colspan
        return [[slots[x] for x in sorted(slots)] for slots in taken]


Block = str | Grid


@dataclass(slots=True)
class Report:
    """A report in the making: what it is about, its sheets, its prose by section, and how it wants to be printed."""

    title: str
    issuer: str
    year: int
    place: str
    form: str
    sheets: dict[str, Sheet]
    prose: dict[int, list[Block]]
    headings: dict[int, str]
    markup: set[str] = field(default_factory=set)
    annex: list[Block] = field(default_factory=list)
    script: str = "Hans"
    lost: set[Key] = field(default_factory=set)


@dataclass(slots=True)
class Manuscript:
    """A finished report: blocks in order of print, and its truth."""

    title: str
    blocks: list[Block]
    truth: dict[Key, Truth]
    absent: frozenset[Key]
    issuer: str
    year: int
    place: str
    script: str
    markup: frozenset[str]

    def grids(self) -> Iterator[Grid]:
        """Yield the tables in order."""
        yield from (b for b in self.blocks if isinstance(b, Grid))


# GB/T 2260 codes of places whose reports are quoted in the sources
PLACES: tuple[tuple[str, str], ...] = (
    ("平顶山市新华区", "410402"),
    ("新乡市牧野区", "410711"),
    ("大同市新荣区", "140212"),
    ("郑州市二七区", "410103"),
    ("淮安市洪泽区", "320813"),
    ("沭阳县", "321322"),
    ("宿迁市", "321300"),
    ("武汉市", "420100"),
    ("广州市海珠区", "440105"),
    ("南通市", "320600"),
    ("丽水市", "331100"),
    ("阜阳市", "341200"),
    ("六安市", "341500"),
    ("福州市晋安区", "350111"),
    ("南平市", "350700"),
)
BODIES = ("人民政府", "教育局", "生态环境局", "政务服务中心", "市场监督管理局", "发展和改革委员会", "自然资源局")
HEADINGS = {
    1: "一、总体情况",
    2: "二、主动公开政府信息情况",
    3: "三、收到和处理政府信息公开申请情况",
    4: "四、政府信息公开行政复议、行政诉讼情况",
    5: "五、存在的主要问题及改进情况",
    6: "六、其他需要报告的事项",
}


def compose(rng: random.Random, form: str) -> Report:
    """Draw a report in `form` ("2021", "2019", "mixed")."""
    place, code = rng.choice(PLACES)
    issuer = place + rng.choice(BODIES)
    year = rng.randint(2019, 2020) if form == "2019" else rng.randint(2021, 2024)
    two, three = FORMS[form]
    sheets = {
        PROACTIVE: proactive_sheet(figures.draw_proactive(rng, two), two),
        REQUESTS: requests_sheet(figures.draw_requests(rng, three), three),
        REVIEW: review_sheet(figures.draw_review(rng)),
    }
    received = next(line.boxes[-1] for line in sheets[REQUESTS].lines if line.key == "new_received")
    return Report(
        title=f"{issuer}{year}年政府信息公开工作年度报告",
        issuer=issuer,
        year=year,
        place=code,
        form=form,
        sheets=sheets,
        prose=prose(issuer, year, received.text),
        headings=dict(HEADINGS),
    )


def prose(issuer: str, year: int, received: str) -> dict[int, list[Block]]:
    """Return the sentences of each section; what they say of the tables is true."""
    return {
        0: [
            f"根据《中华人民共和国政府信息公开条例》规定，现公布{issuer}{year}年政府信息公开工作年度报告。"
            f"本报告所列数据统计期限自{year}年1月1日起至{year}年12月31日止。"
        ],
        1: [
            "（一）主动公开。坚持以公开为常态、不公开为例外，围绕中心工作，及时发布各类政府信息，回应社会关切。",
            f"（二）依申请公开。{year}年共收到政府信息公开申请{received}件，均按规定办理。",
            "（三）政府信息管理。健全信息发布审核制度，落实先审查、后公开的要求。",
            "（四）政府信息公开平台建设。加强门户网站和政务新媒体的日常管理，优化栏目设置。",
            "（五）监督保障。明确责任分工，组织业务培训，开展日常检查。",
        ],
        2: [],
        3: [],
        4: [],
        5: ["一是公开内容不够丰富，二是工作人员业务水平有待提高。下一步，将加强学习培训，进一步提高公开质量。"],
        6: ["本年度未收取信息处理费，没有其他需要报告的事项。"],
    }


def proactive_sheet(values: dict[tuple[str, str], int | str], form: str) -> Sheet:
    """Return table two: clause rows and header rows are lines without figures."""
    width = max(len(c.header) for c in CLAUSES[form])
    lines: list[Line] = []
    for clause in CLAUSES[form]:
        lines.append(Line([], [Box(clause.name, colspan=width)], clause.name, header=True))
        lines.append(Line([], _widened([Box(t) for t in clause.header], width), clause.name, header=True))
        for label, row in clause.rows:
            boxes = [figure(PROACTIVE, row, column, values[row, column]) for column in clause.columns]
            lines.append(Line([label], _widened(boxes, width - 1), row))
    return Sheet(PROACTIVE, [], lines)


def _widened(boxes: list[Box], width: int) -> list[Box]:
    boxes[-1].colspan += width - sum(b.colspan for b in boxes)
    return boxes


def requests_sheet(values: dict[tuple[str, str], int], form: str) -> Sheet:
    """Return table three with its three header rows."""
    head = [
        [Box(CORNER, rowspan=3, colspan=3), Box("申请人情况", colspan=7)],
        [Box("自然人", rowspan=2), Box(ORGANISATIONS_LABEL, colspan=5), Box("总计", rowspan=2)],
        [Box(label) for label, key in PERSONS if key in ORGANISATIONS],
    ]
    lines = [
        Line(list(labels), [figure(REQUESTS, row, column, values[row, column]) for _, column in PERSONS], row)
        for labels, row in REQUEST_ROWS[form]
    ]
    return Sheet(REQUESTS, head, lines, depth=3)


def review_sheet(values: dict[tuple[str, str], int]) -> Sheet:
    """Return table four: one line of fifteen figures without a label."""
    leaves = [label for label, _ in REVIEW_COLUMNS]
    head = [
        [Box("行政复议", colspan=5), Box("行政诉讼", colspan=10)],
        [
            *(Box(label, rowspan=2) for label in leaves),
            Box(REVIEW_ROWS[1][0], colspan=5),
            Box(REVIEW_ROWS[2][0], colspan=5),
        ],
        [Box(label) for label in (*leaves, *leaves)],
    ]
    boxes = [figure(REVIEW, row, column, values[row, column]) for _, row in REVIEW_ROWS for _, column in REVIEW_COLUMNS]
    return Sheet(REVIEW, head, [Line([], boxes, "data")], depth=0)


# -- laying out ------------------------------------------------------------------------------------


def lay_out(sheet: Sheet) -> list[Block]:
    """Return a sheet's grids, with the page numbers between them where it has page breaks."""
    blocks: list[Block] = []
    cuts = [0, *(b.at for b in sheet.breaks), len(sheet.lines)]
    for number, (start, end) in enumerate(pairwise(cuts)):
        broken = sheet.breaks[number - 1] if number else None
        if broken and broken.page_number:
            blocks.append(broken.page_number)
        head = sheet.head if not broken or broken.header_again else []
        above = sheet.lines[start - 1].labels if broken else []
        rows = copy.deepcopy(head) + _rows(sheet, sheet.lines[start:end], above, broken.labels if broken else "again")
        if rows:
            blocks.append(Grid(sheet.table, rows))
    return blocks


def _rows(sheet: Sheet, lines: list[Line], above: list[str], cut: str) -> list[list[Box]]:
    """Merge equal outer labels of neighbouring lines into boxes that span them."""
    rows: list[list[Box]] = []
    open_boxes: list[Box] = []
    path: list[str] = []
    for number, line in enumerate(lines):
        if line.header:
            rows.append(line.boxes)
            open_boxes, path = [], []
            continue
        row: list[Box] = []
        shared = 0
        most = min(len(open_boxes), len(line.labels) - 1)
        while shared < most and path[shared] == line.labels[shared]:
            shared += 1
        for box in open_boxes[:shared]:
            box.rowspan += 1
        fresh: list[Box] = []
        for level, text in enumerate(line.labels[shared:], shared):
            last = level == len(line.labels) - 1
            continued = number == 0 and not last and above[: level + 1] == line.labels[: level + 1]
            if continued and cut == "lost":
                continue
            printed = "" if continued and cut == "blank" else text
            box = Box(printed, colspan=sheet.depth - level if last else 1)
            row.append(box)
            if not last:
                fresh.append(box)
        lost = number == 0 and cut == "lost" and len(line.labels) > 1
        open_boxes = [] if lost else [*open_boxes[:shared], *fresh]
        path = [] if lost else list(line.labels)
        rows.append([*row, *line.boxes])
    return rows


def finish(report: Report) -> list[Block]:
    """Return the report's blocks: title, preface, sections with their tables, other tables, annex."""
    blocks: list[Block] = [report.title, *report.prose[0]]
    tables = {2: PROACTIVE, 3: REQUESTS, 4: REVIEW}
    for number in range(1, 7):
        blocks.append(report.headings[number])
        blocks += report.prose[number]
        if tables.get(number) in report.sheets:
            blocks += lay_out(report.sheets[tables[number]])
    for table, sheet in report.sheets.items():
        if table not in tables.values():
            blocks += [sheet.caption, *lay_out(sheet)]
    return [*blocks, *report.annex]


def boxes_of(blocks: list[Block]) -> Iterator[Box]:
    """Yield every box of every table."""
    for block in blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                yield from row


def truth_of(blocks: list[Block]) -> dict[Key, Truth]:
    """Return what the printed boxes say."""
    return {b.key: b.truth for b in boxes_of(blocks) if b.key is not None and b.truth is not None}


def form_keys(form: str) -> frozenset[Key]:
    """Return every cell that the form has."""
    two, three = FORMS[form]
    return frozenset(
        [
            *((PROACTIVE, row, column) for c in CLAUSES[two] for _, row in c.rows for column in c.columns),
            *((REQUESTS, row, column) for _, row in REQUEST_ROWS[three] for _, column in PERSONS),
            *((REVIEW, row, column) for _, row in REVIEW_ROWS for _, column in REVIEW_COLUMNS),
        ]
    )
