"""Owns the SQLite files: captures and bodies as they came, readings, versions and everything derived from them."""

from __future__ import annotations

from archive.captures import Capture, Listing
from archive.clock import CHINA, Clock, SimulatedClock, SystemClock
from archive.crawls.runs import FrontierItem
from archive.store import Archive

__all__ = [
    "CHINA",
    "Archive",
    "Capture",
    "Clock",
    "FrontierItem",
    "Listing",
    "SimulatedClock",
    "SystemClock",
]
