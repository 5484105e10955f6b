"""The rules beyond the equalities that one report can answer (A5-A9, C2, C6, F2-F6): notes for a person, never a matter of trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.model import Cell, Check, Finding, Section
from parsers.narrative import comparable_lines
from parsers.templates import finding, load_form

Figures = dict[tuple[str, str], int]
_STATES_ZH = {"blank": "空白", "zero": "零"}
_DEPARTMENT = re.compile(
    r"(局|委|委员会|办|办公室|办公厅|厅|中心|处|所|院|站|镇人民政府|乡人民政府|街道.*|支队|大队|公司)$"
)
_WORK = re.compile(
    r"^(?P<year>20\d\d)年(?:度)?[,、]?(?:全年)?[^,。;]{0,12}?(?:共|累计)?(?:收到|新收|受理|主动公开|发布|公开)[^,。;]{0,20}\d"
)
_COMPARED = re.compile(r"同比|相比|较上|比上|上一?年|去年|下一?年|明年|将|计划")
_PERIOD = re.compile(r"(20\d\d)年1月1日(?:起)?(?:至|到|-|—)(?:(20\d\d)年)?12月31日")
_CARRIED = re.compile(r"结转(?:至|到)?下一?年度?[^,。;\d]{0,12}([1-9]\d*)[件条]")
_ALL_DONE = re.compile(r"(?:所有|全部)(?:申请|办件)?[^,。;]{0,6}(?:办结|办理完毕|办理完成|答复完毕)")
_FEE = re.compile(r"信息处理费|收费|费用")


def further_notes(cells: Sequence[Cell], checks: Sequence[Check], forms: dict[str, str]) -> list[Finding]:
    """Apply A5, A6, A8, A9 and C2. (A4 follows from A1 and A3 and is reported by them.)"""
    figures: dict[str, Figures] = {}
    for c in cells:
        if c.state == "value" and isinstance(c.value, int):
            figures.setdefault(c.table, {})[c.row, c.column] = c.value
    found: list[Finding] = []
    requests = figures.get("requests", {})
    if forms.get("requests"):
        found += _empty_columns(cells, forms["requests"])
    found += [
        finding("number_negative", c.where, cell="/".join(c.key), raw=c.raw.strip())
        for c in cells
        if c.table in ("requests", "review_and_litigation") and c.state == "text" and re.match(r"\s*-\s*\d", c.raw)
    ]
    for check in checks:
        if check.status != "fail" or check.rule not in ("A1", "A2", "A3", "B1"):
            continue
        if check.rule == "A1":
            found += _suspects(check.scope, requests)
        difference = abs(int(check.left or 0) - int(check.right or 0))
        if difference % 9 == 0:
            found.append(finding("suspect_transposition", rule=check.rule, scope=check.scope, difference=difference))
    if forms.get("proactive_disclosure") == "2021":
        found += _in_force(figures.get("proactive_disclosure", {}))
    return found


def _empty_columns(cells: Sequence[Cell], form: str) -> Iterator[Finding]:
    """A6: a column that is entirely blank, or entirely zero, while others are not."""
    columns: dict[str, list[Cell]] = {}
    for c in cells:
        if c.table == "requests":
            columns.setdefault(c.column, []).append(c)
    blank = {k for k, v in columns.items() if all(c.state == "blank" for c in v)}
    if blank and blank != columns.keys():
        for column in sorted(blank):
            yield finding("column_empty", table="requests", column=column, what="blank", what_zh=_STATES_ZH["blank"])
    # organisations rarely ask: a column of zeros is worth a note only where it is the persons' or the total's
    if any(c.value for v in columns.values() for c in v):
        for column in ("natural_person", "total"):
            if column in columns and all(c.value == 0 for c in columns[column]):
                yield finding("column_empty", table="requests", column=column, what="zero", what_zh=_STATES_ZH["zero"])


def _suspects(row: str, figures: Figures) -> Iterator[Finding]:
    """A8: would the row add up if it stood one column on, or if two neighbouring digits were one figure?"""
    columns = [c.key for c in load_form("requests", "2021").columns]
    values = [figures.get((row, c)) for c in columns]
    if any(v is None for v in values):
        return
    numbers = [v or 0 for v in values]
    for shifted in ([*numbers[1:], 0], [0, *numbers[:-1]]):
        if any(shifted) and sum(shifted[:-1]) == shifted[-1]:
            yield finding("suspect_shift", row=row)
            break
    for i in range(len(numbers) - 1):
        left, right = numbers[i], numbers[i + 1]
        if 0 < left < 10 and right < 10:
            joined = [*numbers[:i], left * 10 + right, *numbers[i + 2 :]]
            if sum(joined[:-1]) == joined[-1]:
                yield finding("suspect_split", row=row, left=left, right=right)


def _in_force(figures: Figures) -> Iterator[Finding]:
    """C2 within one report: issued less repealed is at most what is in force."""
    for row in ("rules", "normative_documents"):
        issued, repealed, in_force = (figures.get((row, c)) for c in ("issued", "repealed", "in_force"))
        if issued is None or repealed is None or in_force is None:
            continue
        if issued - repealed > in_force:
            yield finding("in_force_too_small", row=row, issued=issued, repealed=repealed, in_force=in_force)


def power_to_make_rules(cells: Sequence[Cell], issuer: str | None, code: str | None) -> Iterator[Finding]:
    """C6: 规章 over zero for a county's body or a department below the province."""
    if issuer is None or code is None:
        return
    county = not code.endswith("00")
    below_province = not code.endswith("0000")
    if not (county or (below_province and _DEPARTMENT.search(issuer))):
        return
    for c in cells:
        if c.row == "rules" and isinstance(c.value, int) and c.value > 0:
            yield finding("rules_without_power", c.where, issuer=issuer, value=c.value)
            return


def text_notes(sections: Sequence[Section], preface: str | None, year: int | None) -> Iterator[Finding]:
    """F2-F6: what the prose says of years, problems, fees, and against itself."""
    texts = {s.number: comparable_lines(s.text) for s in sections}
    if year is not None:
        for sentence in re.split(r"[。;!?\n]", texts.get(1, "")):
            match = _WORK.match(sentence)
            if match and abs(int(match["year"]) - year) == 1 and not _COMPARED.search(sentence):
                yield finding("year_in_text", year=match["year"], words=sentence[:40])
        for match in _PERIOD.finditer(comparable_lines(preface or "") + "\n" + texts.get(1, "")):
            if int(match[1]) != year:
                yield finding("period_conflict", year=year, other=match[1])
                break
    if 5 in texts and len(texts[5]) < 10:
        yield finding("section_five_empty")
    if 6 in texts and not _FEE.search(texts[6]):
        yield finding("fee_not_reported")
    everything = "\n".join(texts.values())
    carried = _CARRIED.search(everything)
    if carried and _ALL_DONE.search(everything):
        yield finding("text_contradicts_itself", number=carried[1])
