"""The index for more than one machine: Elasticsearch 8 and 9, OpenSearch 2 and 3. See docs/cluster.md.

Entry point: `open_cluster`.
"""

from __future__ import annotations

from archive.config import Settings
from search.cluster.index import ClusterIndex

__all__ = ["ClusterIndex", "open_cluster"]


def open_cluster(settings: Settings) -> ClusterIndex:
    """The index at `settings.index`. Connects to nothing yet, so a process may fork afterwards."""
    return ClusterIndex(settings)
