"""Which requests a browser renders, and how that browser is started: cut off from every network.

Guarantees: nothing is rendered but what a declaration names (`browser`), and no browser is started for any other crawl;
Chromium itself can connect to nothing: no name and no IP literal resolves for it, its proxy does not exist, and WebRTC, which
asks neither, may use no UDP (with the resolver's rules alone, ten STUN packets reached a socket on loopback: Chromium 156,
2026-11). What a page asks for is fetched by crawler.rendering, under the crawl's own guard, robots.txt and pace. Importable
without the extra `browser`.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from crawler import settings
from parsers.errors import UsageError

RENDERED_KINDS: dict[object, tuple[str, ...]] = {False: (), True: ("list",), "all": ("list", "report")}
"""What each value of a declaration's `browser` has rendered: nothing, its lists, or its articles too."""

RENDER_TIMEOUT = 90.0
"""Seconds from a page's first script to its last: the page's own requests keep the host's pace, one after the other."""

_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://proxy.invalid:9",
    "--proxy-bypass-list=<-loopback>",  # loopback, too, is asked through the proxy that is not there
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name before Chromium 113
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
)


def require_browser() -> str:
    """Return the path of Chromium; raises UsageError where it or the extra `browser` is not installed."""
    if find_spec("scrapy_playwright") is None:
        raise UsageError(
            "a portal's declaration says `browser`, and scrapy-playwright is not installed: pip install 'gongkai-archive[browser]'",
            "门户声明要求使用浏览器，但未安装 scrapy-playwright：请运行 pip install 'gongkai-archive[browser]'",
        )
    program = shutil.which("chromium")
    if program is None:
        raise UsageError(
            "a portal's declaration says `browser`, and there is no program `chromium`: apt-get install chromium",
            "门户声明要求使用浏览器，但系统中没有 chromium：请运行 apt-get install chromium",
        )
    return program


def browser_settings() -> dict[str, object]:
    """Return the settings of a crawl that renders; raises UsageError where it cannot."""
    handler = "crawler.rendering.RenderingHandler"
    return {
        "DOWNLOAD_HANDLERS": {**settings.DOWNLOAD_HANDLERS, "http": handler, "https": handler},
        # default PlaywrightBrowserProvider: starts a driver for each scheme, asked for or not
        "PLAYWRIGHT_BROWSER_PROVIDER": "crawler.rendering.LateBrowser",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": require_browser(),
            "args": list(_ARGUMENTS),
            # Chromium refuses to sandbox what runs as root
            "chromium_sandbox": os.geteuid() != 0,
        },
        # default None: what no page of ours has answered is not sent
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.rendering.refuse_all",
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": RENDER_TIMEOUT * 1000,
    }
