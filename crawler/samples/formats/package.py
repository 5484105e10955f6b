"""Packages: zip files whose bytes depend on their members alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"

_MADE: Final = (2020, 1, 1, 0, 0, 0)
_UNIX: Final = 3


def package(members: Mapping[str, str | bytes]) -> bytes:
    """Zip members in their order; texts are written as UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def office_package(main: str, main_type: str, parts: Mapping[str, str], types: Mapping[str, str]) -> bytes:
    """Package the parts of an office document; `types` are those of the parts beside the `main` one."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in {main: main_type, **types}.items()
    )
    return package(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
            "_rels/.rels": relationships({"rId1": ("officeDocument", main)}),
            **parts,
        }
    )


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """Return a part of relationships: by identifier, the kind and the target of each."""
    items = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{XML}<Relationships xmlns="{RELATIONSHIPS}">{items}</Relationships>'
