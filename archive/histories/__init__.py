"""What became of reports: versions, how two of them differ, copies, changes and the feeds that tell them."""
