"""A site on the sample archive of the publication's tests (samples.py there), marked as sample data and not."""

from __future__ import annotations

import http.client
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.publication import ReleaseSummary, publish
from archive.website.serve import serving

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SAMPLES = Path(__file__).parent.parent / "publication" / "samples.py"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Get = Callable[..., Answer]


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Load samples.py of the publication's tests: in importlib mode tests are no packages."""
    spec = importlib.util.spec_from_file_location("publication_samples", SAMPLES)
    assert spec and spec.loader
    module = sys.modules.setdefault(spec.name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def release(samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> ReleaseSummary:
    """A release that is not marked as sample data."""
    with samples.make_archive(tmp_path_factory.mktemp("archive")) as archive:
        return publish(archive, tmp_path_factory.mktemp("releases"), at=DAY)


@pytest.fixture(scope="session")
def site(release: ReleaseSummary) -> Iterator[str]:
    """The address of the site on `release`."""
    with serving(release.path.parent) as url:
        yield url


@pytest.fixture(scope="session")
def marked_site(samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site on the same archive, marked as sample data."""
    with samples.make_archive(tmp_path_factory.mktemp("archive"), sample=True) as archive:
        made = publish(archive, tmp_path_factory.mktemp("releases"), at=DAY)
    with serving(made.path) as url:
        yield url


def ask(url: str, path: str, **headers: str) -> Answer:
    """Get `path` from the site at `url`, in Chinese unless the headers say otherwise."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept-Language": "zh-CN"} | headers)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def get(site: str) -> Get:
    """Get a path from the site."""
    return lambda path, **headers: ask(site, path, **{k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture(scope="session")
def ask_marked(marked_site: str) -> Get:
    """Get a path from the marked site."""
    return lambda path: ask(marked_site, path)


@pytest.fixture(scope="session")
def report_ids(get: Get) -> dict[str, str]:
    """The report id of each source address."""
    rows = get("/gongkai/report.json?_shape=array&_size=max").json
    return {row["source_url"]: row["id"] for row in rows}
