"""Markup around the text, and Traditional script."""

from __future__ import annotations

import random
from collections.abc import Callable

from opencc import OpenCC

from tests.corpus.document import Block, Report, boxes_of
from tests.corpus.quirks.registry import ANY_FORM, MARKUP, ApplyBlocks, on_blocks, on_report


def _flag(name: str) -> None:
    def apply(report: Report, rng: random.Random) -> None:
        report.markup.add(name)

    on_report(name, families=MARKUP, forms=ANY_FORM)(apply)


@on_report("rules_not_drawn", families=frozenset(("drawn",)), forms=ANY_FORM)
def _no_rules(report: Report, rng: random.Random) -> None:
    """Draw no rules between cells: the table is held together by white space alone."""
    report.markup.add("rules_not_drawn")


for _name in ("nested_layout_table", "text_in_spans", "breaks_in_labels", "nbsp_in_blanks", "list_conditionals"):
    _flag(_name)

_S2T, _S2TW, _S2TWP = OpenCC("s2t"), OpenCC("s2tw"), OpenCC("s2twp")
# Characters that a character-level converter left or chose otherwise in seed 2 (新榮區)
_LEFT = str.maketrans("範後於並係製佈佔複", "范后于并系制布占復")


def _script(convert: Callable[[str], str]) -> ApplyBlocks:
    def apply(report: Report, blocks: list[Block], rng: random.Random) -> None:
        report.script = "Hant"
        for i, block in enumerate(blocks):
            if isinstance(block, str):
                blocks[i] = convert(block)
        for box in boxes_of(blocks):
            box.text = convert(box.text)

    return apply


on_blocks("traditional", forms=ANY_FORM)(_script(_S2T.convert))
on_blocks("traditional_taiwan", forms=ANY_FORM)(_script(_S2TW.convert))
on_blocks("traditional_phrases", forms=ANY_FORM)(_script(_S2TWP.convert))
on_blocks("traditional_characters", forms=ANY_FORM)(_script(lambda text: _S2T.convert(text).translate(_LEFT)))
