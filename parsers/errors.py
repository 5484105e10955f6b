"""Errors that carry their message in both languages, what to do about it, and an exit status (design 3.1).

Raised by parsers, archive and crawler; shown by cli, which alone chooses the language.
"""

from __future__ import annotations


class GongkaiError(Exception):
    """Any error of ours; `en` and `zh` each say what is wrong, where, and what to do."""

    exit_status = 1

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def message(self, language: str) -> str:
        """Return the message in `language` ("zh" or "en")."""
        return self.zh if language == "zh" else self.en


class UsageError(GongkaiError):
    """Raised where the call itself is wrong: a file that is not there, an archive that must not be used."""

    exit_status = 2


class NotFoundError(UsageError):
    """Raised where a report, version or capture that was asked for is not in the archive."""


class UnreadableError(GongkaiError):
    """Raised by readers where bytes are damaged, encrypted or over a limit."""

    exit_status = 4


class ArchiveLockedError(GongkaiError):
    """Raised where another run holds the archive."""

    exit_status = 6
