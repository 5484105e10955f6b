"""What every verb shares: the options that may stand before or after it, the language, progress, and how errors end."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from archive.clock import Clock, SystemClock
from parsers.errors import GongkaiError

_NOT_VERBS = frozenset(("deciding", "session", "telling"))


def _language_of_locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@dataclass(slots=True)
class Session:
    """The shared options as given, and what follows from them."""

    archive: Path | None = None
    language: str = field(default_factory=_language_of_locale)
    json: bool = False
    clock: Clock = field(default_factory=SystemClock)

    def archive_path(self, default: str = "data") -> Path:
        """Return the archive's folder: --archive, else GONGKAI_ARCHIVE, else `default`."""
        return self.archive or Path(os.environ.get("GONGKAI_ARCHIVE") or default)

    @contextmanager
    def archive_or_temporary(self) -> Iterator[Path]:
        """Give the archive's folder where one is named, else one that is gone afterwards."""
        if self.archive or os.environ.get("GONGKAI_ARCHIVE"):
            yield self.archive_path()
        else:
            with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
                yield Path(folder)

    def text(self, en: str, zh: str) -> str:
        """Return the message in the user's language."""
        return zh if self.language == "zh" else en

    def say(self, en: str, zh: str) -> None:
        """Print a line for people: to stdout, or to stderr where stdout is for data."""
        click.echo(self.text(en, zh), err=self.json)

    def warn(self, en: str, zh: str) -> None:
        """Print a line to stderr."""
        click.echo(self.text(en, zh), err=True)

    def print_json(self, data: Any) -> None:
        """Print one JSON object on one line of stdout."""
        click.echo(json.dumps(data, ensure_ascii=False))

    def progress(self, en: str, zh: str) -> Progress:
        """Return a progress bar on stderr; it shows nothing where that is no terminal."""
        return Progress(self.text(en, zh))


class Progress:
    """A progress bar that is told (done, all), and is a context manager."""

    def __init__(self, title: str) -> None:
        self._bar: tqdm[Any] = tqdm(desc=title, file=sys.stderr, disable=None, leave=True, unit="")

    def __call__(self, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.n = done
        self._bar.refresh()

    def note(self, text: str) -> None:
        """Show a few words behind the bar."""
        self._bar.set_postfix_str(text)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.close()


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(context: click.Context, _: click.Parameter, value: Any) -> Any:
        session = context.find_root().ensure_object(Session)
        if value:
            setattr(session, name, value)
        return value

    return callback


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --archive, --lang and --json to a command."""
    for option in (
        click.option("--json", is_flag=True, expose_value=False, callback=_set("json"), help="Print data as JSON."),
        click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            expose_value=False,
            callback=_set("language"),
            help="Language of messages (default: the locale's).",
        ),
        click.option(
            "--archive",
            type=click.Path(path_type=Path, file_okay=False),
            expose_value=False,
            callback=_set("archive"),
            help="The archive's folder (default: $GONGKAI_ARCHIVE, else ./data).",
        ),
    ):
        command = option(command)
    return command


def contact_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --contact to a command that asks portals."""
    return click.option(
        "--contact",
        envvar="GONGKAI_CONTACT",
        help="An e-mail address or page by which a webmaster can reach you (or $GONGKAI_CONTACT).",
    )(command)


def registry_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --registry to a command that knows portals."""
    return click.option(
        "--registry",
        "own",
        type=click.Path(path_type=Path, file_okay=False),
        help="Your own folder of declarations (default: $GONGKAI_PORTALS, else ./portals).",
    )(command)


class UserErrorsGroup(click.Group):
    """Finds each verb in the module of its name, and ends errors of ours as one line and an exit status."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the verbs: the modules of this package."""
        import cli

        return sorted(m.name.removesuffix("_") for m in pkgutil.iter_modules(cli.__path__) if m.name not in _NOT_VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import a verb's module when it is called: `gongkai parse` need not load a crawler."""
        if name not in self.list_commands(context):
            return None
        module = name + "_" if name == "import" else name
        command: click.Command = importlib.import_module(f"cli.{module}").command
        return command

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run, and return the exit status."""
        try:
            return super().main(args, standalone_mode=False, **extra) or 0
        except GongkaiError as error:
            language = _chosen_language(args if args is not None else sys.argv[1:])
            click.echo(f"{'错误' if language == 'zh' else 'error'}: {error.message(language)}", err=True)
            return error.exit_status
        except click.exceptions.Exit as error:
            return error.exit_code
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted" if _language_of_locale() == "en" else "已中断", err=True)
            return 130
        except BrokenPipeError:
            # the reader of our output has gone (gongkai … | head): nothing is wrong with us
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def _chosen_language(args: Sequence[str]) -> str:
    """Return the language that the call names: an error may come before the options were read."""
    for i, arg in enumerate(args):
        if arg == "--lang" and i + 1 < len(args):
            return args[i + 1]
        if arg.startswith("--lang="):
            return arg.partition("=")[2]
    return _language_of_locale()


def status_error(status: int) -> click.exceptions.Exit:
    """Return the exception that ends the program with `status` and no further word."""
    return click.exceptions.Exit(status)
