"""The sample archive (samples.py) and a release of it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from archive import Archive
from archive.publication import ReleaseSummary, publish

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def load_samples() -> ModuleType:
    """Load samples.py from beside this file: in importlib mode tests are no packages."""
    path = Path(__file__).with_name("samples.py")
    spec = importlib.util.spec_from_file_location("publication_samples", path)
    assert spec and spec.loader
    module = sys.modules.setdefault(spec.name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    return load_samples()


@pytest.fixture(scope="session")
def archive(samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive that no test changes."""
    with samples.make_archive(tmp_path_factory.mktemp("archive")) as made:
        yield made


@pytest.fixture(scope="session")
def release(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> ReleaseSummary:
    return publish(archive, tmp_path_factory.mktemp("releases"), at=DAY)
