"""Writes what stands beside the tables of a release: codebook, read-me, licence, changes, and descriptions for machines.

Guarantees: every file of a table is named with its rows, size and hash; all is made from the data that made the tables; no address
is named but the one that the release was given.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from archive.publication.changes import Changes
from archive.publication.codebook import VOCABULARIES, about, crosswalk, terms
from archive.publication.columns import (
    Field,
    Table,
    cells_of,
    changes_table,
    tables,
    wide_columns,
    wide_forms,
    wide_tables,
)
from archive.publication.model import Edition, ReleaseFile

DOCUMENTS: dict[str, tuple[str, str]] = {name: (zh, en) for name, (zh, en) in about()["documents"].items()}
"""The documents of a release, and what each is in both languages."""

_TYPES = {"key": "string", "text": "string", "integer": "integer", "number": "number", "json": "object"}
_CROSSWALK = (
    "仅列可以比较的项目；未列者不可比较。2019 年前为 `statistics` 的行，其后为 表/行/列。",
    "Only what is listed may be compared. Before 2019 rows of `statistics`, since then table/row/column.",
)


def write_documents(folder: Path, edition: Edition, tables_written: Sequence[ReleaseFile], changes: Changes) -> None:
    """Write each of DOCUMENTS into `folder`."""
    values = _values(edition, changes, tables_written)
    engine = Environment(
        loader=PackageLoader("archive.publication"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    values["introduction"] = engine.get_template("introduction.md").render().strip()
    for name in ("codebook.md", "codebook.html", "CHANGES.md", "LICENCE.md", "README.txt"):
        (folder / name).write_text(engine.get_template(name).render(values), "utf-8")
    for name, data in (
        ("datapackage.json", _datapackage(edition, tables_written)),
        ("dataset.jsonld", _schema_org(edition, tables_written)),
        ("dcat.jsonld", _dcat(edition, tables_written)),
    ):
        (folder / name).write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "CITATION.cff").write_text(_citation(edition), "utf-8")


def _values(edition: Edition, changes: Changes, written: Sequence[ReleaseFile]) -> dict[str, Any]:
    cells = {c.cell: c for c in wide_columns() if c.role == "cell"}
    forms = [
        {"table": f.table, "form": f.form, "zh": f.zh, "en": f.en, "cells": [cells[key] for key in cells_of(f)]}
        for f in wide_forms()
    ]
    wide = wide_tables()[0]
    fixed = tuple(c for c in wide_columns() if c.role in ("fixed", "count"))
    return {
        "about": about(),
        "date": edition.date,
        "notice": edition.notice,
        "parser": edition.counts.parser_version if edition.counts.parser_version is not None else "—",
        "counts": edition.counts,
        "changes": changes,
        "names": [(f.name, f.zh, f.en) for f in written] + [(name, *words) for name, words in DOCUMENTS.items()],
        "vocabularies": [(kind, zh, en, terms(kind)) for kind, zh, en in VOCABULARIES],
        "tables": [Table(wide.name, wide.zh, wide.en, fixed, wide.key), *tables(), changes_table()],
        "forms": forms,
        "measures": [c for c in wide_columns() if c.role == "measure"],
        "crosswalk": [{"local": "", "since_2014": "", "note_zh": "", "note_en": ""} | c for c in crosswalk()],
        "crosswalk_about": " ".join(_CROSSWALK),
    }


def _description(edition: Edition) -> str:
    text = f"{about()['description_zh']}\n{about()['description_en']}"
    return f"{edition.notice}\n{text}" if edition.notice else text


def _datapackage(edition: Edition, written: Sequence[ReleaseFile]) -> dict[str, Any]:
    """Return the Frictionless data package: each table as CSV with its schema."""
    known = {table.name: table for table in (*wide_tables(), *tables(), changes_table())}
    data = about()
    return {
        "name": data["name"],
        **({"id": edition.url, "homepage": edition.url} if edition.url else {}),
        "title": f"{data['title_zh']} / {data['title_en']}",
        "description": _description(edition),
        "version": edition.date,
        "created": f"{edition.date}T00:00:00+08:00",
        "keywords": data["keywords"],
        "licenses": [{"name": data["licence"], "path": data["licence_url"], "title": data["licence_title"]}],
        "contributors": [{"title": data["creator"], "role": "author"}],
        "resources": [_resource(f, known[f.name.partition(".")[0]]) for f in written if f.name.endswith(".csv")],
    }


def _resource(file: ReleaseFile, table: Table) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "path": file.name,
        "title": f"{table.zh} / {table.en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "fields": [_schema_field(field) for field in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.key),
        },
    }


def _schema_field(field: Field) -> dict[str, str]:
    return {"name": field.name, "type": _TYPES[field.type], "title": field.zh, "description": field.en}


def _media_type(name: str) -> str:
    kind: str = about()["formats"][name.rpartition(".")[2]]
    return kind


def _schema_org(edition: Edition, written: Sequence[ReleaseFile]) -> dict[str, Any]:
    data = about()
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **({"@id": edition.url, "url": edition.url, "identifier": edition.url} if edition.url else {}),
        "name": data["title_zh"],
        "alternateName": data["title_en"],
        "description": _description(edition),
        "version": edition.date,
        "datePublished": edition.date,
        "inLanguage": ["zh", "en"],
        "isAccessibleForFree": True,
        "keywords": data["keywords"],
        "license": data["licence_url"],
        "creator": {"@type": "Organization", "name": data["creator"]},
        "variableMeasured": [c.name for c in wide_columns() if c.role in ("cell", "measure")],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f.name,
                "description": f"{f.zh} / {f.en}",
                "contentUrl": edition.address_of(f.name),
                "encodingFormat": _media_type(f.name),
                "contentSize": f"{f.bytes} B",
                "sha256": f.sha256,
            }
            for f in written
        ],
    }


def _dcat(edition: Edition, written: Sequence[ReleaseFile]) -> dict[str, Any]:
    data = about()
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        **({"@id": edition.url, "dcat:landingPage": {"@id": edition.url}} if edition.url else {}),
        "dct:identifier": edition.url or f"{data['name']}-{edition.date}",
        "dct:title": [{"@language": k, "@value": data[f"title_{k}"]} for k in ("zh", "en")],
        "dct:description": [
            {"@language": k, "@value": f"{edition.notice}\n{data[f'description_{k}']}".strip()} for k in ("zh", "en")
        ],
        "dct:issued": {"@type": "xsd:date", "@value": edition.date},
        "dct:language": ["zh", "en"],
        "dct:license": {"@id": data["licence_url"]},
        "dct:creator": data["creator"],
        "dcat:version": edition.date,
        "dcat:keyword": data["keywords"],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": f.name,
                "dct:description": f"{f.zh} / {f.en}",
                "dcat:downloadURL": {"@id": edition.address_of(f.name)},
                "dcat:mediaType": _media_type(f.name),
                "dcat:byteSize": f.bytes,
                "spdx:checksum": {"spdx:algorithm": "spdx:checksumAlgorithm_sha256", "spdx:checksumValue": f.sha256},
            }
            for f in written
        ],
    }


def _citation(edition: Edition) -> str:
    data = about()
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        'message: "引用本数据请注明发布日期 / cite this dataset by its date"',
        f"title: {json.dumps(data['title_zh'] + ' / ' + data['title_en'], ensure_ascii=False)}",
        f"abstract: {json.dumps(_description(edition), ensure_ascii=False)}",
        f'version: "{edition.date}"',
        f"date-released: {edition.date}",
        f"license: {data['licence']}",
        *(
            [f"doi: {json.dumps(edition.doi)}"]
            if edition.doi
            else [f"url: {json.dumps(edition.url)}"]
            if edition.url
            else []
        ),
        "authors:",
        f"  - name: {json.dumps(data['creator'], ensure_ascii=False)}",
        "keywords:",
        *(f"  - {json.dumps(word, ensure_ascii=False)}" for word in data["keywords"]),
    ]
    return "\n".join(lines) + "\n"
