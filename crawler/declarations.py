"""Portal declarations: the TOML that says where a portal lists its reports, and how that is known.

Guarantees: a Portal that was loaded has report columns of a known family, or else a home page to look for
them; it names a place, and only addresses we may ever connect to: http or https, ports 80 and 443, no IP
literal, hosts of gov.cn or declared by the portal itself, and names under .test for samples alone. Every
fault is a UsageError that names the file, the key and what to write instead. `browser = true` has the lists
rendered, "all" the articles too (crawler.browser); a web archive is declared as crawler.families.wayback shows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from crawler.browser import RENDERED_KINDS
from crawler.families import FAMILIES
from parsers.errors import UsageError

HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A host name in lower case, its last label beginning with a letter.

So no way of writing an IP address (127.0.0.1, 127.1, 0x7f.1, 2130706433) is one."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PLACE = re.compile(r"\d{6}")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_PORTAL_KEYS = frozenset(
    {"slug", "name", "family", "family_by", "place", "hosts", "home", "checked", "sample", "evidence", "column"}
    | {"window", "delay", "max_pages", "max_bytes", "browser"}
)
_COLUMN_KEYS = frozenset({"url", "unit", "since", "until"})
_EVIDENCE_KEYS = frozenset({"seen", "where", "date"})

FAMILY_BY = ("page", "crawler", "url shape")
"""How a family may be known: from a page that was seen, from somebody's working crawler, from addresses alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One report column: the address of its list, the unit it belongs to ("" for many), the declaration's
    date, and the day from which it holds no more (None: it still does).
    """

    url: str
    unit: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of a portal, where, and on which day it was looked at."""

    seen: str
    where: str
    on: date


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day, China Standard Time, in which a portal is crawled; they may pass over midnight."""

    opens: time
    closes: time

    def holds(self, at: time) -> bool:
        """Tell whether a time of day in China lies in the window."""
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class Portal:
    """One declared website; `place` is a GB/T 2260 code.

    Where no report column is known, `columns` is empty, `home` says where to look, and `family` may be "".
    `checked` is the day on which the declaration was last held against the portal itself, None for never.
    `window` are the hours it is crawled in, `delay` the seconds between two requests where the usual ones are too few,
    `max_pages` and `max_bytes` the most requests and bytes of one run, `rendered` the kinds of pages that need a browser.
    """

    slug: str
    name: str
    family: str
    place: str
    hosts: tuple[str, ...]
    columns: tuple[Column, ...]
    sample: bool = False
    family_by: str = ""
    home: str = ""
    checked: date | None = None
    evidence: tuple[Evidence, ...] = ()
    window: Window | None = None
    delay: float | None = None
    max_pages: int | None = None
    max_bytes: int | None = None
    rendered: tuple[str, ...] = ()

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """All the hosts we may connect to for this portal: those declared, and those of its columns and home."""
        urls = [column.url for column in self.columns] + [self.home] * bool(self.home)
        return frozenset(self.hosts) | {urlsplit(url).hostname or "" for url in urls}

    def columns_on(self, day: date) -> tuple[Column, ...]:
        """Return the columns that still hold on `day`."""
        return tuple(column for column in self.columns if column.until is None or day < column.until)


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
        place = self.text(data, "place", "")
        if not _PLACE.fullmatch(place):
            self.fault("place", "write the six digits of GB/T 2260", "请写 GB/T 2260 的六位代码")
        hosts = self.hosts(data, sample)
        columns = self.columns(data, hosts, sample)
        return Portal(
            slug=slug,
            name=self.text(data, "name", ""),
            family=self.family(data, needed=bool(columns)),
            place=place,
            hosts=hosts,
            columns=columns,
            sample=sample,
            family_by=self.choice(data, "family_by", ("", *FAMILY_BY)),
            home=self.url(data, "home", "", hosts, sample) if "home" in data or not columns else "",
            checked=self.checked(data),
            evidence=self.evidence(data),
            window=self.window(data),
            delay=self.positive(data, "delay", (int, float)),
            max_pages=self.positive(data, "max_pages", (int,)),
            max_bytes=self.positive(data, "max_bytes", (int,)),
            rendered=self.rendered(data),
        )

    def rendered(self, data: dict[str, Any]) -> tuple[str, ...]:
        browser = data.get("browser", False)
        if not (isinstance(browser, bool) or browser == "all"):
            self.fault(
                "browser",
                'write true (its lists need one), "all" (articles too) or false',
                '请写 true（列表页需要浏览器）、"all"（文章页也需要）或 false',
            )
        return RENDERED_KINDS[browser]

    def window(self, data: dict[str, Any]) -> Window | None:
        said = data.get("window")
        if said is None:
            return None
        match = _WINDOW.fullmatch(said) if isinstance(said, str) else None
        if match is None or match.group(1, 2) == match.group(3, 4):
            self.fault("window", 'write hours in China such as "22:00-06:00"', '请写北京时间的时段，例如 "22:00-06:00"')
        hours = [int(part) for part in match.groups()]
        return Window(time(*hours[:2]), time(*hours[2:]))

    def positive(self, data: dict[str, Any], key: str, kinds: tuple[type, ...]) -> Any:
        value = data.get(key)
        if value is not None and (type(value) not in kinds or value <= 0):
            self.fault(key, "write a number above 0", "请写大于 0 的数")
        return value

    def family(self, data: dict[str, Any], *, needed: bool) -> str:
        return self.choice(data, "family", tuple(FAMILIES) if needed else ("", *FAMILIES))

    def choice(self, data: dict[str, Any], key: str, choices: tuple[str, ...]) -> str:
        value = data.get(key, "") if "" in choices else self.text(data, key, "")
        if value not in choices:
            names = ", ".join(filter(None, choices))
            self.fault(key, f"{value!r} is not known; take one of {names}", f"未知的 {value!r}；可选 {names}")
        return str(value)

    def checked(self, data: dict[str, Any]) -> date | None:
        value = data.get("checked", "never")
        if type(value) is not date and value != "never":
            self.fault("checked", 'write "never" or a date', '请写 "never" 或日期')
        return None if value == "never" else value

    def evidence(self, data: dict[str, Any]) -> tuple[Evidence, ...]:
        found = []
        for prefix, table in self.tables(data, "evidence", _EVIDENCE_KEYS):
            seen, where = self.text(table, "seen", prefix), self.text(table, "where", prefix)
            found.append(Evidence(seen, where, self.day(table, "date", prefix)))
        return tuple(found)

    def tables(self, data: dict[str, Any], key: str, keys: frozenset[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        tables = data.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.fault(key, f"write [[{key}]] tables", f"请写 [[{key}]] 表")
        for number, table in enumerate(tables, start=1):
            prefix = f"{key} {number}: "
            self.known_keys(table, keys, prefix)
            yield prefix, table

    def day(self, table: dict[str, Any], key: str, prefix: str) -> date:
        value = table.get(key)
        if type(value) is not date:
            self.fault(f"{prefix}{key}", "write a date such as 2025-04-01", "请写日期，例如 2025-04-01")
        return value

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
        columns: list[Column] = []
        for prefix, table in self.tables(data, "column", _COLUMN_KEYS):
            since = self.day(table, "since", prefix)
            until = self.day(table, "until", prefix) if "until" in table else None
            if until is not None and until < since:
                self.fault(f"{prefix}until", "is earlier than `since`", "早于 since")
            unit = table.get("unit", "")
            if not isinstance(unit, str):
                self.fault(f"{prefix}unit", "write the body's name, or leave it empty", "请写机关名称，或留空")
            url = self.url(table, "url", prefix, hosts, sample)
            if any(url == column.url for column in columns):
                self.fault(f"{prefix}url", f"{url!r} stands in an earlier column too", f"{url!r} 与前面的栏目重复")
            columns.append(Column(url, unit, since, until))
        if not columns and "home" not in data:
            self.fault(
                "column",
                "write at least one [[column]] table, or `home` where no report column is known",
                "至少写一个 [[column]] 表；尚不知年报栏目时请写 home",
            )
        return tuple(columns)

    def url(self, table: dict[str, Any], name: str, prefix: str, hosts: tuple[str, ...], sample: bool) -> str:
        url = self.text(table, name, prefix)
        key = f"{prefix}{name}"
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
