"""What the verbs have in common by which a person decides: who says so, and decisions out of a file."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cli.session import Session, status_error
from parsers.errors import GongkaiError

author_option = click.option(
    "--author", envvar="GONGKAI_AUTHOR", default=getpass.getuser, help="Who says so (or $GONGKAI_AUTHOR)."
)


def csv_option(columns: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --csv, a file with the columns named."""
    return click.option(
        "--csv",
        "file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=f"Make those of a file with the columns {columns} (evidence, author).",
    )


def stop_at_faults(session: Session, file: Path, faults: Sequence[tuple[int, GongkaiError]]) -> None:
    """Tell the faulty lines of a file, of which nothing was then written, and end with 2; return where there is none."""
    for line, error in faults:
        session.warn(f"{file}, line {line}: {error.en}", f"{file} 第 {line} 行：{error.zh}")
    if faults:
        session.warn("nothing was written", "未写入任何内容")
        raise status_error(2)
