"""Datasette's own pages in the reader's language and with the names that a screen reader needs: its templates, with our words in them.

Guarantees: nothing of a template is copied here, so that those of a later Datasette are shown as they are; a fragment of
datasette.toml that they no longer have changes nothing on a page (and fails a test).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, Environment


@cache
def replacements() -> dict[str, dict[str, str]]:
    """Return by template what stands there and what is put in its place."""
    told = tomllib.loads(files("archive.website").joinpath("datasette.toml").read_text("utf-8"))
    for_all: Mapping[str, Mapping[str, str]] = told.pop("for_all")
    found: dict[str, dict[str, str]] = {name: dict(put) for name, put in for_all.items()}
    for name, words in told.items():
        for en, zh in words.items():
            found.setdefault(name, {})[en] = f"{{% if lang == 'zh' %}}{zh}{{% else %}}{en}{{% endif %}}"
    return found


class Worded(BaseLoader):
    """Loads what `loader` loads, in our words."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return a template's source; raises TemplateNotFound as the loader does."""
        source, name, fresh = self._loader.get_source(environment, template)
        for fragment, put in replacements().get(template.rpartition(":")[2], {}).items():
            source = source.replace(fragment, put)
        return source, name, fresh
