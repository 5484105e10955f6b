"""Lists of home pages as declarations of portals whose report column is not known: `gongkai portal import`.

Guarantees: nothing is taken on the word of the list but code, name and address; a row that cannot be taken
is counted with its reason; hosts outside gov.cn are not taken, because mirrors of reports stand there
(portals.md 1.10).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from crawler.declarations import Column, Evidence, Portal, load_portal
from crawler.detection import family_by_shape, slug_of
from crawler.registry import Registry, declaration, province_of
from parsers.errors import UsageError
from parsers.places import all_places

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "gb2260", "gb2260_2024", "代码", "区划代码", "行政区划代码"),
    "name": ("name", "region_path", "名称", "网站名称", "单位", "地区"),
    "url": ("url", "home", "portal_url", "网址", "首页", "网站地址", "门户网址"),
    "column": ("column", "report_column_url", "年报栏目", "年报网址"),
}
"""The names under which a list may give a portal's code, name, home page and (if it does) report column."""

NO_CODE, UNKNOWN_PLACE, NO_ADDRESS = "no_code", "unknown_place", "no_address"
NOT_GOV, THERE, FAULTY, NO_FAMILY = "not_gov_cn", "there_already", "faulty", "column_of_no_family"
REASONS: Mapping[str, tuple[str, str]] = {
    NO_CODE: ("no code of six digits", "没有六位区划代码"),
    UNKNOWN_PLACE: ("the code is of no known place", "区划代码未知"),
    NO_ADDRESS: ("no address of a home page", "没有首页网址"),
    NOT_GOV: ("the host is not under gov.cn", "主机不在 gov.cn 下"),
    THERE: ("a declaration names the host already", "已有声明包含该主机"),
    FAULTY: ("the declaration would be faulty", "声明会有误"),
    NO_FAMILY: (
        "declared, but without the column, whose address has the shape of no family",
        "已声明，但栏目网址不属于任何家族，未写入栏目",
    ),
}


@dataclass(slots=True)
class Import:
    """What an import came to: the declarations written, and (row, name, what) of that which was not taken by reason.

    `guessed` counts the declarations whose family is a guess by the shape of the column's address.
    """

    written: list[Path] = field(default_factory=list)
    guessed: int = 0
    left: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)


def import_home_pages(path: Path, registry: Registry, today: date) -> Import:
    """Declare the portals that the CSV at `path` lists, in the user's folder; raises UsageError for a bad file."""
    result = Import()
    hosts = {host for portal in registry.select() for host in portal.allowed_hosts}
    slugs = {file.stem for file in registry.files()}
    for number, row in _rows(path):
        portal, reason, what = _portal(row, path.name, number, today, slugs)
        if portal is not None and portal.allowed_hosts & hosts:
            portal, reason = None, THERE
        if reason:
            result.left.setdefault(reason, []).append((number, row["name"], what))
        if portal is None:
            continue
        result.written.append(registry.add(portal))
        result.guessed += bool(portal.family)
        hosts |= portal.allowed_hosts
        slugs.add(portal.slug)
    return result


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows (numbered from 1) as code, name, url and column."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error}", f"{path}：无法读取：{error}") from error
    reader = csv.DictReader(io.StringIO(_decoded(data, path), newline=""))
    given = {name.strip().lower(): name for name in reader.fieldnames or ()}
    columns = {key: next((given[name] for name in names if name in given), None) for key, names in _HEADERS.items()}
    for key in ("code", "name", "url"):
        if columns[key] is None:
            names = ", ".join(_HEADERS[key])
            raise UsageError(f"{path}: has no column {key} ({names})", f"{path}：缺少 {key} 列（{names}）")
    for number, row in enumerate(reader, start=1):
        yield number, {key: (row.get(name) or "").strip() if name else "" for key, name in columns.items()}


def _decoded(data: bytes, path: Path) -> str:
    """Return the text of a list, as spreadsheets write it: UTF-8 or GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path}: is neither UTF-8 nor GB 18030", f"{path}：既不是 UTF-8 也不是 GB 18030 编码")


def _portal(
    row: dict[str, str], file: str, number: int, today: date, slugs: set[str]
) -> tuple[Portal | None, str, str]:
    """Return a row's portal, what of the row was not taken (""), and the words at fault."""
    code = row["code"]
    if len(code) != 6 or not code.isdigit():
        return None, NO_CODE, code
    province = province_of(code)
    if code not in all_places() or province is None:
        return None, UNKNOWN_PLACE, code
    try:
        host = urlsplit(row["url"]).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return None, NO_ADDRESS, row["url"]
    if not host.endswith(".gov.cn"):
        return None, NOT_GOV, row["url"]
    slug = slug_of(province, host)
    family = family_by_shape(row["column"]) if row["column"] else None
    portal = Portal(
        slug=f"{slug}-{code}" if slug in slugs else slug,
        name=row["name"].replace("/", ""),
        family=family or "",
        family_by="url shape" if family else "",
        place=code,
        hosts=(host,),
        columns=(Column(row["column"], "", today),) if family else (),
        home=row["url"],
        evidence=(Evidence("its row in a list of home pages", f"{file}, row {number}", today),),
    )
    try:
        loaded = load_portal(declaration(portal))
    except UsageError as error:
        return None, FAULTY, error.en
    if row["column"] and family is None:
        return loaded, NO_FAMILY, row["column"]
    return loaded, "", row["url"]
