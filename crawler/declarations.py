"""Portal declarations: the TOML that says where a portal lists its reports.

Guarantees: a Portal that was loaded names a known family, a place, and only addresses we may ever connect
to: http or https, ports 80 and 443, no IP literal, hosts of gov.cn or declared by the portal itself, and
names under .test for samples alone. Every fault is a UsageError that names the file, the key and what to
write instead.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from crawler.families import FAMILIES
from parsers.errors import UsageError

REGISTRY = Path(__file__).parent / "portals"
"""The registry of real portals: <province>/<slug>.toml. Samples never stand in it."""

HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A host name in lower case, its last label beginning with a letter.

So no way of writing an IP address (127.0.0.1, 127.1, 0x7f.1, 2130706433) is one."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PLACE = re.compile(r"\d{6}")
_PORTAL_KEYS = frozenset({"slug", "name", "family", "place", "hosts", "sample", "column"})
_COLUMN_KEYS = frozenset({"url", "unit", "since"})


@dataclass(frozen=True, slots=True)
class Column:
    """One report column: the address of its list, the unit it belongs to ("" for many), the declaration's
    date.
    """

    url: str
    unit: str
    since: date


@dataclass(frozen=True, slots=True)
class Portal:
    """One declared website; `place` is a GB/T 2260 code."""

    slug: str
    name: str
    family: str
    place: str
    hosts: tuple[str, ...]
    columns: tuple[Column, ...]
    sample: bool = False

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """All the hosts we may connect to for this portal: those declared, and those of its columns."""
        return frozenset(self.hosts) | {urlsplit(column.url).hostname or "" for column in self.columns}


def load_portal(source: str | Path) -> Portal:
    """Read one declaration, from a file (Path) or from TOML text (str); raises UsageError for every fault."""
    if isinstance(source, Path):
        where = str(source)
        try:
            text = source.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UsageError(
                f"{where}: there is no such declaration; `gongkai portal list` prints those that there are",
                f"{where}：没有这个门户声明；`gongkai portal list` 可列出已有的声明",
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{where}: cannot be read as UTF-8 text: {error}", f"{where}：无法按 UTF-8 文本读取：{error}"
            ) from error
    else:
        where, text = "<declaration>", source
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where}: is not valid TOML: {error}", f"{where}：不是有效的 TOML：{error}") from error
    return _Reader(where).portal(data)


def portal_files() -> list[Path]:
    """Return the declarations of the registry, by province and slug."""
    return sorted(REGISTRY.glob("*/*.toml"))


def find_portal(slug: str) -> Portal:
    """Return the portal that the registry holds under `slug`; raises UsageError where there is none."""
    return registered_portals((slug,))[0]


def registered_portals(patterns: Sequence[str]) -> list[Portal]:
    """Return the portals whose slugs match any of `patterns` (shell patterns), all where there are none.

    Raises UsageError for a pattern that no portal matches, and for a faulty declaration among those chosen.
    """
    files = portal_files()
    for pattern in patterns:
        if not any(fnmatchcase(file.stem, pattern) for file in files):
            raise UsageError(
                f"portal {pattern}: is not in {REGISTRY}; write its declaration there as <province>/<slug>.toml",
                f"门户 {pattern}：登记册 {REGISTRY} 中没有；请在其中写入声明 <省>/<slug>.toml",
            )
    return [load_portal(file) for file in files if not patterns or any(fnmatchcase(file.stem, p) for p in patterns)]


class _Reader:
    """Checks one declaration and says what is wrong with it, key by key."""

    def __init__(self, where: str) -> None:
        self.where = where

    def portal(self, data: dict[str, Any]) -> Portal:
        self.known_keys(data, _PORTAL_KEYS, "")
        sample = data.get("sample", False)
        if not isinstance(sample, bool):
            self.fault("sample", "must be true or false", "应为 true 或 false")
        slug = self.text(data, "slug", "")
        if not _SLUG.fullmatch(slug):
            self.fault("slug", "write small letters, digits and hyphens", "只能用小写字母、数字和连字符")
        family = self.text(data, "family", "")
        if family not in FAMILIES:
            names = ", ".join(FAMILIES)
            self.fault("family", f"{family!r} is not known; take one of {names}", f"未知的 {family!r}；可选 {names}")
        place = self.text(data, "place", "")
        if not _PLACE.fullmatch(place):
            self.fault("place", "write the six digits of GB/T 2260", "请写 GB/T 2260 的六位代码")
        hosts = self.hosts(data, sample)
        return Portal(
            slug=slug,
            name=self.text(data, "name", ""),
            family=family,
            place=place,
            hosts=hosts,
            columns=self.columns(data, hosts, sample),
            sample=sample,
        )

    def hosts(self, data: dict[str, Any], sample: bool) -> tuple[str, ...]:
        hosts = data.get("hosts")
        if not isinstance(hosts, list) or not hosts or not all(isinstance(host, str) for host in hosts):
            self.fault("hosts", "list at least one host name", "至少列出一个主机名")
        for host in hosts:
            if not HOST.fullmatch(host):
                self.fault(
                    "hosts",
                    f"{host!r} is not a host name in small letters (no scheme, no port, no IP address)",
                    f"{host!r} 不是小写主机名（不含协议、端口，也不能是 IP 地址）",
                )
            if host.endswith(".test") and not sample:
                self.fault(
                    "hosts",
                    f"{host!r}: names under .test are for samples (sample = true)",
                    f"{host!r}：.test 域名只用于样本（sample = true）",
                )
            if sample and not host.endswith(".test"):
                self.fault(
                    "hosts",
                    f"{host!r}: a sample's hosts end in .test",
                    f"{host!r}：样本的主机名须以 .test 结尾",
                )
        return tuple(hosts)

    def columns(self, data: dict[str, Any], hosts: tuple[str, ...], sample: bool) -> tuple[Column, ...]:
        tables = data.get("column")
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self.fault("column", "write at least one [[column]] table", "至少写一个 [[column]] 表")
        columns = []
        for number, table in enumerate(tables, start=1):
            prefix = f"column {number}: "
            self.known_keys(table, _COLUMN_KEYS, prefix)
            since = table.get("since")
            if type(since) is not date:
                self.fault(f"{prefix}since", "write a date such as 2025-04-01", "请写日期，例如 2025-04-01")
            unit = table.get("unit", "")
            if not isinstance(unit, str):
                self.fault(f"{prefix}unit", "write the body's name, or leave it empty", "请写机关名称，或留空")
            columns.append(Column(url=self.url(table, prefix, hosts, sample), unit=unit, since=since))
        return tuple(columns)

    def url(self, table: dict[str, Any], prefix: str, hosts: tuple[str, ...], sample: bool) -> str:
        url = self.text(table, "url", prefix)
        key = f"{prefix}url"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            self.fault(key, f"{url!r} is not an address: {error}", f"{url!r} 不是有效网址：{error}")
        if parts.scheme not in {"http", "https"}:
            self.fault(key, f"{url!r} must begin with http:// or https://", f"{url!r} 须以 http:// 或 https:// 开头")
        if parts.username is not None or parts.password is not None:
            self.fault(key, f"{url!r} must not carry a user name", f"{url!r} 不能包含用户名")
        if port not in {None, 80, 443}:
            self.fault(key, f"{url!r}: only ports 80 and 443 are admitted", f"{url!r}：只允许 80 和 443 端口")
        host = parts.hostname or ""
        if not HOST.fullmatch(host):
            self.fault(key, f"{url!r} must name a host, not an IP address", f"{url!r} 须使用主机名，不能是 IP 地址")
        if host not in hosts and (sample or not host.endswith(".gov.cn")):
            self.fault(
                key,
                f"{url!r}: {host} is neither under gov.cn nor in `hosts`; add it there if it is the portal's own",
                f"{url!r}：{host} 既不在 gov.cn 下，也不在 hosts 中；如确属该门户，请加入 hosts",
            )
        return url

    def text(self, data: dict[str, Any], key: str, prefix: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{prefix}{key}", "is missing: write a text", "缺失：请写一段文字")
        return value

    def known_keys(self, data: dict[str, Any], known: frozenset[str], prefix: str) -> None:
        for key in data:
            if key not in known:
                names = ", ".join(sorted(known))
                self.fault(f"{prefix}{key}", f"is not known; the keys are {names}", f"未知的键；可用的键有 {names}")

    def fault(self, key: str, en: str, zh: str) -> NoReturn:
        raise UsageError(f"{self.where}: {key}: {en}", f"{self.where}：{key}：{zh}")
