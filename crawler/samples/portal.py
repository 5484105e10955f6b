"""One sample portal: which addresses it has on a day, and what each of them answers.

A portal knows two states, before and after `CHANGE_DAY`. Pages are rendered when first asked for, once for
each state, and kept.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crawler.samples import changes
from crawler.samples.carriers import carrier_of
from crawler.samples.families import FAMILIES
from crawler.samples.families.family import Asked, Listed, Printer
from crawler.samples.formats import FORMATS
from crawler.samples.formats.docx import write_notice
from crawler.samples.markup import article_body
from crawler.samples.pages import BOM, FORBIDDEN, Answer, Article, Column, Row, home, missing
from crawler.samples.places import Site
from crawler.samples.report import Plan, SampleReport, compose, describe

CHINA: Final = datetime.timezone(datetime.timedelta(hours=8), "CST")
MOVED_BY: Final = 500_000
"""What a moved page's new identifier exceeds its old one by."""

_NOTICE: Final = "关于做好政府信息公开申请办理工作的通知"
"""What one report in four attaches: no report."""


@dataclass(frozen=True, slots=True)
class OtherPage:
    """A page in a report column that is no report: `quirk` is non_report_in_list, or the carrier of the report that
    its letter attaches.
    """

    url: str
    title: str
    published: datetime.date
    quirk: str
    plan: Plan


class SamplePortal:
    """A portal with its columns, its reports and its answers; `stage` is 0 before the changes and 1 from
    them on.
    """

    def __init__(
        self,
        site: Site,
        columns: tuple[Column, ...],
        plans: Sequence[Plan],
        others: Sequence[tuple[str, Plan]],
        changed: datetime.datetime,
    ) -> None:
        self.slug = site.slug
        self.name = site.name
        self.family = site.family
        self.plays = FAMILIES[site.family]
        self.host = site.host
        self.place_code = site.places[0].code
        self.site = site
        self.columns = columns
        self._changed = changed
        self._plans = plans
        first = {plan.number: describe(plan, 0, self._url(plan, 0)) for plan in plans}
        second = {
            number: describe(report.plan, 1, self._url(report.plan, 1)) if report.plan.changes else report
            for number, report in first.items()
        }
        self._truths = (first, second)
        letters = [
            (name, plan)
            for plan in plans
            for name in plan.quirks
            if (carrier := carrier_of((name,))) is not None and carrier.letter
        ]
        self.others = tuple(self._other(quirk, plan) for quirk, plan in (*others, *letters))
        self._listed = tuple(
            Listed(site, columns, {column.path: self.rows(column, stage) for column in columns}) for stage in (0, 1)
        )
        self._pages: tuple[dict[str, Callable[[], Answer]], ...] = tuple(self._addresses(stage) for stage in (0, 1))
        self._sent: dict[tuple[int, str], Answer] = {}

    @property
    def declared(self) -> tuple[tuple[str, str], ...]:
        """What the portal's declaration names: addresses with the body they belong to ("" for many)."""
        return self.plays.declared(self._listed[0])

    @property
    def reports(self) -> tuple[SampleReport, ...]:
        """Every report as it first stands on the portal."""
        return tuple(self._truths[0].values())

    def reports_at(self, stage: int) -> tuple[SampleReport, ...]:
        """Return the reports that can be read in this state."""
        hidden = changes.UNREADABLE if stage else {"new"}
        return tuple(report for report in self._truths[stage].values() if hidden.isdisjoint(report.changes))

    def rows(self, column: Column, stage: int) -> tuple[Row, ...]:
        """Return the rows of a column's list in this state, newest first."""
        hidden = "withdrawn" if stage else "new"
        rows = [
            (plan.number, Row(report.url, report.title_printed, report.published))
            for plan in self._plans
            if self._column(plan) == column
            and hidden not in plan.changes
            and not _has_letter(plan)
            and (report := self._truths[stage][plan.number])
        ]
        rows += [
            (other.plan.number, Row(other.url, other.title, other.published))
            for other in self.others
            if self._column(other.plan) == column
        ]
        return tuple(row for _, row in sorted(rows, key=lambda pair: (pair[1].published, pair[0]), reverse=True))

    def answer(
        self,
        method: str,
        address: str,
        fields: Mapping[str, str],
        stage: int,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Answer:
        """Answer a request for an address on the host (its query included) in this state.

        `fields` are those of the query and of the form, `headers` by their names in small letters.
        """
        asked = Asked(method, address.partition("?")[0], fields, headers or {}, json)
        refusal = self.plays.refuse(asked)
        if refusal is not None:
            return refusal
        if method == "GET" and address in self._pages[stage]:
            return self._page(address, stage)
        answer = self.plays.answer(asked, self._listed[stage])
        if answer is not None:
            return answer
        if method != "GET":
            return Answer(b"", status=405)
        return Answer(self._encode(missing(self.site)), status=404)

    def _page(self, address: str, stage: int) -> Answer:
        kept = self._sent.get((stage, address))
        if kept is None:
            kept = self._sent[stage, address] = self._pages[stage][address]()
        return kept

    def _addresses(self, stage: int) -> dict[str, Callable[[], Answer]]:
        """List the addresses of a state with what makes their answers."""
        site = self.site
        pages: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._html(home(site, self.columns), self._start()),
            "/robots.txt": lambda: Answer(self.plays.robots.encode("ascii"), content_type="text/plain"),
            f"{FORBIDDEN}index.html": lambda: self._html(home(site, self.columns), self._start()),
        }
        for column in self.columns:
            printers = self.plays.list_pages(self._listed[stage], column)
            pages |= {address: self._list_page(printer, stage) for address, printer in printers.items()}
        for plan in self._plans:
            report = self._truths[stage][plan.number]
            if ("withdrawn" if stage else "new") in plan.changes:
                continue
            pages[report.url.removeprefix(f"http://{self.host}")] = self._report_page(report, stage)
            if _has_notice(plan):
                pages[self._file_path(plan, ".docx")] = self._notice(plan)
        for other in self.others:
            pages[other.url.removeprefix(f"http://{self.host}")] = self._other_page(other)
        return pages

    def _list_page(self, printer: Printer, stage: int) -> Callable[[], Answer]:
        modified = self._changed if stage else self._start()

        def page() -> Answer:
            printed = printer()
            return printed if isinstance(printed, Answer) else self._html(printed, modified)

        return page

    def _report_page(self, report: SampleReport, stage: int) -> Callable[[], Answer]:
        plan = report.plan
        if stage and "challenge" in plan.changes:
            return lambda: self.plays.challenge
        if stage and "soft_404" in plan.changes:
            return lambda: self._html(self.plays.removed(self.site, self.columns), self._changed)
        carrier = carrier_of(plan.quirks)
        if carrier is not None:
            return lambda: _file(report, carrier.format, _morning(plan.published))
        if stage and "replaced_by_pdf" in plan.changes:
            return lambda: _file(report, "pdf", self._changed)

        def page() -> Answer:
            manuscript = compose(plan, report.edition)
            article = self._article(plan, report.title_printed, article_body(manuscript, plan.seed))
            if _has_notice(plan):
                article = dataclasses.replace(
                    article, attachment=self._file_path(plan, ".docx"), attachment_name=f"{_NOTICE}.docx"
                )
            if stage and "republished" in plan.changes:
                article = dataclasses.replace(article, visits=article.visits + 1204)
            touched = stage and plan.changes and plan.changes != ("new",)
            modified = self._changed if touched else _morning(plan.published)
            return self._html(self.plays.article_page(self.site, article, self._column(plan)), modified, plan.quirks)

        return page

    def _other_page(self, other: OtherPage) -> Callable[[], Answer]:
        def page() -> Answer:
            plan = other.plan
            carrier = carrier_of((other.quirk,))
            text = (
                f"{plan.unit.name}对照{plan.year}年政府信息公开工作要点逐项自查，各项任务均已落实，特此函告。"
                if carrier is None
                else f"现将《{self._title(plan)}》报送你们，请查收。报告全文见附件。"
            )
            body = f"<p>各有关单位：</p>\n<p>{text}</p>\n<p>{plan.unit.name}</p>"
            article = self._article(plan, other.title, body)
            if carrier is not None:
                suffix = FORMATS[carrier.format].suffix
                article = dataclasses.replace(
                    article,
                    attachment=self._file_path(plan, suffix),
                    attachment_name=f"{self._title(plan)}{suffix}",
                )
            return self._html(
                self.plays.article_page(self.site, article, self._column(plan)), _morning(other.published)
            )

        return page

    def _article(self, plan: Plan, title: str, body: str = "") -> Article:
        return Article(
            title,
            plan.unit.name,
            plan.published,
            plan.number,
            body,
            quirks=plan.quirks,
            visits=17 + plan.number % 900,
        )

    def _url(self, plan: Plan, stage: int) -> str:
        """Return the address of the document that carries a report: its page, or the file."""
        carrier = carrier_of(plan.quirks)
        path = self._path(plan, stage) if carrier is None else self._file_path(plan, FORMATS[carrier.format].suffix)
        return f"http://{self.host}{path}"

    def _path(self, plan: Plan, stage: int) -> str:
        """Return the path of a plan's page."""
        number = plan.number + (MOVED_BY if stage and "moved" in plan.changes else 0)
        article = dataclasses.replace(self._article(plan, ""), number=number)
        return self.plays.article_path(self.site, self._column(plan), article)

    def _file_path(self, plan: Plan, suffix: str) -> str:
        """Return the path of a plan's file: attached to its page, or in place of it."""
        return self.plays.attachment_path(self.site, self._column(plan), self._article(plan, ""), suffix)

    def _notice(self, plan: Plan) -> Callable[[], Answer]:
        text = "请各单位严格按照《中华人民共和国政府信息公开条例》规定的期限答复申请人，并做好登记、审核和归档。"
        file = FORMATS["docx"]
        return lambda: Answer(
            write_notice(_NOTICE, ("各有关单位：", text, plan.unit.name)),
            content_type=file.content_type,
            modified=_morning(plan.published),
        )

    def _title(self, plan: Plan) -> str:
        return self._truths[0][plan.number].title_printed

    def _column(self, plan: Plan) -> Column:
        return next((column for column in self.columns if column.unit == plan.unit.name), self.columns[0])

    def _other(self, quirk: str, plan: Plan) -> OtherPage:
        title = (
            f"关于{plan.year}年政府信息公开工作要点落实情况的函"
            if carrier_of((quirk,)) is None
            else f"关于报送《{self._title(plan)}》的函"
        )
        return OtherPage(f"http://{self.host}{self._path(plan, 0)}", title, plan.published, quirk, plan)

    def _start(self) -> datetime.datetime:
        return self._changed - datetime.timedelta(days=changes.CHANGE_DAY)

    def _html(self, text: str, modified: datetime.datetime, quirks: tuple[str, ...] = ()) -> Answer:
        content_type = f"text/html;charset={self.site.charset}" if self.plays.names_charset else "text/html"
        body = BOM + text.encode("utf-8") if "byte_order_mark" in quirks else self._encode(text)
        return Answer(body, content_type=content_type, modified=modified)

    def _encode(self, text: str) -> bytes:
        return text.encode(self.site.encoding)


def _has_letter(plan: Plan) -> bool:
    carrier = carrier_of(plan.quirks)
    return carrier is not None and carrier.letter


def _has_notice(plan: Plan) -> bool:
    return plan.number % 4 == 0 and carrier_of(plan.quirks) is None


def _file(report: SampleReport, name: str, modified: datetime.datetime) -> Answer:
    """Answer with a report as a file of the named format."""
    file = FORMATS[name]
    return Answer(file.write(compose(report.plan, report.edition)), content_type=file.content_type, modified=modified)


def _morning(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(9, 30), CHINA)
