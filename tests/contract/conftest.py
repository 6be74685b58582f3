"""An index on a cluster, for tests of what only a cluster has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.cluster import ClusterIndex
from tests.contract.index_places import Opened, opening
from tests.engines.servers import SearchServers


@pytest.fixture
def on_cluster(tmp_path: Path, search_servers: SearchServers) -> Iterator[Opened]:
    """An empty index on a real OpenSearch node."""
    with opening("opensearch2", tmp_path, search_servers) as opened:
        yield opened


@pytest.fixture
def cluster(on_cluster: Opened) -> ClusterIndex:
    """The same, as the adapter."""
    assert isinstance(on_cluster.index, ClusterIndex)
    return on_cluster.index
