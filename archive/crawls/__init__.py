"""What a crawl writes down and asks back: pages visited, hosts at rest, reasons, coverage, the run itself."""
