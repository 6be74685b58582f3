"""What to do when what lies on a cluster is damaged: put it out of the way. Nothing is deleted."""

from __future__ import annotations

from archive.domain.kinds import KINDS
from search.cluster.connection import Cluster
from search.cluster.index import ClusterIndex
from search.cluster.indices import create, put_template, use
from search.cluster.lock import held
from search.cluster.mapping import index_body


def put_aside(index: ClusterIndex) -> list[str]:
    """Lets readers and writers use new, empty indices; the old ones, which are named, are kept and used by nobody. No
    other process should be writing. Raises Conflict("migration_runs")."""
    cluster, names = index.cluster, index.cluster.names
    old = index.kinds()
    with held(cluster):
        for name, there in old.items():
            kind, new = KINDS[name], names.index(name, _highest(cluster, name) + 1)
            cluster.ask(
                lambda client, kind=kind: put_template(  # type: ignore[misc]
                    client, names, kind, index_body(kind, cluster.settings)
                )
            )
            cluster.ask(lambda client, kind=kind, new=new: create(client, names, new, kind, current=False))  # type: ignore[misc]
            cluster.ask(lambda client, kind=kind, there=there, new=new: use(client, names, kind, there, new))  # type: ignore[misc]
    return list(old.values())


def _highest(cluster: Cluster, kind: str) -> int:
    """The highest number of an index of a kind; a migration that was killed may have left one that nobody uses."""
    there = cluster.ask(lambda client: client.indices.get_alias(index=cluster.names.pattern(kind)))
    return max(cluster.names.number(index) for index in there)
