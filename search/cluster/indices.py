"""The indices of a cluster: made when a kind is first written or read, named by aliases. Knows no records."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from elasticsearch import ApiError, BadRequestError, Elasticsearch

from archive.config import Settings
from archive.domain.record import Record
from archive.errors import Conflict
from search.cluster.connection import Cluster
from search.cluster.faults import cluster_faults, is_no_index
from search.cluster.growth import add_fields
from search.cluster.lock import held
from search.cluster.mapping import index_body
from search.cluster.names import Names

T = TypeVar("T")


class Indices:
    """Sees to it that the index of a kind is there before it is used."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._names = cluster.names
        self._there: set[str] = set()

    def of(self, kind: type[Record], ask: Callable[[Elasticsearch, Names], T]) -> T:
        """What the cluster answers about a kind whose index is made first where it is missing. What the cluster says
        is wrong passes through as the client's ApiError."""
        self.make_sure(kind)
        try:
            return self._cluster.try_asking(lambda client: ask(client, self._names))
        except ApiError as fault:
            if not is_no_index(fault):
                raise
        self._there.discard(kind.kind)  # thrown away since we looked
        self.make_sure(kind)
        return self._cluster.try_asking(lambda client: ask(client, self._names))

    def make_sure(self, kind: type[Record]) -> None:
        """Makes the index of a kind where it is missing, and adds the fields an older version made it without. Several
        processes may do so at once. Raises Unavailable."""
        if kind.kind not in self._there:
            self._cluster.ask(lambda client: self._make(client, kind))
            self._there.add(kind.kind)

    def see_to_writing(self, kind: type[Record]) -> None:
        """Lets writers of a kind go on where a migration was killed while it held them back. One that only seemed to
        be dead finds its lock taken, and does not use what it made."""
        with contextlib.suppress(Conflict), held(self._cluster):
            index = current(self._cluster, kind)
            self._cluster.ask(lambda client: let_writers_on(client, index))

    def _make(self, client: Elasticsearch, kind: type[Record]) -> None:
        if client.indices.exists_alias(name=self._names.write(kind.kind)):
            add_fields(client, self._names, kind)
            return
        with contextlib.suppress(_AlreadyThere):
            make(client, self._names, self._names.index(kind.kind, 1), kind, self._cluster.settings, current=True)


class _AlreadyThere(Exception):
    """Another process made the index."""


def put_template(client: Elasticsearch, names: Names, kind: type[Record], body: dict[str, object]) -> None:
    """Settings and mappings of every later index of a kind."""
    client.indices.put_index_template(
        name=names.template(kind.kind), index_patterns=[names.pattern(kind.kind)], template=body, priority=200
    )


def create(client: Elasticsearch, names: Names, index: str, kind: type[Record], *, current: bool) -> None:
    """A new index of a kind, by its template; `current`: readers and writers use it from now on."""
    aliases: dict[str, dict[str, object]] = {names.own(index): {}}
    if current:
        aliases |= {names.read(kind.kind): {}, names.write(kind.kind): {"is_write_index": True}}
    try:
        client.indices.create(index=index, aliases=aliases)
    except BadRequestError as fault:
        if "resource_already_exists" in str(fault):
            raise _AlreadyThere from fault
        raise


def make(
    client: Elasticsearch, names: Names, index: str, kind: type[Record], settings: Settings, *, current: bool = False
) -> None:
    """A new index of a kind by the settings of now, which its template holds from now on too."""
    put_template(client, names, kind, index_body(kind, settings))
    create(client, names, index, kind, current=current)


def use(client: Elasticsearch, names: Names, kind: type[Record], old: str, new: str) -> None:
    """From one moment to the next, readers and writers use the new index."""
    both = (names.read(kind.kind), names.write(kind.kind))
    actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": alias}} for alias in both]
    actions.append({"add": {"index": new, "alias": both[0]}})
    actions.append({"add": {"index": new, "alias": both[1], "is_write_index": True}})
    client.indices.update_aliases(actions=actions)


def let_writers_on(client: Elasticsearch, index: str) -> None:
    """Ends what `add_block` began."""
    client.indices.put_settings(index=index, settings={"index.blocks.write": None})


def current(cluster: Cluster, kind: type[Record]) -> str:
    """The index that readers and writers of a kind use now."""
    with cluster_faults():
        answer = cluster.client().indices.get_alias(name=cluster.names.write(kind.kind))
    (index,) = answer
    return str(index)
