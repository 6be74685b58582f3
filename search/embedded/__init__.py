"""The index for one machine: nothing to install, nothing to look after. See docs/search.md.

Entry points: `open_index`; for repair `records_are_sound`, `discard_search`, `discard`.
"""

from __future__ import annotations

from pathlib import Path

from search.embedded.index import EmbeddedIndex
from search.embedded.repair import discard, discard_search, records_are_sound

__all__ = ["EmbeddedIndex", "discard", "discard_search", "open_index", "records_are_sound"]


def open_index(folder: Path) -> EmbeddedIndex:
    """The index in `folder`, which is made when something is first written. Opens nothing yet, so a process may fork
    afterwards; several processes may hold the same folder."""
    return EmbeddedIndex(folder)
