"""What to do when what lies on a cluster is damaged: put it out of the way. Nothing is deleted."""

from __future__ import annotations

from archive.domain.kinds import KINDS
from archive.domain.record import Record
from search.cluster.connection import Cluster
from search.cluster.index import ClusterIndex
from search.cluster.indices import make, use
from search.cluster.lock import held


def put_aside(index: ClusterIndex) -> list[str]:
    """Lets readers and writers use new, empty indices; the old ones, which are named, are kept and used by nobody. No
    other process should be writing. Raises Conflict("migration_runs")."""
    cluster = index.cluster
    old = index.kinds()
    with held(cluster):
        for name, there in old.items():
            _begin_anew(cluster, KINDS[name], there)
    return list(old.values())


def _begin_anew(cluster: Cluster, kind: type[Record], old: str) -> None:
    names = cluster.names
    new = names.index(kind.kind, _highest(cluster, kind.kind) + 1)
    cluster.ask(lambda client: make(client, names, new, kind, cluster.settings))
    cluster.ask(lambda client: use(client, names, kind, old, new))


def _highest(cluster: Cluster, kind: str) -> int:
    """The highest number of an index of a kind; a migration that was killed may have left one that nobody uses."""
    there = cluster.ask(lambda client: client.indices.get_alias(index=cluster.names.pattern(kind)))
    return max(cluster.names.number(index) for index in there)
