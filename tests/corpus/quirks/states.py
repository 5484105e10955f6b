"""What stands in cells: blanks, dashes, words, remarks, units, ways to write numbers."""

from __future__ import annotations

import random
from decimal import Decimal

from tests.corpus.document import Box, Report, Truth
from tests.corpus.forms import ORGANISATIONS, PROACTIVE, REQUESTS, REVIEW
from tests.corpus.quirks.registry import (
    ANY_FORM,
    Apply,
    at_least,
    count,
    figures_of,
    is_zero,
    leave_blank,
    lines_of,
    on_report,
    relabel,
    row_of,
    say,
    some,
)


@on_report("plain", forms=ANY_FORM)
def _plain(report: Report, rng: random.Random) -> None:
    """Leave everything as the form wants it."""


@on_report("blank_zeros", forms=ANY_FORM)
def _blank_zeros(report: Report, rng: random.Random) -> None:
    """Leave some zeros out (上海 2019)."""
    for box in some(rng, [b for b in figures_of(report) if is_zero(b)], 0.3):
        leave_blank(box)


@on_report("blank_all_zeros", forms=ANY_FORM)
def _blank_all_zeros(report: Report, rng: random.Random) -> None:
    """Leave every zero out."""
    for box in figures_of(report):
        if is_zero(box):
            leave_blank(box)


@on_report("blank_totals")
def _blank_totals(report: Report, rng: random.Random) -> None:
    """Leave 总计 out in all detail rows, and every zero (上海 2019)."""
    for line in lines_of(report, REQUESTS):
        for box in line.boxes:
            detail = len(line.labels) > 1 and line.key != "total_processed"
            if box.key and (is_zero(box) or (detail and box.key[2] == "total")):
                leave_blank(box)


@on_report("blank_organisations")
def _blank_organisations(report: Report, rng: random.Random) -> None:
    """Leave the five columns of organisations empty in every row (沭阳 2023): total equals natural persons."""
    for line in lines_of(report, REQUESTS):
        person = line.boxes[0]
        for box in line.boxes:
            if box.key and box.key[2] in ORGANISATIONS:
                leave_blank(box)
            elif box.key:
                box.text, box.truth = person.text, person.truth


@on_report("blank_natural_person")
def _blank_natural_person(report: Report, rng: random.Random) -> None:
    """Leave natural_person empty in the detail rows (S4)."""
    for line in lines_of(report, REQUESTS):
        if len(line.labels) > 2 or line.key in ("granted", "granted_partial"):
            leave_blank(line.boxes[0])


@on_report("blank_one_in_a_row")
def _blank_one(report: Report, rng: random.Random) -> None:
    """Leave one cell empty in each of a few rows, whatever stood there."""
    for line in rng.sample(lines_of(report, REQUESTS), 5):
        leave_blank(rng.choice(line.boxes))
    leave_blank(rng.choice(lines_of(report, REVIEW)[0].boxes))


@on_report("blank_rows")
def _blank_rows(report: Report, rng: random.Random) -> None:
    """Leave rows of zeros wholly empty."""
    for line in lines_of(report, REQUESTS):
        if all(is_zero(b) for b in line.boxes) and rng.random() < 0.7:
            for box in line.boxes:
                leave_blank(box)


@on_report("blank_review")
def _blank_review(report: Report, rng: random.Random) -> None:
    """Leave table four empty."""
    for box in figures_of(report, REVIEW):
        leave_blank(box)


@on_report("total_blank_in_last_row")
def _total_blank_in_last_row(report: Report, rng: random.Random) -> None:
    """Leave the total of 结转 out (科委 2024)."""
    leave_blank(row_of(report, REQUESTS, "carried_out").boxes[-1])


def _dash(texts: tuple[str, ...]) -> Apply:
    def apply(report: Report, rng: random.Random) -> None:
        mark = rng.choice(texts)
        for box in some(rng, [b for b in figures_of(report) if is_zero(b)], 0.4):
            say(box, mark, "dash")

    return apply


on_report("dashes", forms=ANY_FORM)(_dash(("—", "-", "－", "――", "–")))
on_report("slashes", forms=ANY_FORM)(_dash(("/", "／")))
on_report("none_words", forms=ANY_FORM)(_dash(("无", "不涉及")))


@on_report("words_in_cells", forms=ANY_FORM)
def _words(report: Report, rng: random.Random) -> None:
    """Print words where a figure should stand."""
    for box in some(rng, [b for b in figures_of(report) if is_zero(b)], 0.05):
        say(box, rng.choice(("见附件", "未统计", "详见说明")), "text")


@on_report("annotated", forms=ANY_FORM)
def _annotated(report: Report, rng: random.Random) -> None:
    """Print a remark behind a figure: 22（其中修订 16 件） (上海 2025)."""
    for box in some(rng, at_least(report, 2), 0.1):
        what = rng.choice(("其中修订", "含自然失效", "其中网上受理"))
        box.text = f"{box.text}（{what}{rng.randint(1, abs(count(box)))}件）"


@on_report("two_figures_in_a_cell", destroys=True)
def _two_figures(report: Report, rng: random.Random) -> None:
    """Print two figures in one cell."""
    for box in some(rng, at_least(report, 3, REQUESTS, REVIEW), 0.05):
        say(box, f"{box.text}{rng.choice(('/', '、', '+', '；'))}{rng.randint(1, 20)}", "undecidable")


@on_report("units_in_cells")
def _units(report: Report, rng: random.Random) -> None:
    """Print 件 behind counts, the unit of the key behind amounts."""
    for box in figures_of(report):
        assert box.key and box.truth
        if box.truth.state != "value":
            continue
        if box.key[2] == "amount_yuan":
            box.text, box.truth = box.text + "元", Truth("value", box.truth.value, "元")
        elif box.key[2] == "amount_wan_yuan":
            box.text, box.truth = box.text + "万元", Truth("value", box.truth.value, "万元")
        elif box.key[2] != "change" and not is_zero(box) and rng.random() < 0.3:
            box.text, box.truth = box.text + "件", Truth("value", box.truth.value, "件")


def _amount(report: Report) -> Box | None:
    return next((b for b in figures_of(report, PROACTIVE) if b.key and b.key[2] == "amount_wan_yuan"), None)


def _in_yuan(box: Box, rng: random.Random) -> str:
    yuan = Decimal(rng.randint(1, 90_000_000)).scaleb(rng.choice((0, -2)))
    wan = format((yuan / 10_000).normalize(), "f")
    box.truth = Truth("value", wan, "元")
    return format(yuan, "f")


@on_report("yuan_in_the_cell")
def _yuan_in_cell(report: Report, rng: random.Random) -> None:
    """Print 元 in a cell that asks for 万元."""
    box = _amount(report)
    if box:
        box.text = _in_yuan(box, rng) + "元"


@on_report("yuan_in_the_header")
def _yuan_in_header(report: Report, rng: random.Random) -> None:
    """Ask for 元 in the header where the form asks for 万元."""
    box = _amount(report)
    if box:
        box.text = _in_yuan(box, rng)
        relabel(report, lambda t: t.replace("单位：万元", "单位：元"))


@on_report("fee_header_with_a_digit")
def _fee_header(report: Report, rng: random.Random) -> None:
    """Say 保留4位小数 in the header (S0)."""
    relabel(report, lambda t: t.replace("单位：万元", "单位：万元，保留4位小数"))


@on_report("thousands_separators", forms=ANY_FORM)
def _thousands(report: Report, rng: random.Random) -> None:
    """Write 1,234,567."""
    comma = rng.choice((",", ",", "，"))
    for box in at_least(report, 1000):
        box.text = f"{count(box):,}".replace(",", comma)


@on_report("full_width_digits", forms=ANY_FORM)
def _full_width(report: Report, rng: random.Random) -> None:
    """Write ０１２."""
    table = str.maketrans("0123456789.", "０１２３４５６７８９．")
    for box in figures_of(report):
        if rng.random() < 0.5:
            box.text = box.text.translate(table)


@on_report("padded_figures", forms=ANY_FORM)
def _padded(report: Report, rng: random.Random) -> None:
    """Put no-break and ideographic blanks around figures (S1)."""
    for box in figures_of(report):
        box.text = rng.choice(("", "\u00a0", "\u3000\u3000", " ")) + box.text + rng.choice(("", "\u00a0", " "))


@on_report("signed_changes")
def _signed(report: Report, rng: random.Random) -> None:
    """Write increases as +1036 (武汉 2020)."""
    for box in figures_of(report, PROACTIVE):
        if box.key and box.key[2] == "change" and count(box) > 0:
            box.text = f"+{box.text}"


@on_report("full_width_minus")
def _minus(report: Report, rng: random.Random) -> None:
    """Write decreases with another minus sign."""
    for box in figures_of(report, PROACTIVE):
        if box.key and box.key[2] == "change" and count(box) < 0:
            box.text = box.text.replace("-", rng.choice(("－", "−")))


@on_report("sign_where_none_may_stand")
def _sign(report: Report, rng: random.Random) -> None:
    """Write a negative count: not a figure of the form."""
    for box in some(rng, at_least(report, 2, REQUESTS), 0.05):
        say(box, f"-{box.text}", "text")


@on_report("split_digits", destroys=True, forms=ANY_FORM)
def _split_digits(report: Report, rng: random.Random) -> None:
    """Put a blank or a line break inside a number."""
    for box in some(rng, at_least(report, 10), 0.2):
        at = rng.randint(1, len(box.text) - 1)
        box.text = box.text[:at] + rng.choice((" ", "\n", "\u00a0")) + box.text[at:]
