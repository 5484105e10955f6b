"""A body that was not there yet, or no more, owes no report: its years are no holes."""

from __future__ import annotations

from archive import Archive
from archive.crawls.coverage import coverage
from archive.register.existence import Lifetime, lifetimes
from tests.archive.register.test_filing import Met, keep


def by_name(archive: Archive) -> dict[str, Lifetime]:
    names = dict(archive.db.execute("SELECT id, name FROM unit").fetchall())
    return {names[unit].removeprefix("河南省"): life for unit, life in lifetimes(archive.db).items()}


def met(issuer: str, place: str, *years: int) -> list[Met]:
    return [Met(f"http://x.gov.cn/{issuer}/{year}", issuer, place, year) for year in years]


def test_a_body_that_became_another_has_no_years_after_its_last_report_and_its_heir_none_before(
    archive: Archive,
) -> None:
    keep(
        archive,
        *met("安阳市环境保护局", "410500", 2016, 2017),
        *met("安阳市生态环境局", "410500", 2019, 2020),
        *met("安阳市教育局", "410500", 2017, 2020),
    )
    lived = by_name(archive)
    assert lived["安阳市环境保护局"].last == 2018, "the year before its heir's first report"
    assert lived["安阳市生态环境局"].first == 2019
    assert lived["安阳市教育局"].covers(2008)
    assert lived["安阳市教育局"].covers(2030)
    states = {row.unit.removeprefix("河南省"): row.years for row in coverage(archive)}
    assert states["安阳市环境保护局"][2019] == "no_such_body"
    assert states["安阳市生态环境局"][2017] == "no_such_body"
    assert states["安阳市环境保护局"][2018] != "no_such_body", "one of the two owed the report on the year between"
    assert states["安阳市教育局"][2018] != "no_such_body"


def test_a_body_that_took_over_another_beside_it_has_years_before(archive: Archive) -> None:
    keep(
        archive,
        *met("安阳市农业农村局", "410500", 2021, 2022, 2024),
        *met("安阳市乡村振兴局", "410500", 2021, 2022, 2023),
    )
    lived = by_name(archive)
    assert lived["安阳市乡村振兴局"].last == 2023
    assert lived["安阳市农业农村局"].covers(2020)


def test_the_bodies_of_a_place_that_is_no_more_end_with_it(archive: Archive) -> None:
    keep(archive, *met("铜陵市铜官山区教育局", "340702", 2013))
    (lifetime,) = by_name(archive).values()
    assert lifetime.last is not None
    assert not lifetime.covers(2020)
