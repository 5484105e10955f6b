"""Labels in other words, damaged, broken, misplaced."""

from __future__ import annotations

import random

from tests.corpus.document import Break, Report, Truth
from tests.corpus.forms import REQUESTS
from tests.corpus.quirks.registry import ANY_FORM, lines_of, on_report, relabel, requests_of, row_of

_VARIANTS = (
    ("社会公益组织", "社会组织"),
    ("其他法律行政法规禁止公开", "其他法律法规禁止公开"),
    ("行政规范性文件", "规范性文件"),
    ("第二十条第（", "第二十条 第（"),
    ("“三安全一稳定”", "三安全一稳定"),
    ("、行政机关不再处理其政府信息公开申请", "、行政机关不再处理其政府信息公开"),
    ("申请人无正当理由逾期不补正", "逾期不补正"),
    ("第二十条第（", "第二十条（"),
    ("本年新收", "本年度新收"),
    ("其他", "其它"),
    ("总计", "合计"),
    ("制发件数", "制发数"),
)


@on_report("label_variants")
def _label_variants(report: Report, rng: random.Random) -> None:
    """Use wordings seen in real reports."""
    for old, new in rng.sample(_VARIANTS, 5):
        relabel(report, lambda t, old=old, new=new: t.replace(old, new))  # type: ignore[misc]


@on_report("numbering_variants", forms=ANY_FORM)
def _numbering(report: Report, rng: random.Random) -> None:
    """Write 1、 or "1. " for 1., (一) for （一）."""
    dot = rng.choice(("、", "．", ". "))

    def change(text: str) -> str:
        if text[:1].isdigit() and text[1:2] == ".":
            text = text[0] + dot + text[2:]
        return text.replace("（", "(").replace("）", ") ") if rng.random() < 0.5 else text

    relabel(report, change, boxes=False)


@on_report("wrong_numbering")
def _wrong_numbering(report: Report, rng: random.Random) -> None:
    """Number sub-items wrongly: the words name the row, not the number."""
    relabel(report, lambda t: f"{rng.randint(1, 8)}{t[1:]}" if t[:1].isdigit() and t[1:2] == "." else t, boxes=False)


@on_report("label_damaged")
def _label_damaged(report: Report, rng: random.Random) -> None:
    """Lose characters of a label (2.其他法律行政止公开, 洪泽)."""
    row_of(report, REQUESTS, "denied.other_law_prohibits").labels[-1] = "2.其他法律行政止公开"
    line = rng.choice([x for x in lines_of(report, REQUESTS) if len(x.labels[-1]) > 6])
    at = rng.randint(3, len(line.labels[-1]) - 2)
    line.labels[-1] = line.labels[-1][:at] + line.labels[-1][at + 1 :]


@on_report("neighbouring_labels_damaged", destroys=True)
def _labels_damaged(report: Report, rng: random.Random) -> None:
    """Lose the labels of two rows that follow each other."""
    lines = lines_of(report, REQUESTS)
    at = rng.randint(4, len(lines) - 4)
    for line in lines[at : at + 2]:
        line.labels[-1] = rng.choice(("", "□□□", "1.属"))


@on_report("label_exchanged_with_another_row", destroys=True)
def _label_of_another(report: Report, rng: random.Random) -> None:
    """Print a row's label twice and another's not at all: which row the second is cannot be known."""
    lines = [line for line in lines_of(report, REQUESTS) if line.key.startswith(("denied.", "not_processed."))]
    first, second = rng.sample(lines, 2)
    if first.labels[1] != second.labels[1]:
        second = next(line for line in lines if line is not first and line.labels[1] == first.labels[1])
    second.labels[-1] = first.labels[-1]
    for here, there in zip(first.boxes, second.boxes, strict=True):
        report.lost.add(there.key)  # type: ignore[arg-type]
        if here.truth != there.truth:  # ０ and 0 are one figure
            here.truth = Truth("undecidable")
        there.key, there.truth = None, None


@on_report("blanks_in_labels", forms=ANY_FORM)
def _blanks_in_labels(report: Report, rng: random.Random) -> None:
    """Break labels by blanks or lines: （三）不予 公开, 商业 企业 (S2)."""
    relabel(report, lambda t: t[: len(t) // 2] + rng.choice((" ", "\n", "\u3000")) + t[len(t) // 2 :] if t else t)


@on_report("vertical_labels")
def _vertical(report: Report, rng: random.Random) -> None:
    """Write the outer labels of table three one character a line (淮安)."""
    for line in lines_of(report, REQUESTS):
        line.labels = ["\n".join(t) if n + 1 < len(line.labels) else t for n, t in enumerate(line.labels)]


@on_report("page_number_in_a_label")
def _page_number_in_label(report: Report, rng: random.Random) -> None:
    """Print a page number inside a group's label: （四）无 / -4- / 法提供 (淮安)."""
    mark = rng.choice(("-4-", "— 5 —", "- 3 -"))
    for line in lines_of(report, REQUESTS):
        line.labels = [t.replace("（四）无法提供", f"（四）无\n{mark}\n法提供") for t in line.labels]


@on_report("group_repeated")
def _group_repeated(report: Report, rng: random.Random) -> None:
    """Repeat the outer labels where Word broke the page (平潭 2020)."""
    at = rng.randint(6, len(lines_of(report, REQUESTS)) - 4)
    requests_of(report).breaks.append(Break(at))


@on_report("mixed_width_brackets", forms=ANY_FORM)
def _half_width(report: Report, rng: random.Random) -> None:
    """Write half-width brackets and commas."""
    table = str.maketrans("（），：", "(),:")
    relabel(report, lambda t: t.translate(table))
    report.headings = {n: t.translate(table) for n, t in report.headings.items()}
