"""Chinese full text over titles, issuers and narratives: any query of one character upwards finds its text.

Text is brought to Simplified characters and split character by character; a word is a phrase query over them
(docs/search.md), so Traditional queries find Simplified text and 公开 is found as well as 行政复议.
"""

from __future__ import annotations

from archive.search.answering import Answer, Hit, search
from archive.search.indexing import index_reports
from archive.search.language import Node, QueryError, parse_query
from archive.search.sql import Wanted, wanted
from archive.search.text import index_text, pieces, snippet

__all__ = [
    "Answer",
    "Hit",
    "Node",
    "QueryError",
    "Wanted",
    "index_reports",
    "index_text",
    "parse_query",
    "pieces",
    "search",
    "snippet",
    "wanted",
]
