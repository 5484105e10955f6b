"""What makes `gongkai crawl --due` and then `gongkai compact` run every hour: a systemd timer of the user, or a line for cron.

Guarantees: the files name nothing but this program, the archive, the registry, the contact and the portals; installing again replaces
what was installed before and touches no other file. Nothing is started: that is for the user to do.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from parsers.errors import UsageError

NAME = "gongkai-crawl"


def commands(archive: Path, registry: Path, contact: str, portals: Sequence[str]) -> list[list[str]]:
    """Return the words of what a timer runs one after the other: the crawl, then the packing of what it kept.

    The program is that of this environment, paths are absolute.
    """
    program = Path(sys.executable).parent / "gongkai"
    start = [str(program)] if program.exists() else [sys.executable, "-c", "import cli; cli.main()"]
    kept = ["--archive", str(archive.resolve())]
    crawl = ["crawl", "--due", *kept, "--registry", str(registry.resolve()), "--contact", contact, *portals]
    return [[*start, *crawl], [*start, "compact", *kept]]


def systemd_units(commands: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the unit files by name: a service that ends by itself, and a timer that catches up after a sleep."""
    # exit 7: ended, not everything could be got; 6: another run holds the archive. Neither is a fault of the service.
    starts = "\n".join("ExecStart=" + " ".join(map(_systemd_word, command)) for command in commands)
    service = f"""[Unit]
Description=Crawl what is due of the annual reports on information disclosure
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{starts}
SuccessExitStatus=6 7
Nice=10
"""
    timer = f"""[Unit]
Description=Look every hour what is due

[Timer]
OnCalendar=hourly
RandomizedDelaySec=10min
Persistent=true
Unit={NAME}.service

[Install]
WantedBy=timers.target
"""
    return {f"{NAME}.service": service, f"{NAME}.timer": timer}


def cron_files(commands: Sequence[Sequence[str]], user: str) -> dict[str, str]:
    """Return the file for /etc/cron.d by name; a minute off the hour, when everybody else's jobs run."""
    # % is a line end to cron
    line = "; ".join(map(shlex.join, commands)).replace("%", "\\%")
    return {NAME: f"17 * * * * {user} {line}\n"}


def write_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write files into `folder`; return them. Raises UsageError where that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}): name another with --folder, or use `gongkai schedule print`",
            f"无法写入 {folder}（{error.strerror}）：请用 --folder 另指目录，或用 `gongkai schedule print` 输出",
        ) from error
    return [folder / name for name in files]


def _systemd_word(word: str) -> str:
    """Quote a word for ExecStart: % and $ are its own."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{quoted}"' if not quoted or any(c in quoted for c in " \t;'\"") else quoted
