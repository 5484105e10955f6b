"""Sample portals: a real HTTP server that plays the families of government portals, and the truth about
what it serves.

Everything is invented, deterministic from a seed, and independent of the reader that it tests. Names stand
under `.test`; sample declarations are never in the registry.
"""

from __future__ import annotations

from crawler.samples.captures import STYLES, text_capture
from crawler.samples.changes import CHANGES
from crawler.samples.portal import OtherPage, SamplePortal
from crawler.samples.quirks import QUIRKS
from crawler.samples.report import SampleReport
from crawler.samples.server import SampleServer, ServedRequest
from crawler.samples.world import World

__all__ = [
    "CHANGES",
    "QUIRKS",
    "STYLES",
    "OtherPage",
    "SamplePortal",
    "SampleReport",
    "SampleServer",
    "ServedRequest",
    "World",
    "text_capture",
]
