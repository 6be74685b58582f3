"""Lists of records that are no pages, on a cluster. What this process wrote before is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.domain.access import Access
from archive.domain.query import Anything, Between, Both, Contains, Either, Is, Where, Without
from archive.domain.record import R, Record
from archive.ports import Listing
from search.analysis import squeezed
from search.cluster.faults import cluster_faults
from search.cluster.indices import Indices
from search.cluster.mapping import CHARS, characters, field_name
from search.cluster.records import Records
from search.cluster.rows import KEPT, row_of
from search.fields import Value, comparable, fields_of, how_searched

WINDOW = 10_000  # a cluster gives out no more by number; beyond it one goes on from the last

_NOTHING: dict[str, Any] = {"match_none": {}}
_ALL: dict[str, Any] = {"match_all": {}}


class Lists:
    """Selects and counts records of one kind."""

    def __init__(self, indices: Indices, records: Records) -> None:
        self._indices = indices
        self._records = records

    def select(
        self, kind: type[R], where: Where, access: Access, order: Sequence[str], size: int, start: int
    ) -> Listing[R]:
        """See `archive.ports.Index.select`. Equal ones follow each other by id, so that pages of a list are stable."""
        query, sort = condition(kind, where, access), order_of(kind, order)
        self._records.look_again(kind)
        after: list[Any] | None = None
        while start + size > WINDOW and start > 0:
            step = min(start, WINDOW)
            hits, total = self._ask(kind, query, sort, step, 0, after, [])
            if len(hits) < step:
                return Listing((), total)
            start, after = start - step, hits[-1]["sort"]
        hits, total = self._ask(kind, query, sort, min(size, WINDOW), start, after, [*KEPT, "data"])
        rows = [row for hit in hits if (row := row_of(hit)) is not None]
        return Listing(tuple(row.read(kind) for row in rows), total)

    def count(self, kind: type[Record], where: Where, access: Access) -> int:
        """How many there are."""
        query = condition(kind, where, access)
        self._records.look_again(kind)
        return self._ask(kind, query, [], 0, 0, None, [])[1]

    def _ask(
        self,
        kind: type[Record],
        query: dict[str, Any],
        sort: list[dict[str, Any]],
        size: int,
        start: int,
        after: list[Any] | None,
        fields: list[str],
    ) -> tuple[list[dict[str, Any]], int]:
        with cluster_faults():
            answer = self._indices.of(
                kind,
                lambda client, names: client.search(
                    allow_partial_search_results=False,
                    index=names.read(kind.kind),
                    query=query,
                    sort=sort or None,
                    size=size,
                    from_=start,
                    search_after=after,
                    seq_no_primary_term=bool(fields),
                    source_includes=fields or None,
                    source=None if fields else False,
                    track_total_hits=True,
                ),
            )
        return answer["hits"]["hits"], int(answer["hits"]["total"]["value"])


def condition(kind: type[Record], where: Where, access: Access) -> dict[str, Any]:
    """What is asked of the index: the condition, within what one may see."""
    parts = [{"term": {"gone": False}}, query_of(kind, where)]
    if not access.whole:
        if not access.marks:
            return _NOTHING
        if "mark" in fields_of(kind):
            parts.append(query_of(kind, Is("mark", access.marks)))
    return {"bool": {"filter": parts}}


def query_of(kind: type[Record], where: Where) -> dict[str, Any]:
    """A condition of a list. Raises InvalidInput for a field that is not searched."""
    match where:
        case Anything():
            return _ALL
        case Both(parts):
            return {"bool": {"filter": [query_of(kind, part) for part in parts]}} if parts else _ALL
        case Either(parts):
            made = [query_of(kind, part) for part in parts]
            return {"bool": {"should": made, "minimum_should_match": 1}} if made else _NOTHING
        case Without(part):
            return {"bool": {"must_not": [query_of(kind, part)]}}
        case Is():
            return _is(kind, where)
        case Between():
            return _between(kind, where)
        case Contains():
            return _contains(kind, where)


def order_of(kind: type[Record], order: Sequence[str]) -> list[dict[str, Any]]:
    """The order of a list; what has no value comes last either way."""
    made: list[dict[str, Any]] = []
    for name in order:
        field, turn = name.removeprefix("-"), "desc" if name.startswith("-") else "asc"
        place = field_name(kind, field)
        if field == "id":
            made.append({place: {"order": turn}})
        else:
            made.append({place: {"order": turn, "missing": "_last", "mode": "min", "unmapped_type": "keyword"}})
    return [*made, {"id": {"order": "asc"}}]


def _is(kind: type[Record], where: Is) -> dict[str, Any]:
    how, name = how_searched(kind, where.field), field_name(kind, where.field)
    wanted = [_whole(value) for one in sorted(where.values, key=str) if (value := comparable(one, how)) is not None]
    return {"terms": {name: wanted}} if wanted else _NOTHING


def _whole(value: Value) -> Value:
    """A whole number as one: not every server finds 12 where 12.0 is asked for."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _between(kind: type[Record], where: Between) -> dict[str, Any]:
    how, name = how_searched(kind, where.field), field_name(kind, where.field)
    ends = {sign: comparable(end, how) for sign, end in (("gte", where.low), ("lte", where.high)) if end is not None}
    return {"range": {name: ends}} if ends else {"exists": {"field": name}}


def _contains(kind: type[Record], where: Contains) -> dict[str, Any]:
    name = field_name(kind, where.field)
    wanted = squeezed(where.text)
    if not wanted:
        return _ALL
    if where.field == "id":
        return {"wildcard": {"id": {"value": f"*{_literal(where.text)}*", "case_insensitive": True}}}
    return {"match_phrase": {f"{name}{CHARS}": characters(wanted)}}


def _literal(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "*?\\" else letter for letter in text)
