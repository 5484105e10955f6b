"""Writes the parts of the documents that are made from the code: docs/cli.md from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli import gongkai

TARGET = Path(__file__).with_name("cli.md")


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _commands(child, click.Context(child, info_name=name, parent=context))


def cli_reference() -> str:
    """Return docs/cli.md."""
    settings = {**gongkai.context_settings, "max_content_width": 100}
    context = click.Context(gongkai, info_name="gongkai", terminal_width=100, **settings)
    parts = ["# The command line\n\nMade by `make docs` from the commands' own help.\n"]
    for path, text in _commands(gongkai, context):
        parts.append(f"## {path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(cli_reference(), encoding="utf-8")
