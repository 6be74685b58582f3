"""What an administrator is told of the indices on a cluster. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.cluster.changes import counted
from search.cluster.connection import Cluster


def indices_told(cluster: Cluster, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """Of each kind (`kinds` gives its index): records, deletions, bytes with all replicas, shards, replicas."""
    if not kinds:
        return []
    every = ",".join(kinds.values())
    stats = cluster.ask(lambda client: client.indices.stats(index=every, metric="store"))["indices"]
    settings = cluster.ask(lambda client: client.indices.get_settings(index=every)).body
    return [_told(cluster, kind, index, stats, settings) for kind, index in kinds.items()]


def _told(
    cluster: Cluster, kind: str, index: str, stats: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    held = settings[index]["settings"]["index"]
    records, deleted = counted(cluster, index)
    return {
        "kind": kind,
        "index": index,
        "records": records,
        "deleted": deleted,
        "bytes": int(stats[index]["total"]["store"]["size_in_bytes"]),
        "shards": int(held["number_of_shards"]),
        "replicas": int(held["number_of_replicas"]),
    }
