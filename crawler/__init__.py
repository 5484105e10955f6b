"""Talks to the network: portals, families, the crawl; never imported by `archive` or `parsers`."""
