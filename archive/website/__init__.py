"""The site on a release: a Datasette plugin with pages of its own, read-only, with no request to any other host.

`archive.website.serve` starts it; nothing is imported here, because Datasette imports this package for its plugin.
"""
