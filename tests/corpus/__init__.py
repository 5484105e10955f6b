"""Makes annual reports with known figures, renders them as people do, and scores what a reader says of them.

Knows nothing of the reader: forms, labels, quirks and rules are written here a second time, from the notices.
"""
