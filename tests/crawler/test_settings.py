"""The settings say why each differs from Scrapy's default, and the dangerous ones are what they must be."""

from __future__ import annotations

import re
from pathlib import Path

from scrapy.settings import Settings, default_settings
from scrapy.settings.default_settings import DOWNLOAD_HANDLERS_BASE

from crawler import settings

OURS = {"ADDRESS_DELAY", "ADDRESS_CONCURRENCY"}
STATED = {"ROBOTSTXT_OBEY", "RETRY_TIMES"}
"""At their default, with the reason why they stay there."""

NAMES = [name for name in dir(settings) if name.isupper()]


def test_every_setting_differs_from_its_default_or_says_why_it_does_not() -> None:
    for name in NAMES:
        if name in OURS:
            assert not hasattr(default_settings, name), name
        else:
            assert (getattr(settings, name) == getattr(default_settings, name)) == (name in STATED), name


def test_every_setting_names_the_default_beside_it() -> None:
    text = Path(settings.__file__).read_text(encoding="utf-8")
    for name in NAMES:
        match = re.search(rf"^(?:#[^\n]*\n)*{name} = (?:[^\n]*[{{[]\n(?:    [^\n]*\n)*|[^\n]*)", text, re.MULTILINE)
        assert match is not None, name
        assert re.search(r"default|ours", match[0]), name


def test_nothing_reaches_this_machine_or_goes_round_the_guard() -> None:
    loaded = Settings()
    loaded.setmodule(settings)
    for name in ("REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "HTTPPROXY_ENABLED", "COOKIES_ENABLED"):
        assert loaded.getbool(name) is False, name
    assert loaded.getbool("DOWNLOAD_VERIFY_CERTIFICATES") is True
    handlers = DOWNLOAD_HANDLERS_BASE | settings.DOWNLOAD_HANDLERS
    assert {scheme for scheme, handler in handlers.items() if handler is not None} == {"http", "https"}
    assert loaded.getint("DOWNLOAD_MAXSIZE") == 64 * 1024 * 1024
    assert loaded["TWISTED_DNS_RESOLVER"] == "crawler.guard.ClosedResolver"
