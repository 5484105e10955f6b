"""The figures of one body through the years: a consistent course, in which what is carried out of a year is carried into the next.

Every year has the figures of both generations of the tables; which are printed is the report's form. Consolidated reports add up
those of their parts. An event may change a year's figures before the next year's are made, so that the course goes on from what was
printed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from tests.corpus.forms import PERSONS, PROACTIVE, REQUEST_ROWS, REQUESTS, REVIEW, REVIEW_COLUMNS, REVIEW_ROWS
from tests.corpus.lists import LISTS, STATISTICS
from tests.decade.bodies import Body

Key = tuple[str, str, str]
Figures = dict[Key, int | str]
Hook = Callable[[Figures, Figures | None, random.Random], None]

COLUMNS = tuple(key for _, key in PERSONS)
ORGANISATIONS = COLUMNS[1:-1]
OUTER = ("new_received", "carried_in", "total_processed", "carried_out")
OUTCOMES = tuple(row for _, row in REQUEST_ROWS["2021"] if row not in OUTER)
ROWS = tuple(row for _, row in REQUEST_ROWS["2021"])
BLOCKS = tuple(row for _, row in REVIEW_ROWS)
RESULTS = tuple(column for _, column in REVIEW_COLUMNS)
POWERS = ("administrative_licensing", "administrative_penalty", "administrative_compulsion")
_WEIGHTS = {
    "granted": 46, "granted_partial": 8, "denied.internal_affairs": 3, "denied.process_information": 3,
    "denied.administrative_inquiry": 2, "denied.third_party_rights": 1, "denied.enforcement_case_file": 1,
    "unable.not_held": 22, "unable.must_be_created": 4, "unable.still_unclear": 3, "not_processed.petition_complaint": 3,
    "not_processed.duplicate": 2, "other_handling.no_correction": 2, "other_handling.other": 1,
}  # fmt: skip
_SIZES = {"province": 600, "city": 60, "county": 14}


def draw_course(
    body: Body,
    rng: random.Random,
    before: Iterable[Figures] = (),
    hooks: Mapping[int, Hook] | None = None,
    nature: Nature | None = None,
) -> dict[int, Figures]:
    """Draw a body's figures for each of its years; `before` are the last figures of those it took over."""
    nature = nature or Nature(body, rng)
    taken = list(before)
    course: dict[int, Figures] = {}
    previous: Figures | None = _joined(taken) if taken else None
    for year in body.years:
        figures = nature.year(year, previous, rng)
        hook = (hooks or {}).get(year)
        if hook is not None:
            hook(figures, previous, rng)
        course[year] = previous = figures
    return course


def _joined(taken: list[Figures]) -> Figures:
    """Return what bodies hand over to one: what they carried out, and their documents in force."""
    total = add_up(taken)
    return {key: value for key, value in total.items() if key[1] == "carried_out" or key[2] in ("in_force", "total_disclosed")}  # fmt: skip


def take_over(figures: Figures, taken: Figures) -> None:
    """Add to a year's figures what a body took over at its beginning: requests under way (done within the year) and documents."""
    for column in COLUMNS:
        more = _int(taken, (REQUESTS, "carried_out", column))
        for row in ("carried_in", "granted", "total_processed"):
            figures[REQUESTS, row, column] = _int(figures, (REQUESTS, row, column)) + more
    for row in ("rules", "normative_documents"):
        for column in ("in_force", "total_disclosed"):
            figures[PROACTIVE, row, column] = _int(figures, (PROACTIVE, row, column)) + _int(taken, (PROACTIVE, row, column))  # fmt: skip


def _int(figures: Figures, key: Key) -> int:
    return int(figures.get(key, 0))


class Nature:
    """What a body is like: how many requests it gets, what it decides, and how slowly that changes."""

    def __init__(self, body: Body, rng: random.Random) -> None:
        size = _SIZES[body.place.level] * {"office": 1.4, "department": 1.0, "zone": 0.6, "town": 0.3}.get(
            body.kind, 1.0
        )
        self.mean = 0.0 if body.kind == "town" and rng.random() < 0.4 else size * rng.lognormvariate(-0.2, 0.5)
        self.drift = rng.uniform(0.97, 1.07)
        self.natural = rng.uniform(0.7, 0.95)
        self.licences = rng.choice((0, 60, 60, 400, 3000)) * rng.uniform(1, 1.8) if body.kind == "department" else 0.0
        self.penalties = rng.choice((0, 0, 50, 500)) * rng.uniform(1, 1.8) if body.kind == "department" else 0.0
        self.fees = rng.choice((0, 30, 900)) * rng.uniform(1, 2) if body.kind == "department" else 0.0
        self.rules = body.place.level == "province" and body.kind == "office"
        self.documents = 0 if body.kind == "town" else rng.randint(2, 30)
        self.disclosed = rng.uniform(120, 4000)
        self.first = body.first

    def year(self, year: int, before: Figures | None, rng: random.Random) -> Figures:
        """Draw one year after another; `before` are the figures of the year before, or what was taken over."""
        self.mean *= self.drift
        figures: Figures = {}
        self._requests(figures, before, rng)
        self._review(figures, before, rng)
        self._documents(figures, before, rng)
        self._powers(figures, before, rng)
        self._lists(figures, rng)
        return figures

    def _requests(self, figures: Figures, before: Figures | None, rng: random.Random) -> None:
        for column in COLUMNS[:-1]:
            share = (
                self.natural
                if column == "natural_person"
                else (1 - self.natural) * (0.8 if column == "business" else 0.05)
            )
            new = _poisson(rng, self.mean * share)
            carried_in = _int(before or {}, (REQUESTS, "carried_out", column))
            open_ = new + carried_in
            carried_out = min(_poisson(rng, open_ * 0.06), open_)
            done = open_ - carried_out
            figures[REQUESTS, "new_received", column] = new
            figures[REQUESTS, "carried_in", column] = carried_in
            figures[REQUESTS, "carried_out", column] = carried_out
            figures[REQUESTS, "total_processed", column] = done
            for row in OUTCOMES:
                figures[REQUESTS, row, column] = 0
            for row in rng.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()), k=done):
                figures[REQUESTS, row, column] = _int(figures, (REQUESTS, row, column)) + 1
        total_columns(figures)

    def _review(self, figures: Figures, before: Figures | None, rng: random.Random) -> None:
        reviews = _poisson(rng, self.mean * 0.06)
        pending = _int(before or {}, (REVIEW, "review", "pending"))
        counts = {
            "review": reviews,
            "suit_direct": _poisson(rng, self.mean * 0.02),
            "suit_after_review": _poisson(rng, self.mean * 0.01) if reviews else 0,
        }
        for block, count in counts.items():
            if block != "review":
                pending = _int(before or {}, (REVIEW, block, "pending"))
            if block == "suit_after_review" and pending and not reviews:
                reviews = 1
            parts = dict.fromkeys(RESULTS[:-1], 0)
            for result in rng.choices(RESULTS[:-1], (60, 12, 20, 8), k=count):
                parts[result] += 1
            parts["upheld"] += pending  # what was pending is decided in the year after
            for result in RESULTS[:-1]:
                figures[REVIEW, block, result] = parts[result]
            figures[REVIEW, block, "total"] = sum(parts.values())
        if _int(figures, (REVIEW, "suit_after_review", "total")) and not _int(figures, (REVIEW, "review", "total")):
            figures[REVIEW, "review", "upheld"] = figures[REVIEW, "review", "total"] = 1

    def _documents(self, figures: Figures, before: Figures | None, rng: random.Random) -> None:
        for row, busy in (("rules", self.rules), ("normative_documents", self.documents > 0)):
            held = (PROACTIVE, row, "in_force")
            in_force = _int(before, held) if before is not None else (rng.randint(20, 60) if row == "rules" else self.documents) if busy else 0  # fmt: skip
            issued = _poisson(rng, 2.2) if busy else 0
            repealed = min(_poisson(rng, 1.8), in_force) if busy else 0
            figures[PROACTIVE, row, "issued"] = figures[PROACTIVE, row, "made"] = issued
            figures[PROACTIVE, row, "repealed"] = repealed
            figures[PROACTIVE, row, "newly_disclosed"] = issued
            figures[held] = figures[PROACTIVE, row, "total_disclosed"] = in_force + issued - repealed

    def _powers(self, figures: Figures, before: Figures | None, rng: random.Random) -> None:
        means = (self.licences, self.penalties, self.penalties * 0.1)
        for row, mean in zip(POWERS, means, strict=True):
            figures[PROACTIVE, row, "decisions"] = round(mean * rng.uniform(0.8, 1.25))
        for row in (*POWERS, "other_external_services", "administrative_fees"):
            items = (PROACTIVE, row, "prior_items")
            change = (PROACTIVE, row, "change")
            if before is not None and items in before:
                figures[items] = _int(before, items) + _int(before, change)
            else:
                figures[items] = rng.randint(5, 90) if self.licences or self.penalties or self.fees else 0
            figures[change] = max(rng.randint(-3, 4), -_int(figures, items)) if _int(figures, items) else 0
        figures[PROACTIVE, "other_external_services", "decisions"] = round(self.licences * 0.2 * rng.uniform(0.8, 1.25))
        fee = Decimal(round(self.fees * rng.uniform(0.8, 1.25) * 10000)).scaleb(-4)
        figures[PROACTIVE, "administrative_fees", "amount_wan_yuan"] = _plain(fee)
        spent = round(self.disclosed * 900 * rng.uniform(0.7, 1.4)) if self.documents else 0
        figures[PROACTIVE, "central_procurement", "projects"] = min(spent // 60000, 40)
        figures[PROACTIVE, "central_procurement", "amount_yuan"] = str(spent)

    def _lists(self, figures: Figures, rng: random.Random) -> None:
        """Draw the lists before 2019: what they share with the tables says the same, the rest is its own."""
        total = {row: _int(figures, (REQUESTS, row, "total")) for row in ROWS}
        refused = sum(v for k, v in total.items() if k.startswith("denied."))
        absent = sum(v for k, v in total.items() if k.startswith("unable."))
        other = total["total_processed"] - total["granted"] - total["granted_partial"] - refused - absent
        ways = _split(rng, total["new_received"], 4)
        reviews = [_int(figures, (REVIEW, "review", column)) for column in RESULTS]
        suits = [sum(_int(figures, (REVIEW, b, c)) for b in BLOCKS[1:]) for c in RESULTS]
        disclosed = round(self.disclosed * rng.uniform(0.75, 1.3)) if self.mean or self.documents else 0
        known = {
            "disclosed_total": disclosed, "disclosed_fulltext": round(disclosed * 0.9), "disclosed_normative_documents": total_of(figures, "issued"),
            "normative_documents_issued": total_of(figures, "issued"), "new_normative_documents": total_of(figures, "issued"),
            "channel_website": round(disclosed * 0.8), "requests_received": total["new_received"], "requests_total": total["new_received"],
            **dict(zip(("requests_in_person", "requests_fax", "requests_web", "requests_letter"), ways, strict=True)),
            "requests_closed": total["total_processed"], "closed_on_time": total["total_processed"], "replies_total": total["total_processed"],
            "reply_granted": total["granted"], "reply_partial": total["granted_partial"], "reply_refused": refused, "refused_other_legal": refused,
            "reply_not_exist": absent, "reply_other_channel": other, "replies_granted": total["granted"], "replies_partial": total["granted_partial"],
            "replies_refused": refused + absent + other, "refused_not_exist": absent, "refused_other": refused + other,
            "review_total": reviews[-1], "review_upheld": reviews[0], "review_corrected": reviews[1], "review_other": reviews[-1] - reviews[0] - reviews[1],
            "reviews": reviews[-1], "suits": suits[-1], "suit_total": suits[-1], "suit_upheld": suits[0], "suit_corrected": suits[1],
            "suit_other": suits[-1] - suits[0] - suits[1], "offices": 1, "reading_points": 1, "staff_total": 3, "staff_full_time": 1, "staff_part_time": 2,
            "meetings": rng.randint(1, 5), "training_courses": rng.randint(1, 4), "trainees": rng.randint(10, 90), "policy_explanations": rng.randint(0, 30),
        }  # fmt: skip
        for rows in LISTS.values():
            for row in rows:
                if row.key:
                    figures[STATISTICS, row.key, "value"] = known.get(row.key, 0)
        if not self.mean and not self.documents:  # a body to which nothing happens says so in every line
            for key in [k for k in figures if k[0] == STATISTICS]:
                figures[key] = 0


def total_of(figures: Figures, column: str) -> int:
    """Return a figure of both kinds of documents together."""
    return sum(_int(figures, (PROACTIVE, row, column)) for row in ("rules", "normative_documents"))


def total_columns(figures: Figures) -> None:
    """Write the totals of table three anew."""
    for row in ROWS:
        figures[REQUESTS, row, "total"] = sum(_int(figures, (REQUESTS, row, c)) for c in COLUMNS[:-1])
    for column in COLUMNS:
        figures[REQUESTS, "other_handling", column] = sum(_int(figures, (REQUESTS, row, column)) for row in ROWS if row.startswith("other_handling."))  # fmt: skip


def add_up(parts: Iterable[Figures]) -> Figures:
    """Add figures up, amounts of money with their decimals."""
    sums: dict[Key, Decimal] = {}
    for part in parts:
        for key, value in part.items():
            sums[key] = sums.get(key, Decimal(0)) + Decimal(value)
    return {key: _plain(value) if key[2].startswith("amount") else int(value) for key, value in sums.items()}


def is_idle(figures: Mapping[Key, int | str]) -> bool:
    """Tell whether every figure is nought."""
    return all(Decimal(value) == 0 for value in figures.values())


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _poisson(rng: random.Random, mean: float) -> int:
    """Draw a number of events, of many by their normal curve."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    limit, count, product = 2.718281828459045**-mean, 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _split(rng: random.Random, total: int, parts: int) -> list[int]:
    cuts = sorted(rng.randint(0, total) for _ in range(parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
