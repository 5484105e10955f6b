"""Events that happen to figures: a clerk mistypes, copies, forgets or changes the unit; beside each, what only looks like it."""

from __future__ import annotations

import random
from decimal import Decimal

from tests.corpus.forms import PERSONS, PROACTIVE, REQUESTS, REVIEW
from tests.decade.bodies import Body
from tests.decade.figures import POWERS, RESULTS, Figures, Key, is_idle, total_columns
from tests.decade.forms import forms_of, prints_blanks
from tests.decade.plan import Event, Fix, Plan

_FEE: Key = (PROACTIVE, "administrative_fees", "amount_wan_yuan")
_LICENCES: Key = (PROACTIVE, "administrative_licensing", "decisions")
_ALL_COLUMNS = tuple(key for _, key in PERSONS)


def _at(figures: Figures, row: str, column: str) -> int:
    return int(figures[REQUESTS, row, column])


def _shift_carry_over(figures: Figures, column: str, by: int) -> bool:
    """Write another number carried in, with new requests to match, so that every sum holds; False where there are too few."""
    if _at(figures, "new_received", column) - by < 0 or _at(figures, "carried_in", column) + by < 0:
        return False
    figures[REQUESTS, "carried_in", column] = _at(figures, "carried_in", column) + by
    figures[REQUESTS, "new_received", column] = _at(figures, "new_received", column) - by
    total_columns(figures)
    return True


def _carry_over_mistyped(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    by = rng.choice((1, 1, 2, 3, -1))

    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if _shift_carry_over(figures, "natural_person", by) or _shift_carry_over(figures, "natural_person", 1):
            plan.expect("D1", body, year, ("natural_person",), "carry-over mistyped")
            plan.expect("D1", body, year, ("total",), "carry-over mistyped")

    plan.hook(body, year, hook)


def _carry_over_in_wrong_column(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        for one, other in (("natural_person", "business"), ("business", "natural_person")):
            if _at(figures, "carried_in", one) and _at(figures, "new_received", other):
                _shift_carry_over(figures, one, -1)
                _shift_carry_over(figures, other, 1)
                plan.expect("D1", body, year, (one,), "carry-over in the wrong column")
                plan.expect("D1", body, year, (other,), "carry-over in the wrong column")
                return

    plan.hook(body, year, hook)


def _after_renaming(plan: Plan, body: Body, year: int) -> bool:
    before = next((s.before for s in plan.land.successions if s.after == body and s.fate == "renamed"), None)
    return before is not None and year == body.first and (before.key, year - 1) not in plan.used


def _carry_over_mistyped_after_renaming(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.used |= {(s.before.key, year - 1) for s in plan.land.successions if s.after == body}
    _carry_over_mistyped(plan, body, year, rng)


def _carry_over_corrected(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if before is not None and _shift_carry_over(figures, "natural_person", 2):
            for column in ("natural_person", "total"):
                cell = (REQUESTS, "carried_in", column)
                plan.fixes.append(Fix(body.key, year, cell, _at(before, "carried_out", column)))
            plan.miss("D1", body, year, "a mistyped carry-over that a person corrected")

    plan.hook(body, year, hook)


def _carry_over_breaks_sums(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def printed(figures: Figures) -> dict[Key, str]:
        return {(REQUESTS, "carried_in", "natural_person"): str(_at(figures, "carried_in", "natural_person") + 3)}

    plan.printed[body.key, year] = printed
    plan.miss("D1", body, year, "a carry-over that breaks the report's own sums: the cell is disputed")


def _carried_out_left_blank(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    blank = rng.choice(("", "-"))
    plan.printed[body.key, year - 1] = lambda figures: {
        (REQUESTS, "carried_out", column): blank for column in _ALL_COLUMNS
    }
    plan.miss("D1", body, year, "nothing was printed as carried out the year before")


def _report_between_missing(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.missing.add((body.key, year - 1))
    plan.expect("E5", body, year - 1, ("",), "no report")
    plan.miss("D1 C1 D3 D2", body, year, "the report between is missing")


def _in_force_mistyped(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    by = rng.choice((-2, -1, 1, 3, 10))

    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        key = (PROACTIVE, "normative_documents", "in_force")
        change = by if int(figures[key]) + by > int(figures[PROACTIVE, "normative_documents", "issued"]) else 2
        figures[key] = int(figures[key]) + change
        plan.expect("C1", body, year, ("normative_documents",), "documents in force do not add up")

    plan.hook(body, year, hook)


def _in_force_left_blank(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.printed[body.key, year - 1] = lambda figures: {
        (PROACTIVE, "normative_documents", "in_force"): rng.choice(("", "/"))
    }

    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        figures[PROACTIVE, "normative_documents", "in_force"] = int(
            figures[PROACTIVE, "normative_documents", "in_force"]
        ) + 2  # fmt: skip

    plan.hook(body, year, hook)
    plan.miss("C1", body, year, "nothing was printed as in force the year before")


def _copied(figures: Figures, before: Figures) -> None:
    for key in figures:
        if key in before:
            figures[key] = before[key]


def _figures_copied(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if before is not None and not is_idle(before):
            _copied(figures, before)
            plan.expect("D3", body, year, ("figures",), "figures copied from last year")

    plan.hook(body, year, hook)


def _copied_but_one(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if before is None or is_idle(before):
            return
        _copied(figures, before)
        figures[_LICENCES] = int(figures[_LICENCES]) + 1
        plan.miss("D3", body, year, "the same figures but one")

    plan.hook(body, year, hook)


def _same_forms(plan: Plan, body: Body, year: int) -> bool:
    return forms_of(body, year) == forms_of(body, year - 1)


def both_2021(plan: Plan, body: Body, year: int) -> bool:
    return _same_forms(plan, body, year) and forms_of(body, year)[PROACTIVE] == "2021"


def _amount_in_yuan(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if Decimal(figures[_FEE]) > 0 and before is not None and Decimal(before[_FEE]) > 0:
            figures[_FEE] = str(int(Decimal(figures[_FEE]) * 10000))
            plan.expect(
                "C4", body, year, ("administrative_fees.amount_wan_yuan",), "an amount in yuan for ten thousands"
            )

    plan.hook(body, year, hook)


def _amount_in_yuan_and_said(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def printed(figures: Figures) -> dict[Key, str]:
        return {_FEE: str(int(Decimal(figures[_FEE]) * 10000)), (PROACTIVE, "unit", "yuan"): ""}

    plan.printed[body.key, year] = printed
    plan.miss("C4 D5", body, year, "an amount in yuan, and the header says so")


def _amount_fifty_fold(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        figures[_FEE] = str(Decimal(figures[_FEE]) * 50)

    plan.hook(body, year, hook)
    plan.miss("C4", body, year, "an amount that rose fiftyfold")


def _jump(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if before is not None and int(before[_LICENCES]) >= 30:
            figures[_LICENCES] = int(before[_LICENCES]) * rng.randint(16, 40)
            plan.expect("D5", body, year, ("administrative_licensing.decisions",), "a jump of more than tenfold")

    plan.hook(body, year, hook)


def _sixfold(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        if before is not None and int(before[_LICENCES]) >= 30:
            figures[_LICENCES] = int(before[_LICENCES]) * 6
            plan.miss("D5", body, year, "a rise of sixfold")

    plan.hook(body, year, hook)


def _few_become_many(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def one(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        figures[PROACTIVE, POWERS[2], "decisions"] = 1

    def many(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        figures[PROACTIVE, POWERS[2], "decisions"] = 17
        plan.miss("D5", body, year, "one became seventeen: too few to tell")

    for earlier in (year - 3, year - 2, year - 1):
        plan.hook(body, earlier, one)
    plan.hook(body, year, many)


def _items_mistyped(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def hook(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        key = (PROACTIVE, "administrative_licensing", "prior_items")
        if before is not None and int(figures[key]):
            figures[key] = int(figures[key]) + 5
            plan.expect("C5", body, year, ("administrative_licensing.prior_items",), "items that do not follow on")

    plan.hook(body, year, hook)


def _set_review(figures: Figures, block: str, *parts: int) -> None:
    for result, value in zip(RESULTS, (*parts, sum(parts)), strict=True):
        figures[REVIEW, block, result] = value


def _suit_without_review(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def quiet(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        _set_review(figures, "review", 0, 0, 0, 0)
        _set_review(figures, "suit_after_review", 0, 0, 0, 0)

    def sued(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        quiet(figures, before, rng)
        _set_review(figures, "suit_after_review", 1, 0, 0, 0)

    plan.hook(body, year - 1, quiet)
    plan.hook(body, year, sued)
    plan.expect("B3", body, year, ("",), "a suit after a review that never was")


def _suit_after_last_years_review(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    def reviewed(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        _set_review(figures, "review", 1, 0, 0, 0)
        _set_review(figures, "suit_after_review", 0, 0, 0, 0)

    def sued(figures: Figures, before: Figures | None, rng: random.Random) -> None:
        _set_review(figures, "review", 0, 0, 0, 0)
        _set_review(figures, "suit_after_review", 1, 0, 0, 0)

    plan.hook(body, year - 1, reviewed)
    plan.hook(body, year, sued)
    plan.miss("B3", body, year, "a suit after last year's review")


def _pending_lost(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.hook(body, year - 1, lambda figures, before, rng: _set_review(figures, "review", 2, 0, 0, 5))
    plan.hook(body, year, lambda figures, before, rng: _set_review(figures, "review", 1, 0, 1, 0))
    plan.expect("B4", body, year, ("review",), "cases pending that were never decided")


def _pending_decided(plan: Plan, body: Body, year: int, rng: random.Random) -> None:
    plan.hook(body, year - 1, lambda figures, before, rng: _set_review(figures, "review", 2, 0, 0, 5))
    plan.hook(body, year, lambda figures, before, rng: _set_review(figures, "review", 3, 1, 0, 1))
    plan.miss("B4", body, year, "as many decided as were pending")


def _prints_all(plan: Plan, body: Body, year: int) -> bool:
    return not prints_blanks(body)


_OFFICES = ("department", "office")

EVENTS = (
    Event(
        "carry-over mistyped after a renaming",
        _carry_over_mistyped_after_renaming,
        6,
        kinds=_OFFICES,
        before=0,
        fits=_after_renaming,
    ),
    Event("carry-over mistyped", _carry_over_mistyped, 16, kinds=_OFFICES),
    Event("carry-over in the wrong column", _carry_over_in_wrong_column, 8, kinds=_OFFICES, fits=_prints_all),
    Event("carry-over corrected", _carry_over_corrected, 5, kinds=_OFFICES),
    Event("carry-over breaks sums", _carry_over_breaks_sums, 6, kinds=_OFFICES, harms=True),
    Event("carried out left blank", _carried_out_left_blank, 6, kinds=_OFFICES, harms=True),
    Event("report between missing", _report_between_missing, 10, 2021, harms=True),
    Event("in force mistyped", _in_force_mistyped, 16, 2022, kinds=_OFFICES, fits=both_2021),
    Event("in force left blank", _in_force_left_blank, 6, 2022, kinds=_OFFICES, harms=True, fits=both_2021),
    Event("figures copied", _figures_copied, 14, 2013, kinds=_OFFICES, fits=_same_forms),
    Event("copied but one", _copied_but_one, 8, 2020, kinds=_OFFICES, fits=_same_forms),
    Event("amount in yuan", _amount_in_yuan, 20, 2022, kinds=("department",), fits=both_2021),
    Event("amount in yuan and said", _amount_in_yuan_and_said, 6, 2022, kinds=("department",), fits=both_2021),
    Event("amount fifty-fold", _amount_fifty_fold, 6, 2022, kinds=("department",), fits=both_2021),
    Event("jump", _jump, 24, 2022, kinds=("department",), before=3),
    Event("sixfold", _sixfold, 10, 2022, kinds=("department",), before=3),
    Event("few become many", _few_become_many, 6, 2022, kinds=("department",), before=3),
    Event("items mistyped", _items_mistyped, 14, 2020, 2020, kinds=("department",)),
    Event("suit without review", _suit_without_review, 6, 2020),
    Event("suit after last year's review", _suit_after_last_years_review, 6, 2020),
    Event("pending lost", _pending_lost, 6, 2020, kinds=_OFFICES),
    Event("pending decided", _pending_decided, 6, 2020, kinds=_OFFICES),
)
