"""The index of an archive on a cluster: Elasticsearch or OpenSearch. Puts the parts together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from archive.config import Settings
from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.kinds import KINDS
from archive.domain.query import PageSearch, ResultPage, Where
from archive.domain.record import Derived, R, Record, Versioned
from archive.errors import Unavailable
from archive.ports import IndexHealth, Listing
from search.cluster.connection import Cluster
from search.cluster.indices import Indices
from search.cluster.lists import Lists
from search.cluster.numbers import settled
from search.cluster.page_lists import PageLists
from search.cluster.records import Records
from search.cluster.searching import Searching

_IN_WHOLE = {"allow_partial_search_results": False}  # an error, rather than fewer


class ClusterIndex:
    """Implements `archive.ports.Index`. Connects when it is first needed, in the process that needs it."""

    def __init__(self, settings: Settings) -> None:
        self.cluster = Cluster(settings)
        self._indices = Indices(self.cluster)
        self._records = Records(self.cluster, self._indices)
        self._lists = Lists(self._indices, self._records)
        self._page_lists = PageLists(self._indices, self._records)
        self._searching = Searching(self.cluster, self._indices, self._records)
        self._seen = 0  # a write known to be visible; not all with a smaller number are, for clocks differ

    # --- by id ----------------------------------------------------------------------------------------------------

    def create(self, record: R) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.create(record)

    def get(self, kind: type[R], id: str) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.get(kind, id)

    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, Versioned[R]]:
        """See `archive.ports.Index`."""
        return self._records.get_many(kind, ids)

    def replace(self, record: R, token: str) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.replace(record, token)

    def delete(self, kind: type[Record], id: str, token: str) -> None:
        """See `archive.ports.Index`."""
        self._records.delete(kind, id, token)

    def put(self, records: Sequence[Derived]) -> int:
        """See `archive.ports.Index`. Each record is written or not by itself."""
        return self._records.put(records)

    # --- by search ------------------------------------------------------------------------------------------------

    def search(self, wanted: PageSearch, access: Access) -> ResultPage:
        """See `archive.ports.Index`."""
        return self._searching.search(wanted, access)

    def pages_of_search(self, wanted: PageSearch, access: Access) -> Iterator[tuple[str, int]]:
        """See `archive.ports.Index`."""
        return self._searching.pages_of_search(wanted, access)

    def select(
        self, kind: type[R], where: Where, access: Access, *, order: Sequence[str] = (), size: int = 100, start: int = 0
    ) -> Listing[R]:
        """See `archive.ports.Index`."""
        if issubclass(kind, Page):
            return cast(Listing[R], self._page_lists.select(where, access, order, size, start))
        return self._lists.select(kind, where, access, order, size, start)

    def count(self, kind: type[Record], where: Where, access: Access) -> int:
        """See `archive.ports.Index`."""
        if issubclass(kind, Page):
            return self._page_lists.count(where, access)
        return self._lists.count(kind, where, access)

    def refresh(self, seq: int, *, wait: float = 5.0) -> bool:
        """See `archive.ports.Index`. Only pages need waiting for; lists of other records see all that is written."""
        if seq in (0, self._seen):
            return True
        if wait <= 0:
            return False
        try:
            self._records.refresh(Page, wait)
        except Unavailable as fault:
            if fault.key == "cluster_slow":
                return False
            raise
        self._seen = seq
        return True

    # --- as a whole -----------------------------------------------------------------------------------------------

    def changes(self, kind: type[R], after: int) -> Iterator[Versioned[R]]:
        """See `archive.ports.Index`."""
        return self._records.changes(kind, after)

    def deleted(self, kind: type[Record], after: int) -> Iterator[tuple[str, int, int]]:
        """See `archive.ports.Index`."""
        return self._records.deleted(kind, after)

    def position(self, seq: int) -> int:
        """See `archive.ports.Index`. Several machines number their writes, each by its own clock."""
        return settled(seq)

    def restore(self, records: Iterable[tuple[Record, int]]) -> None:
        """See `archive.ports.Index`."""
        self._records.restore(records)

    def restore_deletions(self, kind: type[Record], deleted: Iterable[tuple[str, int]]) -> None:
        """See `archive.ports.Index`."""
        self._records.restore_deletions(kind, deleted)

    def health(self) -> IndexHealth:
        """See `archive.ports.Index`. How many pages are not yet searchable a cluster does not say; it is a second's
        worth at most."""
        names, kinds = self.cluster.names, self.kinds()
        counts = self._counts(tuple(kinds)) if kinds else {}
        stats = self.cluster.ask(lambda client: client.indices.stats(index=f"{names.prefix}-*", metric="store"))
        size = int(stats["_all"]["total"]["store"]["size_in_bytes"]) if kinds else 0
        engine = f"{self.cluster.product} {self.cluster.version}"
        told = self.cluster.ask(lambda client: client.cluster.health())
        return IndexHealth(
            engine,
            {kind: number for kind, number in counts.items() if number},
            0,
            size,
            state=str(told["status"]),
            nodes=int(told["number_of_nodes"]),
            copies_missing=int(told["unassigned_shards"]),
        )

    def _counts(self, kinds: Sequence[str]) -> dict[str, int]:
        """How many records there are by kind, in two requests for all of them."""
        aliases = [self.cluster.names.read(kind) for kind in kinds]
        there = {"query": {"term": {"gone": False}}, "size": 0, "track_total_hits": True}
        asked = [part for alias in aliases for part in ({"index": alias, **_IN_WHOLE}, there)]
        self.cluster.ask(lambda client: client.indices.refresh(index=aliases))
        answers = self.cluster.ask(lambda client: client.msearch(searches=asked))["responses"]
        for one in answers:
            if "error" in one:
                raise Unavailable("cluster_away", reason=str(one["error"].get("reason", one["error"])))
        return {kind: int(one["hits"]["total"]["value"]) for kind, one in zip(kinds, answers, strict=True)}

    def kinds(self) -> dict[str, str]:
        """The index that is in use, by kind; kinds of which nothing was ever written are left out."""
        names = self.cluster.names
        there = self.cluster.ask(lambda client: client.indices.get_alias(name=f"{names.prefix}-*-write"))
        used = {alias: index for index, about in there.items() for alias in about["aliases"]}
        return {kind: used[names.write(kind)] for kind in KINDS if names.write(kind) in used}

    def close(self) -> None:
        """Closes the connections."""
        self.cluster.close()
