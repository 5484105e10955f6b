"""One sample portal: which addresses it has on a day, and what each of them answers.

A portal knows two states, before and after `CHANGE_DAY`. Pages are rendered when first asked for, once for
each state, and kept.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.samples import changes
from crawler.samples.carriers import carrier_of
from crawler.samples.families import jcms, trs, ucap
from crawler.samples.formats import FORMATS
from crawler.samples.formats.docx import write_notice
from crawler.samples.markup import article_body
from crawler.samples.pages import (
    BOM,
    Answer,
    Article,
    Column,
    ListPage,
    Row,
    home,
    missing,
)
from crawler.samples.places import Site
from crawler.samples.report import Plan, SampleReport, compose, describe

CHINA: Final = datetime.timezone(datetime.timedelta(hours=8), "CST")
MOVED_BY: Final = 500_000
"""What a moved page's new identifier exceeds its old one by."""

_PAGE_SIZE_LIMIT: Final = 300
"""Records the JCMS proxy sends at once, at most."""

_NOTICE: Final = "关于做好政府信息公开申请办理工作的通知"
"""What one report in four attaches: no report."""

CRAWL_DELAY: Final = 0.5
FORBIDDEN: Final = "/nbsj/"


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
        self._pages: tuple[dict[str, Callable[[], Answer]], ...] = tuple(self._addresses(stage) for stage in (0, 1))
        self._sent: dict[tuple[int, str], Answer] = {}

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

    def answer(self, method: str, path: str, query: Mapping[str, str], stage: int) -> Answer:
        """Answer a request for a path (with its query where the address has one) in this state."""
        if method == "POST":
            if self.family == "jcms" and path == jcms.PROXY:
                return self._records(query, stage)
            return Answer(b"", status=405)
        return self._page(path, stage)

    def _page(self, path: str, stage: int) -> Answer:
        kept = self._sent.get((stage, path))
        if kept is None:
            page = self._pages[stage].get(path)
            if page is None:
                return self._not_there(path)
            kept = self._sent[stage, path] = page()
        return kept

    def _not_there(self, path: str) -> Answer:
        if self.family == "trs" and any(
            path.startswith(f"{column.path}index_") and path.endswith(".html") for column in self.columns
        ):
            return Answer(trs.STUB.encode("ascii"))
        return Answer(self._encode(missing(self.site)), status=404)

    def _addresses(self, stage: int) -> dict[str, Callable[[], Answer]]:
        """List the addresses of a state with what makes their answers."""
        site = self.site
        pages: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._html(home(site, self.columns), self._start()),
            "/robots.txt": lambda: Answer(self._robots().encode("ascii"), content_type="text/plain"),
            f"{FORBIDDEN}index.html": lambda: self._html(home(site, self.columns), self._start()),
        }
        for column in self.columns:
            pages |= self._list_addresses(column, stage)
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

    def _list_addresses(self, column: Column, stage: int) -> dict[str, Callable[[], Answer]]:
        rows = self.rows(column, stage)
        count = max(1, math.ceil(len(rows) / column.page_size))
        render = {"trs": trs.list_page, "jcms": jcms.list_page, "ucap": ucap.list_page}[self.family]
        modified = self._changed if stage else self._start()

        def page(number: int) -> Callable[[], Answer]:
            shown = rows[(number - 1) * column.page_size : number * column.page_size]
            listing = ListPage(column, shown, number, count, len(rows))
            return lambda: self._html(render(self.site, listing), modified)

        if self.family == "jcms":
            return {column.path: page(1)}
        if self.family == "ucap":
            stem = column.path.removesuffix(".shtml")
            return {column.path: page(1)} | {f"{stem}_{n}.shtml": page(n) for n in range(2, count + 1)}
        addresses = {f"{column.path}index_{n - 1}.html": page(n) for n in range(2, count + 1)}
        return {column.path: page(1), f"{column.path}index.html": page(1)} | addresses

    def _records(self, query: Mapping[str, str], stage: int) -> Answer:
        """Answer the JCMS proxy: records `startrecord` to `endrecord` of a column, counted from 1."""
        column = next((one for one in self.columns if str(one.number) == query.get("columnid")), None)
        try:
            first, last = int(query["startrecord"]), int(query["endrecord"])
        except (KeyError, ValueError):
            column = None
        if column is None:
            return Answer(b"", status=500)
        rows = self.rows(column, stage)
        shown = rows[max(first, 1) - 1 : min(last, max(first, 1) + _PAGE_SIZE_LIMIT - 1)]
        if not shown:
            return Answer(jcms.PAST_THE_END.encode("ascii"), content_type="text/xml")
        number = (first - 1) // column.page_size + 1
        listing = ListPage(column, shown, number, math.ceil(len(rows) / column.page_size), len(rows))
        return Answer(jcms.datastore(listing).encode("utf-8"), content_type="text/xml;charset=utf-8")

    def _report_page(self, report: SampleReport, stage: int) -> Callable[[], Answer]:
        plan = report.plan
        if stage and "challenge" in plan.changes:
            return lambda: changes.challenge(self.site)
        if stage and "soft_404" in plan.changes:
            return lambda: self._html(changes.soft_404(self.site, self.columns), self._changed)
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
            return self._html(self._render(article, self._column(plan)), modified, plan.quirks)

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
            return self._html(self._render(article, self._column(plan)), _morning(other.published))

        return page

    def _render(self, article: Article, column: Column) -> str:
        if self.family == "jcms":
            return jcms.article_page(self.site, article, column.path, column.number)
        return {"trs": trs.article_page, "ucap": ucap.article_page}[self.family](self.site, article, column.path)

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
        column = self._column(plan)
        if self.family == "trs":
            return trs.article_path(column.path, article)
        if self.family == "jcms":
            return jcms.article_path(column.number, article)
        return ucap.article_path(column.path.rpartition("/")[0] + "/", article)

    def _file_path(self, plan: Plan, suffix: str) -> str:
        """Return the path of a plan's file: attached to its page, or in place of it."""
        article = self._article(plan, "")
        column = self._column(plan)
        if self.family == "trs":
            return trs.attachment_path(column.path, article, suffix)
        if self.family == "jcms":
            return jcms.attachment_path(article, suffix)
        return ucap.attachment_path(column.path.rpartition("/")[0] + "/", article, suffix)

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

    def _robots(self) -> str:
        if self.family == "ucap":
            return f"User-agent: *\nDisallow: {FORBIDDEN}\nCrawl-delay: {CRAWL_DELAY}\n"
        return "User-agent: *\nDisallow:\n"

    def _start(self) -> datetime.datetime:
        return self._changed - datetime.timedelta(days=changes.CHANGE_DAY)

    def _html(self, text: str, modified: datetime.datetime, quirks: tuple[str, ...] = ()) -> Answer:
        # a static TRS site says nothing of the charset in its headers; the others do
        content_type = "text/html" if self.family == "trs" else f"text/html;charset={self.site.charset}"
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
