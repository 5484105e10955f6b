"""How often each request of a run was sent, so that a run taken up again asks last for what a kill left under way.

Guarantees: a request is counted before it is sent, in a file that outlives the process (but not a power cut: nothing
is synced), so a page that was under way when the crawl was killed is asked for again only after those that were asked
for less often, and kills spread over the pages instead of meeting one again and again. The file orders requests and
decides nothing else: what was answered is known to the archive alone. It goes when its run ends.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path


class Asked:
    """The requests that a run on the archive in `folder` has sent, by key."""

    def __init__(self, folder: Path, run_id: str) -> None:
        path = _path(folder, run_id)
        self._times = Counter(path.read_text("ascii").split() if path.exists() else ())
        self._file = path.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file; it is there for whoever takes the run up."""
        self._file.close()

    def sending(self, key: str) -> None:
        """Count a request that is sent now."""
        self._file.write(f"{key}\n".encode("ascii"))

    def times(self, key: str) -> int:
        """Return how often a request had been sent before this process began."""
        return self._times[key]


def forget(folder: Path, run_id: str) -> None:
    """Remove the file of a run that has ended."""
    _path(folder, run_id).unlink(missing_ok=True)


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"asked-{run_id}"
