"""`gongkai serve`: the site on a release, read-only."""

from __future__ import annotations

from pathlib import Path

import click

from cli.session import Session, common_options
from parsers.errors import UsageError


@click.command("serve")
@common_options
@click.argument("directory", default="release", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, help="The port (0: a free one).")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.pass_obj
def command(session: Session, directory: Path, host: str, port: int, open_browser: bool) -> None:
    """Serve the release in DIRECTORY (or the newest of several there) until interrupted.

    \b
    Example:
      gongkai serve release --port 8001
    """
    serve_site(session, directory, host, port, open_browser)


def serve_site(
    session: Session, directory: Path, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False
) -> None:
    """Serve until interrupted, saying where; raises UsageError where the port cannot be had."""
    # here: Datasette takes a second to import, and `gongkai --help` imports every verb
    from archive.website.serve import serve

    try:
        serve(
            directory,
            host=host,
            port=port,
            open_browser=open_browser,
            ready=lambda url: session.say(
                f"the site is at {url} — Ctrl-C ends it", f"网站地址：{url}（按 Ctrl-C 结束）"
            ),
        )
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port",
            f"无法监听 {host}:{port}（{error.strerror}）：请用 --port 另选端口",
        ) from error
