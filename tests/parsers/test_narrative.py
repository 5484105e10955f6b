"""Statements against the tables: each phrase with the quantities it may mean, and no other."""

from __future__ import annotations

import pytest

from parsers.model import Cell, Check, Section, Where
from parsers.narrative import check_narrative

HERE = Where(0, 0, 0)
TABLE = {
    ("new_received", "total"): 17, ("new_received", "natural_person"): 14, ("carried_in", "total"): 2,
    ("granted", "total"): 5, ("granted_partial", "total"): 1, ("denied.state_secret", "total"): 2,
    ("denied.third_party_rights", "total"): 1, ("unable.not_held", "total"): 4, ("other_handling", "total"): 2,
    ("total_processed", "total"): 15, ("carried_out", "total"): 4,
}  # fmt: skip
REVIEW = {("review", "total"): 170, ("review", "pending"): 36, ("suit_direct", "total"): 50, ("suit_direct", "pending"): 18,
          ("suit_after_review", "total"): 27, ("suit_after_review", "pending"): 2}  # fmt: skip


def checks(text: str) -> list[Check]:
    cells = [Cell("requests", r, c, "value", v, str(v), "verified", HERE) for (r, c), v in TABLE.items()]
    cells += [Cell("review_and_litigation", r, c, "value", v, str(v), "verified", HERE) for (r, c), v in REVIEW.items()]
    cells.append(Cell("proactive_disclosure", "normative_documents", "issued", "value", 3, "3", "stated", HERE))
    found, findings = check_narrative([Section(1, "一、总体情况", text)], cells)
    assert len(findings) == sum(c.status == "fail" for c in found)
    return found


@pytest.mark.parametrize(
    ("text", "scope", "status", "note"),
    [
        ("全年收到政府信息公开申请17件。", "new_received.total", "pass", None),
        ("全年共受理政府信息公开申请 19 件。", "new_received.total", "pass", "new_received+carried_in"),
        ("全年收到政府信息公开申请18件。", "new_received.total", "fail", None),
        ("2023年我单位未收到政府信息公开申请。", "new_received.total", "fail", None),
        ("上年度结转申请2件。", "carried_in.total", "pass", None),
        ("结转下年度继续办理4件。", "carried_out.total", "pass", None),
        ("其余4件结转下一年度。", None, None, None),
        ("以上申请均已办结。", "carried_out.total", "fail", None),
        ("已办结15件。", "total_processed.total", "pass", None),
        ("共答复13件。", "total_processed.total", "pass", "total_processed-other_handling"),
        ("其中予以公开5件，部分公开1件，不予公开3件。", "granted.total", "pass", None),
        ("其中不予公开3件。", "denied.total", "pass", None),
        ("其中不予公开5件。", "denied.total", "fail", None),
        ("制发规范性文件3件。", "normative_documents.issued", "pass", None),
        ("未制定规范性文件。", "normative_documents.issued", "fail", None),
        ("全市行政复议134件，行政诉讼57件。", "review.total", "pass", "review.total-pending"),
        ("全市行政诉讼57件。", "suit.total", "pass", "suit.total-pending"),
        ("同比去年收到申请9件。", None, None, None),
        ("区政府办代表区政府受理政府信息公开申请9件。", None, None, None),
        ("贯彻收到和处理政府信息公开申请的要求。", None, None, None),
    ],
)
def test_a_statement_is_held_against_what_it_may_mean(
    text: str, scope: str | None, status: str | None, note: str | None
) -> None:
    found = checks(text)
    if scope is None:
        assert found == []
        return
    first = found[0]
    assert (first.rule, first.scope, first.status, first.note) == ("F1", scope, status, note)


def test_a_quantity_that_is_not_printed_is_not_assessable() -> None:
    found, findings = check_narrative([Section(1, "一", "收到政府信息公开申请17件。")], [])
    assert [(c.status, c.left, c.right) for c in found] == [("not_assessable", 17, None)]
    assert findings == []
