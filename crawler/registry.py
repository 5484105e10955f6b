"""The registry: folders of declarations, the user's own and the one that comes with the program.

Guarantees: a slug names one portal (a user's declaration goes before the packaged one of the same slug);
nothing is ever written into the packaged folder, and no declaration is overwritten unasked; what a live
check came to is kept beside the user's declarations, one line each, never changed.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from archive.clock import parse_timestamp, timestamp
from crawler.declarations import Portal, load_portal
from parsers.errors import UsageError

PACKAGED = Path(__file__).parent / "portals"
"""The declarations that come with the program: <province>/<slug>.toml. Samples never stand in it."""

_CHECKS = "checks.jsonl"


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """When a portal was last held against its declaration, and what that came to."""

    slug: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The user's folder and the packaged one; either may be missing or empty."""

    own: Path
    packaged: Path = PACKAGED

    def files(self) -> list[Path]:
        """Return the declarations by province and slug; the user's own hides the packaged of its slug."""
        by_slug = {file.stem: file for folder in (self.packaged, self.own) for file in sorted(folder.glob("*/*.toml"))}
        return sorted(by_slug.values(), key=lambda file: (file.parent.name, file.stem))

    def select(self, patterns: Sequence[str] = ()) -> list[Portal]:
        """Return the portals whose slugs match any of `patterns` (shell patterns), all where there are none.

        Raises UsageError for a pattern that no portal matches, and for a faulty declaration among those chosen.
        """
        files = self.files()
        for pattern in patterns:
            if not any(fnmatchcase(file.stem, pattern) for file in files):
                raise UsageError(
                    f"portal {pattern}: is not in the registry ({self.own}, {self.packaged});"
                    " write a declaration with `gongkai portal detect URL | gongkai portal add`",
                    f"门户 {pattern}：登记册（{self.own}、{self.packaged}）中没有；"
                    "可用 `gongkai portal detect URL | gongkai portal add` 写入声明",
                )
        return [load_portal(file) for file in files if not patterns or any(fnmatchcase(file.stem, p) for p in patterns)]

    def to_crawl(self, patterns: Sequence[str] = ()) -> tuple[list[Portal], list[Portal]]:
        """Return the portals to crawl among those of `patterns`, and those whose report column is not known.

        One that is named by its slug counts as to be crawled, so that the crawl says why it cannot be.
        """
        portals = self.select(patterns)
        unknown = [portal for portal in portals if not portal.columns and portal.slug not in patterns]
        return [portal for portal in portals if portal not in unknown], unknown

    def find(self, slug: str) -> Portal:
        """Return the portal registered under `slug`; raises UsageError where there is none."""
        return self.select((slug,))[0]

    def add(self, portal: Portal, *, replace: bool = False) -> Path:
        """Write a declaration into the user's folder and return its file.

        Raises UsageError where the folder holds the slug already (unless `replace`), or the place has no province.
        """
        province = province_of(portal.place)
        if province is None:
            raise UsageError(
                f"portal {portal.slug}: place {portal.place} lies in no province",
                f"门户 {portal.slug}：代码 {portal.place} 不属于任何省份",
            )
        file = self.own / province / f"{portal.slug}.toml"
        there = [other for other in self.own.glob(f"*/{portal.slug}.toml") if not replace or other != file]
        if there:
            raise UsageError(
                f"{there[0]}: is there already; --replace writes over it",
                f"{there[0]}：已经存在；如需覆盖请用 --replace",
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(declaration(portal), encoding="utf-8")
        return file

    def record_check(self, record: CheckRecord) -> None:
        """Keep what a live check came to."""
        self.own.mkdir(parents=True, exist_ok=True)
        line = {"slug": record.slug, "at": timestamp(record.at), "outcome": record.outcome}
        with (self.own / _CHECKS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def last_checks(self) -> dict[str, CheckRecord]:
        """Return the last live check of each portal by slug; raises UsageError for a damaged record."""
        path = self.own / _CHECKS
        if not path.exists():
            return {}
        found = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                data = json.loads(line)
                found[data["slug"]] = CheckRecord(data["slug"], parse_timestamp(data["at"]), data["outcome"])
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(
                    f"{path}: line {number} is damaged: {error}", f"{path}：第 {number} 行已损坏：{error}"
                ) from error
        return found


def open_registry(own: Path | None = None) -> Registry:
    """Return the registry whose own folder is `own`, else $GONGKAI_PORTALS, else ./portals."""
    return Registry(own or Path(os.environ.get("GONGKAI_PORTALS") or "portals"))


def provinces() -> dict[str, str]:
    """Return the folder of each province by the first two digits of its code."""
    return tomllib.loads((PACKAGED / "provinces.toml").read_text(encoding="utf-8"))


def province_of(place: str) -> str | None:
    """Return the folder in which the portals of a place stand, or None for a code of no province."""
    return provinces().get(place[:2])


def declaration(portal: Portal) -> str:
    """Return the TOML text that load_portal reads as `portal`."""
    fields: list[tuple[str, object]] = [("slug", portal.slug), ("name", portal.name)]
    fields += [(key, value) for key, value in (("family", portal.family), ("family_by", portal.family_by)) if value]
    fields += [("place", portal.place), ("hosts", list(portal.hosts))]
    fields += [("home", portal.home)] if portal.home else []
    fields += [("sample", True)] if portal.sample else []
    fields += [("checked", portal.checked or "never")]
    limits = [("delay", portal.delay), ("max_pages", portal.max_pages), ("max_bytes", portal.max_bytes)]
    fields += [("window", str(portal.window))] if portal.window else []
    fields += [(key, value) for key, value in limits if value is not None]
    tables = [("", fields)]
    tables += [("evidence", [("seen", e.seen), ("where", e.where), ("date", e.on)]) for e in portal.evidence]
    for column in portal.columns:
        until = [("until", column.until)] if column.until else []
        tables.append(("column", [("url", column.url), ("unit", column.unit), ("since", column.since), *until]))
    blocks = [
        "".join([f"[[{name}]]\n" if name else "", *(f"{key} = {_toml(value)}\n" for key, value in pairs)])
        for name, pairs in tables
    ]
    return "\n".join(blocks)


def _toml(value: object) -> str:
    """Write a text, a truth, a date or a list of texts as TOML; a JSON text is a TOML text but for DEL."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
