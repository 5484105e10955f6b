"""WARC files (ISO 28500): `reading` takes captures out of them, `writing` makes them from the archive."""
