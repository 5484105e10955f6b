"""Draws documents over (format, form, quirk): which combinations there are, how many of each, always the same for a seed.

Every quirk has about the same number of documents; none is dropped to reach a figure.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.corpus.document import Manuscript, compose, finish, form_keys, truth_of
from tests.corpus.forms import FORMS
from tests.corpus.lists import STATISTICS, compose_list, list_keys, number_unknown
from tests.corpus.quirks import PARTS, QUIRKS
from tests.corpus.renderers import FORMATS, render


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one document is made of."""

    format: str
    form: str
    quirks: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A document as bytes, with the report that it prints."""

    recipe: Recipe
    body: bytes = field(repr=False)
    manuscript: Manuscript = field(repr=False)


# How often each form is drawn; the lists before 2019 have few quirks of their own
_SHARES = {"2021": 0.29, "2019": 0.24, "mixed": 0.24, "statistics-2014": 0.13, "local": 0.1}


def applicable(name: str, format_name: str, form: str) -> bool:
    """Tell whether documents of a format and a form can carry a quirk."""
    kind = FORMATS[format_name]
    quirk = QUIRKS[name]
    return form in quirk.forms and bool(kind.families & quirk.families) and name not in kind.without


def draw_recipes(formats: Sequence[tuple[str, int]], seed: int, *, doubled: float = 0.0) -> list[Recipe]:
    """Draw (format, how many) recipes, a share of them with a second quirk.

    Each document takes the quirk that has the fewest documents so far, in all and in its group of formats: so every
    quirk comes to about the same number, whatever formats can carry it.
    """
    rng = random.Random(seed)
    formats_in_turn = [name for name, count in formats for _ in range(count)]
    rng.shuffle(formats_in_turn)
    seen: Counter[str] = Counter()
    seen_in_group: Counter[tuple[str, str]] = Counter()
    recipes: list[Recipe] = []
    for name in formats_in_turn:
        group = FORMATS[name].group
        shares = {form: share for form, share in _SHARES.items() if form in FORMATS[name].forms}
        form = rng.choices(tuple(shares), tuple(shares.values()))[0]
        quirks: list[str] = []
        for _ in range(2 if rng.random() < doubled else 1):
            parts = {QUIRKS[q].part for q in quirks}
            free = [q for q in QUIRKS if applicable(q, name, form) and QUIRKS[q].part not in parts]
            taken = min(free, key=lambda q: (seen[q], seen_in_group[group, q], rng.random()))
            seen[taken] += 1
            seen_in_group[group, taken] += 1
            quirks.append(taken)
        quirks.sort(key=lambda q: PARTS.index(QUIRKS[q].part))
        recipes.append(Recipe(name, form, tuple(quirks), rng.randrange(2**32)))
    return sorted(recipes, key=lambda r: list(FORMATS).index(r.format))


def write(recipe: Recipe) -> Manuscript:
    """Make the report of a recipe."""
    rng = random.Random(recipe.seed)
    report = compose(rng, recipe.form) if recipe.form in FORMS else compose_list(rng, recipe.form)
    quirks = [QUIRKS[name] for name in recipe.quirks]
    for quirk in quirks:
        if quirk.on_report:
            quirk.on_report(report, rng)
    if STATISTICS in report.sheets:
        number_unknown(report.sheets[STATISTICS])
    blocks = finish(report)
    for quirk in quirks:
        if quirk.on_blocks:
            quirk.on_blocks(report, blocks, rng)
    truth = truth_of(blocks)
    return Manuscript(
        title=report.title,
        blocks=blocks,
        truth=truth,
        absent=(form_keys if recipe.form in FORMS else list_keys)(recipe.form) - truth.keys(),
        issuer=report.issuer,
        year=report.year,
        place=report.place,
        script=report.script,
        markup=frozenset(report.markup),
    )


def make(recipes: Sequence[Recipe]) -> list[Sample]:
    """Make the documents of all recipes, those of one program in one go; raises where a program is missing."""
    manuscripts = [write(recipe) for recipe in recipes]
    bodies: list[bytes | None] = [None] * len(recipes)
    for name in FORMATS:
        at = [i for i, r in enumerate(recipes) if r.format == name]
        if at:
            made = render(name, [manuscripts[i] for i in at], [recipes[i].seed for i in at])
            for i, body in zip(at, made, strict=True):
                bodies[i] = body
    return [
        Sample(recipe, body, manuscript)
        for recipe, body, manuscript in zip(recipes, bodies, manuscripts, strict=True)
        if body is not None
    ]
