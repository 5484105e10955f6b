"""Holds declarations against each other and against the list of places, without asking any portal.

Guarantees: every fault names its file, what is wrong and what to write; a file with a fault of its own is
left out of the comparison with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from crawler.declarations import Portal, load_portal
from crawler.registry import Registry, province_of
from parsers.errors import UsageError
from parsers.places import all_places


def check_registry(registry: Registry) -> list[UsageError]:
    """Return the faults of both folders of a registry; a slug may stand in each of them once."""
    faults = []
    for folder in (registry.packaged, registry.own):
        files = sorted(folder.glob("*/*.toml"))
        faults += check_files(files, in_registry=True)
    return faults


def check_files(files: Sequence[Path], *, in_registry: bool = False) -> list[UsageError]:
    """Return the faults of declarations; in a registry also those of their folder and file name."""
    faults: list[UsageError] = []
    slugs: dict[str, Path] = {}
    columns: dict[str, Path] = {}
    for file in files:
        try:
            portal = load_portal(file)
        except UsageError as error:
            faults.append(error)
            continue
        faults += _own_faults(file, portal)
        if in_registry:
            faults += _place_in_registry(file, portal)
        faults += _twice(file, [portal.slug], slugs, "slug")
        faults += _twice(file, [_address(column.url) for column in portal.columns], columns, "column")
    return faults


def _own_faults(file: Path, portal: Portal) -> list[UsageError]:
    faults = []
    if portal.place not in all_places():
        faults.append(_fault(file, "place", f"{portal.place} is no known place", f"{portal.place} 不是已知的区划代码"))
    if portal.family and not portal.family_by and not portal.sample:
        faults.append(_fault(file, "family_by", "say how the family is known", "请说明 family 的依据"))
    if not portal.evidence and not portal.sample:
        faults.append(
            _fault(file, "evidence", "say in [[evidence]] where this was seen", "请在 [[evidence]] 中写明出处")
        )
    return faults


def _place_in_registry(file: Path, portal: Portal) -> list[UsageError]:
    faults = []
    if file.stem != portal.slug:
        faults.append(
            _fault(file, "slug", f"the file of {portal.slug} is {portal.slug}.toml", f"文件名应为 {portal.slug}.toml")
        )
    province = province_of(portal.place)
    if file.parent.name != province:
        faults.append(
            _fault(
                file,
                "place",
                f"{portal.place} belongs in the folder {province}",
                f"{portal.place} 应放在 {province} 目录",
            )
        )
    if portal.sample:
        faults.append(_fault(file, "sample", "samples never stand in the registry", "样本不得放入登记册"))
    return faults


def _twice(file: Path, keys: Sequence[str], seen: dict[str, Path], name: str) -> list[UsageError]:
    """Return a fault for each key that another file has; keep the others."""
    faults = []
    for key in keys:
        first = seen.setdefault(key, file)
        if first != file:
            faults.append(_fault(file, name, f"{key} stands in {first} too", f"{key} 与 {first} 重复"))
    return faults


def _address(url: str) -> str:
    """Return what two ways of writing a column's address share: http or https are one, and so is index.html."""
    parts = urlsplit(url)
    path = parts.path.removesuffix("index.html").removesuffix("index.htm")
    return f"{parts.hostname}{path or '/'}{'?' if parts.query else ''}{parts.query}"


def _fault(file: Path, key: str, en: str, zh: str) -> UsageError:
    return UsageError(f"{file}: {key}: {en}", f"{file}：{key}：{zh}")
