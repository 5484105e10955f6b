"""The front door: `gongkai VERB`. One file a verb, no logic, no SQL, no HTTP.

Every verb takes --archive, --lang and --json before or after its name; errors are one line in the user's language, and
the exit status is that of the table in the README.
"""

from __future__ import annotations

import sys

import click

from cli.session import Session, UserErrorsGroup, common_options


@click.group(cls=UserErrorsGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="gongkai-archive", prog_name="gongkai")
@common_options
@click.pass_context
def gongkai(context: click.Context) -> None:
    """Collect, keep and read the annual reports of Chinese government bodies on information disclosure.

    政府信息公开工作年度报告的采集、保存与阅读。

    \b
    Examples:
      gongkai demo                         everything on sample portals, in a minute
      gongkai parse --json report.html     read one file
      gongkai import captures/ && gongkai publish release && gongkai serve release
    """
    context.ensure_object(Session)


def main() -> None:
    """Run the command line."""
    sys.exit(gongkai())
