"""Renders pages whose content is made by script (extra `browser`), in a browser that is cut off from the network.

Guarantees: the page itself is fetched as every other, so that guard, robots.txt, pace, size limit and the recognition of
challenges apply to it, and a challenge is never given to a browser to solve; what its scripts ask for is fetched by the
crawl as well, under the same rules, one request after the other, and only documents, scripts and data of the portal's
declared hosts; no cookie is kept or sent, no second page is opened. Whatever was refused to a script is a finding. The
rendered page replaces the body as UTF-8 with a byte order mark, and is flagged RENDERED.
"""

from __future__ import annotations

import asyncio
import codecs
from collections import defaultdict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as Wanted
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod
from scrapy_playwright.provider import PlaywrightBrowserProvider

from archive.crawls.reasons import Reason, finding, reason
from crawler.browser import RENDER_TIMEOUT
from crawler.capture import RENDERED
from crawler.guard import GuardRefused
from crawler.hosts import NotSent
from crawler.outcomes import NotRendered
from crawler.politeness import OF_SCRIPT, PoliteHandler, RobotsMiddleware, header_pairs, verdict_of
from parsers.errors import UsageError

MAX_REQUESTS = 100
"""Most that the scripts of one page may ask for; the portals seen ask for under twenty."""

MAX_SCREENS = 2
"""Most pages open at once, of different hosts; one may take hundreds of MB."""

MAX_SCRIPTS = 100
"""Most script files kept, so that the pages of a list do not ask for the same ones again and again."""

SETTLE = 10.0
"""Seconds after loading for which a page may go on asking before it is taken as it stands."""

_KINDS = frozenset({"document", "script", "xhr", "fetch"})
_FORWARDED = ("accept", "content-type", "referer", "x-requested-with")
_UNSENT = ("Set-Cookie", "Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection")


def refuse_all(wanted: Wanted) -> bool:
    """Refuse what was not answered by a Screen."""
    return True


class LateBrowser(PlaywrightBrowserProvider):
    """Starts Playwright with the first page that is rendered: there is a handler for http and one for https."""

    async def start(self) -> None:
        """Start nothing yet."""

    async def launch_browser(self) -> Browser:
        """Start Playwright, and Chromium."""
        if self.playwright is None:
            await super().start()
        return await super().launch_browser()

    async def close(self) -> None:
        """Stop what was started, once."""
        if self.playwright is not None:
            await self.playwright.stop()


class RenderingHandler(ScrapyPlaywrightDownloadHandler, PoliteHandler):
    """Fetches as PoliteHandler does, and renders what comes for a request with `render` in its meta."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._turns_to_render: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(MAX_SCREENS)
        self._scripts: dict[str, Response] = {}

    async def download_request(self, request: Request) -> Response:
        """Return the page with the body that its scripts made; anything but a page as it came.

        Raises what PoliteHandler raises, DownloadTimeoutError, DownloadCancelledError and NotRendered.
        """
        if not request.meta.get("render"):
            return await super().download_request(request)
        # a page's frame may be unchanged while the rows that its scripts fetch are not
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        came = self.decoded(request, await super().download_request(request))
        if came.status != 200 or not isinstance(came, HtmlResponse) or "dataloss" in came.flags or verdict_of(came)[0]:
            return came
        async with self._turns_to_render[urlsplit(request.url).hostname or ""], self._places:
            text = await self._render(request, came)
        body = codecs.BOM_UTF8 + text.encode("utf-8", "replace")
        if len(body) > self._crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise DownloadCancelledError(f"the rendered page has {len(body)} bytes")
        return came.replace(body=body, encoding="utf-8", flags=[*came.flags, RENDERED])

    def known(self, wanted: Wanted) -> Response | None:
        """Return the script file that a page of this crawl has had already, or None."""
        return self._scripts.get(wanted.url) if wanted.resource_type == "script" else None

    async def fetch(self, request: Request, *, script: bool) -> Response:
        """Fetch what a page asks for; a script file is kept for the pages to come."""
        response = self.decoded(request, await super().download_request(request))
        if script and response.status == 200 and len(self._scripts) < MAX_SCRIPTS:
            self._scripts[request.url] = response
        return response

    def decoded(self, request: Request, response: Response) -> Response:
        """Return the response without its content-encoding, as Scrapy decodes it, size limit included."""
        decoder = self._crawler.get_downloader_middleware(HttpCompressionMiddleware)
        decoded: Response = decoder.process_response(request, response)
        return decoded

    async def _render(self, request: Request, came: HtmlResponse) -> str:
        """Return the text of the page once its scripts have run."""
        try:
            await self._maybe_launch_browser()
        except PlaywrightError as error:
            raise UsageError(f"Chromium does not start: {error}", f"Chromium 无法启动：{error}") from error
        screen = Screen(self, request, came)
        shown = request.replace(method="GET", meta=screen.meta())
        try:
            async with asyncio.timeout(RENDER_TIMEOUT):
                response = await super().download_request(shown)
        except (TimeoutError, PlaywrightTimeoutError) as error:
            raise DownloadTimeoutError(f"rendering took more than {RENDER_TIMEOUT:g} seconds") from error
        except PlaywrightError as error:
            raise NotRendered(error.message) from error
        finally:
            screen.closed = True
            wrapper = self.context_wrappers.get(screen.name)
            if wrapper is not None:
                with suppress(PlaywrightError):  # a browser that crashed has closed it
                    await wrapper.context.close()
        if screen.cut_off is not None:  # what was seen of half a page is not kept as if it were the whole
            raise screen.cut_off
        return str(response.text)


class Screen:
    """One page that is shown to the browser, and the answers to what its scripts ask for."""

    def __init__(self, handler: RenderingHandler, request: Request, came: HtmlResponse) -> None:
        self.name = f"{id(self)} {request.url}"
        self.closed = False
        self.cut_off: NotSent | None = None
        self._handler = handler
        self._crawler = handler._crawler
        self._session = self._crawler.spider.session
        self._portal = self._session.portals[request.meta["item"].portal]
        self._request = request
        self._came = came
        self._shown = False
        self._asked = 0

    def meta(self) -> dict[str, Any]:
        """Return what scrapy-playwright is told: a context of its own, so that no page knows of another."""
        return {
            "item": self._request.meta["item"],
            "playwright": True,
            "playwright_context": self.name,
            "playwright_context_kwargs": {"service_workers": "block", "accept_downloads": False, "locale": "zh-CN"},
            "playwright_page_init_callback": self.prepare,
            "playwright_page_methods": [PageMethod(_settle)],
        }

    async def prepare(self, page: Page, request: Request) -> None:
        """Put ourselves between the page and the network; what other pages it opens ask for is refused."""
        await page.context.route("**", _abort)
        await page.route("**", self.answer)

    async def answer(self, route: Route) -> None:
        """Answer one request of the page."""
        wanted = route.request
        if not self._shown:
            self._shown = True
            await self._fulfill(route, self._came)
            return
        response = await self._fetch(wanted)
        if self.closed:
            return
        if response is None:
            await _abort(route)
        else:
            await self._fulfill(route, response)

    async def _fetch(self, wanted: Wanted) -> Response | None:
        """Return the answer to what the page asks for, which is a capture as every other; None for what it may not have."""
        if wanted.resource_type not in _KINDS or self.closed:
            return None
        refusal = self._refusal(wanted)
        if refusal is not None:
            there = urlsplit(wanted.url)
            place = f"{there.scheme}://{there.netloc}"
            self._session.find(finding("page_asked", portal=self._portal.slug, place=place, why=refusal))
            return None
        known = self._handler.known(wanted)
        if known is not None:
            return known
        request = self._request_for(wanted)
        capture = self._crawler.spider.capture
        try:
            await self._crawler.get_downloader_middleware(RobotsMiddleware).process_request(request)
            if self.closed:
                return None
            response = await self._handler.fetch(request, script=wanted.resource_type == "script")
        except NotSent as refusal:
            self.cut_off = refusal
            return None
        except Exception as error:
            if not capture.record_failure(request, error):
                self._session.fail(error)
            return None
        capture.process_response(request, response)
        verdict, how = verdict_of(response, of_script=True)
        if verdict == "challenge":
            self.cut_off = NotSent(reason("challenge", vendor=how or "?"))
        broken = 300 <= response.status < 400 or "dataloss" in response.flags
        return None if verdict or broken else response

    def _refusal(self, wanted: Wanted) -> Reason | None:
        """Return why the page may not have what it asks for, or None."""
        host = urlsplit(wanted.url).hostname or ""
        if wanted.method not in ("GET", "POST"):
            return reason("render_method", method=wanted.method)
        if host not in self._portal.allowed_hosts:
            return reason("guard_undeclared", name=host)
        # a script that leads its reader elsewhere: a challenge that was passed would
        if wanted.resource_type == "document" and wanted.frame.parent_frame is None:
            return reason("render_away")
        try:
            self._session.guard.check_url(wanted.url)
        except GuardRefused as refused:
            return refused.why
        self._asked += 1
        return None if self._asked <= MAX_REQUESTS else reason("render_budget", count=MAX_REQUESTS)

    def _request_for(self, wanted: Wanted) -> Request:
        headers = {name: wanted.headers[name] for name in _FORWARDED if name in wanted.headers}
        return Request(
            wanted.url,
            method=wanted.method,
            body=wanted.post_data_buffer or b"",
            headers={**headers, "User-Agent": self._request.headers["User-Agent"], "Accept-Language": "zh-CN,zh;q=0.9"},
            dont_filter=True,
            meta={"item": self._request.meta["item"], "trail": [], OF_SCRIPT: True},
        )

    async def _fulfill(self, route: Route, response: Response) -> None:
        headers = dict(header_pairs(response))
        for name in _UNSENT:
            headers.pop(name, None)
        await route.fulfill(status=response.status, headers=headers, body=response.body)


async def _abort(route: Route) -> None:
    # "aborted" is the one error that leaves a page in place whose script wanted to leave it
    await route.abort("aborted")


async def _settle(page: Page) -> None:
    """Wait until the page asks for nothing more; one that never rests (a clock, a counter) is taken as it stands."""
    try:
        await page.wait_for_load_state("networkidle", timeout=SETTLE * 1000)
    except PlaywrightTimeoutError:
        return
