"""Page breaks and page numbers inside tables; pages with other tables."""

from __future__ import annotations

import copy
import random

from tests.corpus import figures
from tests.corpus.document import Block, Box, Break, Grid, Report, boxes_of, lay_out, requests_sheet
from tests.corpus.forms import PROACTIVE, REQUESTS
from tests.corpus.quirks.registry import MARKUP, grids_of, on_blocks, on_report, requests_of


def _cut(report: Report, rng: random.Random, **how: object) -> None:
    for table, low, high in ((REQUESTS, 3, 20), (PROACTIVE, 3, 8)):
        if table == PROACTIVE and rng.random() < 0.5:
            continue
        sheet = report.sheets[table]
        at = rng.randint(low, min(high, len(sheet.lines) - 2))
        sheet.breaks = [Break(at, **how)]  # type: ignore[arg-type]


@on_report("page_break")
def _page_break(report: Report, rng: random.Random) -> None:
    """Cut tables in two, the labels that span the cut printed again."""
    _cut(report, rng)


@on_report("page_break_labels_blank")
def _page_break_blank(report: Report, rng: random.Random) -> None:
    """Cut tables in two, empty cells where labels span the cut."""
    _cut(report, rng, labels="blank")


@on_report("page_break_labels_lost")
def _page_break_lost(report: Report, rng: random.Random) -> None:
    """Cut tables in two, the cells of labels that span the cut lost (S0, S4)."""
    _cut(report, rng, labels="lost")


@on_report("page_break_header_again")
def _page_break_header(report: Report, rng: random.Random) -> None:
    """Cut table three in two and repeat its header (宿迁)."""
    at = rng.randint(3, 20)
    requests_of(report).breaks = [Break(at, header_again=True, labels=rng.choice(("again", "blank")))]


@on_report("page_break_page_number")
def _page_break_number(report: Report, rng: random.Random) -> None:
    """Cut tables in two with a page number between."""
    _cut(report, rng, page_number=rng.choice(("- 4 -", "— 5 —", "3", "第 4 页")), labels=rng.choice(("again", "blank")))


@on_blocks("page_number_row")
def _page_number_row(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Print a page number in a row of its own inside table three."""
    for grid in grids_of(blocks, REQUESTS):
        row = rng.randint(5, len(grid.rows) - 2)
        if any(b.rowspan > 1 for b in grid.rows[row]):
            row += 1
        _insert_row(grid, row, [Box(rng.choice(("— 4 —", "- 5 -", "6", "7")))])


@on_blocks("page_number_row_wide")
def _page_number_row_wide(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Print a page number in the last cell of a row of blanks inside table three."""
    for grid in grids_of(blocks, REQUESTS):
        row = rng.randint(5, len(grid.rows) - 2)
        _insert_row(grid, row, [*(Box("") for _ in range(7)), Box(rng.choice(("4", "5", "-6-")))])


def _insert_row(grid: Grid, at: int, boxes: list[Box]) -> None:
    """Put a row into a grid; labels that span the place span one row more, and the row stands beside them."""
    for y, row in enumerate(grid.rows[:at]):
        for box in row:
            if y + box.rowspan > at:
                box.rowspan += 1
    grid.rows.insert(at, boxes)


@on_blocks("tables_in_one_grid", families=MARKUP)
def _one_grid(report: Report, blocks: list[Block], rng: random.Random) -> None:
    """Print tables two to four, with the headings between them, as one table."""
    grids = [i for i, b in enumerate(blocks) if isinstance(b, Grid)]
    first, last = grids[0], grids[-1]
    rows: list[list[Box]] = []
    for block in blocks[first : last + 1]:
        rows += block.rows if isinstance(block, Grid) else [[Box(block, colspan=10)]]
    blocks[first : last + 1] = [Grid(PROACTIVE, rows)]


@on_report("second_table_three")
def _second_table(report: Report, rng: random.Random) -> None:
    """Print the office's own table three behind section six."""
    own = requests_sheet(figures.draw_requests(rng, "2021"), "2021")
    blocks = lay_out(own)
    for box in boxes_of(blocks):
        box.key = box.truth = None
    report.annex += ["附件：本级机关收到和处理政府信息公开申请情况", *blocks]


@on_report("second_table_three_before")
def _second_table_before(report: Report, rng: random.Random) -> None:
    """Print a table of last year's requests in section one."""
    own = requests_sheet(figures.draw_requests(rng, "2021"), "2021")
    blocks = lay_out(own)
    for box in boxes_of(blocks):
        box.key = box.truth = None
    report.prose[1] += ["上年收到和处理申请情况如下：", *blocks]


@on_report("table_of_something_else")
def _other_table(report: Report, rng: random.Random) -> None:
    """Print a table of other figures in section one and behind section four."""
    names = ("教育局", "公安局", "民政局", "总计")
    rows = [[Box("单位"), Box("主动公开"), Box("其他"), Box("总计")]]
    rows += [[Box(n), *(Box(str(rng.randint(0, 99))) for _ in range(3))] for n in names]
    report.prose[1].append(Grid("other", rows))
    report.prose[5].append(Grid("other", copy.deepcopy(rows)))


@on_report("tables_numbered_again")
def _two_numberings(report: Report, rng: random.Random) -> None:
    """Number the headings of the tables from one again (科委 2024)."""
    report.headings |= {
        2: "一、主动公开政府信息情况",
        3: "二、收到和处理政府信息公开申请情况",
        4: "三、政府信息公开行政复议、行政诉讼情况",
    }


@on_report("heading_variants")
def _headings(report: Report, rng: random.Random) -> None:
    """Use headings seen in real reports."""
    report.headings |= {
        4: "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        5: rng.choice(("五、政府信息公开工作存在的主要问题及改进情况", "五、存在的主要问题及整改措施")),
    }


@on_report("leftovers")
def _leftovers(report: Report, rng: random.Random) -> None:
    """Leave the notice's instructions and a padded signature (沭阳)."""
    report.prose[3].append("该部分以表格形式报告。表格如下:")
    report.prose[6] += [" " * 118 + report.issuer, f"{report.year + 1}年1月20日"]
