"""A maker of reports on an archive whose clock stands in April 2025."""

from __future__ import annotations

import pytest
from made_archive import Maker

from archive import Archive


@pytest.fixture
def make(archive: Archive) -> Maker:
    return Maker(archive)
