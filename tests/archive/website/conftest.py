"""A site on the sample archive of the publication's tests (samples.py there), marked as sample data and not."""

from __future__ import annotations

import http.client
import importlib.util
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from archive.publication import ReleaseSummary, publish
from archive.publication.lookups import fill_lookups
from archive.website.serve import serving
from tests.corpus.renderers import CHROMIUM

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


@pytest.fixture(scope="module")  # the loop that playwright keeps running is in the way of tests that start one
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()


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


KNOWN = """
CREATE TABLE IF NOT EXISTS coverage_year (unit_id TEXT, unit_name TEXT, report_year INTEGER, state TEXT, told_by TEXT);
CREATE TABLE IF NOT EXISTS unit_relation (predecessor_id TEXT, successor_id TEXT, fate TEXT, reason TEXT);
CREATE TABLE IF NOT EXISTS cross_check (id TEXT, rule TEXT, unit_id TEXT, report_year INTEGER, report_id TEXT, "within" TEXT,
    other_unit_id TEXT, other_year INTEGER, other_report_id TEXT, status TEXT, severity TEXT, left_side TEXT, right_side TEXT,
    evidence TEXT, message TEXT, message_zh TEXT);
DELETE FROM coverage_year; DELETE FROM unit_relation; DELETE FROM cross_check;
INSERT INTO coverage_year SELECT unit_id, unit_name, report_year, min('published'), NULL FROM report GROUP BY 1, 3;
INSERT INTO coverage_year SELECT id, name, 2022, 'missing', '["http://www.eq.test/nb/"]' FROM unit WHERE place_code = '410103';
INSERT INTO coverage_year SELECT id, name, 2021, 'host_down:dns', '["http://www.eq.test/nb/2021.html"]' FROM unit WHERE place_code = '410103';
INSERT INTO coverage_year VALUES ('410103-00000000', '河南省郑州市二七区从未发布局', 2023, 'missing', '["http://www.eq.test/nb/"]'),
    ('410103-00000000', '河南省郑州市二七区从未发布局', 2020, 'no_such_body', NULL);
INSERT INTO withholding SELECT 'w1', '2026-01-10', 'report', 'gone2018', id, name, 2018, 'own_body', NULL, '含一人的住址' FROM unit
    WHERE place_code = '410103';
INSERT INTO withholding SELECT 'w2', '2026-01-11', 'report', 'gone2017', '410103-00000001', '河南省郑州市二七区已隐局', 2017, 'own_body', NULL,
    '不应公开' FROM unit WHERE place_code = '410103';
INSERT INTO unit_relation SELECT a.id, b.id, 'renamed', 'base' FROM unit a, unit b
    WHERE a.place_code = '410402' AND b.place_code = '410103';
INSERT INTO cross_check SELECT 'x1', 'E4', p.unit_id, p.report_year, p.id, 'narrative', o.unit_id, o.report_year, o.id, 'fail',
    'warning', '0.93', NULL, '{"similarity": 0.93}', 'text like another body''s', '正文与他处雷同'
    FROM report p, report o WHERE p.place_code = '410402' AND p.report_year = 2023 AND o.place_code = '410103' AND o.report_year = 2020;
INSERT INTO cross_check SELECT 'x2' || id, 'C1', unit_id, report_year, id, 'rules', NULL, NULL, NULL, 'pass', 'note', '1', '1', '{}', 'p', 'p'
    FROM report;
INSERT INTO cross_check SELECT 'x3', 'C4', p.unit_id, p.report_year, p.id, 'administrative_fees.amount_wan_yuan', NULL, NULL, NULL, 'fail',
    'note', '5', '50000', '{}', 'fees are 5', '收费金额为 5' FROM report p WHERE p.place_code = '410402' AND p.report_year = 2023;
UPDATE report SET scope = 'own_body' WHERE place_code = '410402';
UPDATE unit SET kind = 'government' WHERE place_code = '410402';
INSERT INTO unit SELECT '410402-office', '河南省平顶山市新华区人民政府办公室', place_code, place_name, level, 'office', NULL, NULL, 1
    FROM unit WHERE place_code = '410402';
CREATE TEMP TABLE twin AS SELECT * FROM report WHERE place_code = '410402' AND report_year = 2021;
CREATE TEMP TABLE twin_cell AS SELECT * FROM cell WHERE report_id IN (SELECT id FROM twin);
UPDATE twin SET id = 'office2021', unit_id = '410402-office', unit_name = '河南省平顶山市新华区人民政府办公室';
UPDATE twin_cell SET report_id = 'office2021';
INSERT INTO report SELECT * FROM twin;
INSERT INTO cell SELECT * FROM twin_cell;
UPDATE twin SET id = 'list2016', report_year = 2016, forms = '{"statistics": "statistics-2014"}', title = '2016年政府信息公开工作年度报告',
    unit_id = (SELECT id FROM unit WHERE place_code = '410402' AND kind = 'government'), cells = 2, cells_verified = 0, cells_stated = 2;
INSERT INTO report SELECT * FROM twin;
INSERT INTO cell VALUES ('list2016', 'statistics', 'requests_received', 'value', 0, 'value', 23, '23', '件', '收到申请数', 'stated',
    '{"block": 1, "row": 2, "column": 1}', NULL, NULL),
    ('list2016', 'statistics', 'unmatched.1', 'value', 1, 'value', 4, '4', '批次', '接待来访', 'stated', '{"block": 1, "row": 3, "column": 1}', NULL, NULL);
INSERT INTO unit SELECT '000000-0000000a', '某局', NULL, NULL, NULL, 'department', NULL, NULL, 1 FROM unit LIMIT 1;
UPDATE twin SET id = 'nowhere', unit_id = '000000-0000000a', unit_name = '某局', place_code = NULL, place_name = NULL, level = NULL;
INSERT INTO report SELECT * FROM twin;
INSERT INTO search_entry (report_id) VALUES ('nowhere');
"""
"""What a release knows beyond its reports, put into a copy of one: these tables are filled from a crawled archive."""


@pytest.fixture(scope="session")
def knowing_site(release: ReleaseSummary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site on a release that knows of holes, of what became of units, of checks between reports, and has another before it."""
    folder = tmp_path_factory.mktemp("knowing") / "2026-03-01"
    shutil.copytree(release.path, folder)
    shutil.copytree(release.path, folder.with_name("2026-02-01"))  # a release before it
    with closing(sqlite3.connect(folder / "gongkai.db")) as db:
        db.executescript(KNOWN)
        fill_lookups(db)
        db.commit()
    with serving(folder) as url:
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


@pytest.fixture(scope="session")
def ask_knowing(knowing_site: str) -> Get:
    """Get a path from the knowing site."""
    return lambda path, **headers: ask(knowing_site, path, **{k.replace("_", "-"): v for k, v in headers.items()})
