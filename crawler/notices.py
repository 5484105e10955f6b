"""Tells others what needs a person: by a webhook or by a command that takes text on its input.

Guarantees: nothing is sent but to the address or the command that the operator named; what could not be delivered is an error that
says so. A redirection is not followed: it would lead to an address that nobody named.
"""

from __future__ import annotations

import http.client
import json
import shlex
import ssl
import subprocess
from typing import Any
from urllib.parse import urlsplit

from parsers.errors import GongkaiError, UsageError

_PATIENCE = 30
"""Seconds."""
_COMMAND_PATIENCE = 120


class NoticeError(GongkaiError):
    """Raised where a notice could not be delivered; what it would have told is not lost."""


def post_notice(url: str, data: dict[str, Any]) -> None:
    """POST `data` as JSON to `url`; raises NoticeError unless the answer is a 2xx, UsageError for what is no address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--webhook {url!r} is no http address", f"--webhook {url!r} 不是 http 地址")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=_PATIENCE, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_PATIENCE)
    body = json.dumps(data, ensure_ascii=False).encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NoticeError(f"the webhook could not be reached: {error}", f"无法连接 webhook：{error}") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NoticeError(f"the webhook answered {status}", f"webhook 返回 {status}")


def mail_notice(command: str, text: str) -> None:
    """Run `command` (words as in a shell, no shell) with `text` on its input; raises NoticeError unless it ends with 0."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--mail-command: {error}", f"--mail-command：{error}") from error
    if not words:
        raise UsageError("--mail-command is empty", "--mail-command 为空")
    try:
        run = subprocess.run(
            words, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_COMMAND_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoticeError(f"the mail command failed: {error}", f"邮件命令失败：{error}") from error
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip()[-200:]
        raise NoticeError(
            f"the mail command ended with {run.returncode}: {said}", f"邮件命令以 {run.returncode} 退出：{said}"
        )
