"""What makes `gongkai crawl --due` run every hour: a systemd timer of the user, or a line for cron.

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


def crawl_command(archive: Path, registry: Path, contact: str, portals: Sequence[str]) -> list[str]:
    """Return the words of the crawl that a timer runs: the program of this environment, with absolute paths."""
    program = Path(sys.executable).parent / "gongkai"
    start = [str(program)] if program.exists() else [sys.executable, "-c", "import cli; cli.main()"]
    folders = ["--archive", str(archive.resolve()), "--registry", str(registry.resolve())]
    return [*start, "crawl", "--due", *folders, "--contact", contact, *portals]


def systemd_units(command: Sequence[str]) -> dict[str, str]:
    """Return the unit files by name: a service that ends by itself, and a timer that catches up after a sleep."""
    # exit 7: ended, not everything could be got; 6: another run holds the archive. Neither is a fault of the service.
    service = f"""[Unit]
Description=Crawl what is due of the annual reports on information disclosure
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={" ".join(_systemd_word(word) for word in command)}
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


def cron_files(command: Sequence[str], user: str) -> dict[str, str]:
    """Return the file for /etc/cron.d by name; a minute off the hour, when everybody else's jobs run."""
    # % is a line end to cron
    line = shlex.join(command).replace("%", "\\%")
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
