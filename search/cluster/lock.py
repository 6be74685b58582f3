"""The lock that lets one migration of a cluster's indices run at a time. It lies on the cluster, and runs out by itself
where its holder was killed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import ConflictError
from elasticsearch import NotFoundError as NotThere

from archive.errors import Conflict
from search.cluster.connection import Cluster
from search.cluster.faults import cluster_faults

HOLDS_SECONDS = 60.0  # without a sign of life
_ID = "migration"


class Lock:
    """A lock that is held. `renew` says that its holder lives."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._index = f"{cluster.names.prefix}-lock"
        self._at: tuple[int, int] | None = None
        self._renewed = 0.0

    def take(self) -> None:
        """Raises Conflict("migration_runs") where another holds it."""
        there = read(self._cluster)
        if there is not None and there["until"] > time.time():
            raise Conflict("migration_runs", who=there["who"])
        self._write(None if there is None else there["at"])

    def renew(self, *, now: bool = False) -> None:
        """Says that the holder lives, at most once in a while; `now`: at once. Raises Conflict where another took it
        meanwhile, or gave it back."""
        if now or time.monotonic() - self._renewed > HOLDS_SECONDS / 6:
            self._write(self._at)

    def give_back(self) -> None:
        """Ends it; what cannot be said now says itself when it has run out."""
        if self._at is not None:
            number, term = self._at
            with suppress(Exception):
                self._cluster.client().delete(index=self._index, id=_ID, if_seq_no=number, if_primary_term=term)

    def _write(self, over: tuple[int, int] | None) -> None:
        held = {"who": f"{socket.gethostname()}:{os.getpid()}", "until": time.time() + HOLDS_SECONDS}
        condition: dict[str, Any] = (
            {"op_type": "create"} if over is None else {"if_seq_no": over[0], "if_primary_term": over[1]}
        )
        with cluster_faults():
            try:
                answer = self._cluster.try_asking(
                    lambda client: client.index(index=self._index, id=_ID, document=held, **condition)
                )
            except ConflictError as fault:
                raise Conflict("migration_runs", who="?") from fault
        self._at = (answer["_seq_no"], answer["_primary_term"])
        self._renewed = time.monotonic()


@contextmanager
def held(cluster: Cluster) -> Iterator[Lock]:
    """The lock, given back at the end."""
    lock = Lock(cluster)
    lock.take()
    try:
        yield lock
    finally:
        lock.give_back()


def read(cluster: Cluster) -> dict[str, Any] | None:
    """Who holds the lock, until when (seconds since 1970), and which write says so; None where nobody does. Raises
    Unavailable."""
    with cluster_faults():
        try:
            answer = cluster.try_asking(lambda client: client.get(index=f"{cluster.names.prefix}-lock", id=_ID))
        except NotThere:
            return None
    return {**answer["_source"], "at": (answer["_seq_no"], answer["_primary_term"])}
