"""What happens to a sample portal between its first simulated day and the thirtieth."""

from __future__ import annotations

from typing import Final

CHANGE_DAY: Final = 30
"""The simulated day from which every change is seen; before it the world is as on day 1, after it as on day
30.
"""

CHANGES: Final[dict[str, str]] = {
    "edited": "two cells of table four change, every sum still right, the narrative follows",
    "reworded": "the narrative alone changes",
    "withdrawn": "the page answers 404 and is gone from its list",
    "soft_404": "the page answers 200 and does not exist (it says so, refreshes, or is the home page)",
    "moved": "a new address with the same content, the old one answers 404",
    "challenge": "a bot challenge in place of the page (521, 412, or 200 with a script)",
    "replaced_by_pdf": "the page's address answers with a PDF of the same figures",
    "republished": "counter and session id change, text and figures do not",
    "new": "a report that was not there before",
}

UNREADABLE: Final = frozenset({"withdrawn", "soft_404", "challenge"})
"""Changes after which the page no longer carries its report."""
