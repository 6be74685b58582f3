"""How many pages there are by scheme, class, phase and so on, and of how many documents and dossiers they are, asked
with the search itself.

A facet that is narrowed itself counts as if it were not, so that its other values can be added: such narrowing stands
beside the query, and each count takes up what belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.domain.query import PageSearch
from archive.errors import InvalidInput
from search.cluster.page_query import Clause, among, every, narrowed
from search.page_texts import COUNTED

_MOST_VALUES = 20_000
# Documents that are counted one by one: as many as a list shows. An estimate is wrong by a hundredth.
_ONE_BY_ONE, _SURELY_MORE = 10_000, 12_000

Counts = tuple[tuple[str, int], ...]
Asked = dict[str, Any]
Answer = Mapping[str, Any]


def _about(field: str) -> Asked:
    return {"cardinality": {"field": field, "precision_threshold": _MOST_VALUES}}


def _each(field: str) -> Asked:
    return {"terms": {"field": field, "size": _SURELY_MORE}}


_FILED: Clause = {"bool": {"must_not": [{"term": {"dossier": ""}}]}}
_PAPERS: Asked = {
    "documents": _about("document"),
    "filed": {"filter": _FILED, "aggs": {"dossiers": _about("dossier")}},
}
COUNTING: Asked = {"documents": _each("document"), "filed": {"filter": _FILED, "aggs": {"dossiers": _each("dossier")}}}
"""Asks for documents and dossiers one by one."""
COUNTED_PATHS = ("aggregations.documents.buckets.doc_count", "aggregations.filed.dossiers.buckets.doc_count")
"""What of the answer is needed: that they are there, not which."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents and dossiers the pages found belong to."""

    documents: int
    dossiers: int
    exact: bool


class Facets:
    """The facets of one search. Raises InvalidInput for one that is not counted, or a field that does not narrow."""

    def __init__(self, wanted: PageSearch) -> None:
        for name in wanted.facets:
            _check(name)
        self._wanted = wanted
        only = {name: narrowed(name, values, wanted.volumes_out) for name, values in wanted.only.items()}
        self.fixed = [part for name, part in only.items() if name not in wanted.facets]
        self._own = {name: part for name, part in only.items() if name in wanted.facets}

    @property
    def own(self) -> list[Clause]:
        """The narrowing by fields that are counted: it stands beside the query."""
        return list(self._own.values())

    def asked(self) -> Asked:
        """What is asked beside the pages."""
        made = {name: self._one(name) for name in self._wanted.facets}
        return made | {"papers": {"filter": every(self.own), "aggs": _PAPERS}}

    def counts(self, answer: Answer) -> Mapping[str, Counts]:
        """The counts by facet, the most first."""
        return {name: tuple(_counts(name, answer[name])) for name in self._wanted.facets}

    def _one(self, name: str) -> Asked:
        within = every([part for other, part in self._own.items() if other != name])
        if name == "paper":
            return {"filter": within, "aggs": {"out": {"filter": among("volume", self._wanted.volumes_out)}}}
        return {"filter": within, "aggs": {"values": {"terms": {"field": name, "size": _MOST_VALUES}}}}


def estimate(answer: Answer) -> Papers:
    """About how many documents and dossiers there are."""
    held = answer["papers"]
    return Papers(int(held["documents"]["value"]), int(held["filed"]["dossiers"]["value"]), exact=False)


def can_be_counted(papers: Papers) -> bool:
    """Whether they are few enough to be counted one by one."""
    return papers.documents <= _ONE_BY_ONE


def counted(answer: Answer, about: Papers) -> Papers:
    """The answer to `COUNTING`, where the estimate was `about`. Of what is left empty, nothing comes back."""
    documents = len(answer.get("documents", {}).get("buckets", ()))
    dossiers = len(answer.get("filed", {}).get("dossiers", {}).get("buckets", ()))
    return Papers(documents, dossiers, exact=True) if documents < _SURELY_MORE else about


def _check(name: str) -> None:
    if name not in COUNTED and name not in ("year", "paper"):
        raise InvalidInput("query_field_unknown", field=name, name=name)


def _counts(name: str, answer: Answer) -> Sequence[tuple[str, int]]:
    if name == "paper":
        out = int(answer["out"]["doc_count"])
        return [pair for pair in (("in", int(answer["doc_count"]) - out), ("out", out)) if pair[1]]
    return sorted(_named(answer["values"]["buckets"]), key=lambda pair: (-pair[1], pair[0]))


def _named(buckets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """Empty names and the year 0 stand for none."""
    return ((str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets if bucket["key"])
