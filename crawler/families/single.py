"""Single documents: a column's address is no list but the one report itself, a page or a bare file.

Guarantees: nothing is read as a list, and no page is told to be of this family: a person declares it.
"""

from __future__ import annotations

from crawler.families.generic import attachments
from crawler.families.listing import Family, ListPage, Page


def detect(page: Page) -> bool:
    """Tell nothing: what stands alone has no marks."""
    return False


def read_list(page: Page) -> ListPage:
    """Return no rows: the page is no list."""
    return ListPage(())


FAMILY = Family("single", detect, read_list, attachments, listed=False)
