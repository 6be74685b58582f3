"""How many documents and dossiers the pages found belong to. Counts only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tantivy
from tantivy import Query as Engine

from search.embedded.engine import best, ordering_values
from search.embedded.places import PAGE_BITS, Places, documents_of, dossiers_of

FEW = 2_000  # pages of which a list is quicker than buckets (100,000 pages: 1.7 against 2.4 ms; 46,000: 51 against 13)
MOST_COUNTED = 20_000  # documents; each is a bucket, and Tantivy has 65,000. More are estimated, in a sixth of the time


@dataclass(frozen=True, slots=True)
class Papers:
    """The numbers of documents and dossiers. Not `exact`: about so many, by a hundredth or two."""

    documents: int
    dossiers: int
    exact: bool


def papers_of(searcher: tantivy.Searcher, query: Engine, pages: int, documents: int) -> Papers:
    """The documents of the `pages` that fit, out of `documents` in the archive."""
    if pages <= FEW:
        # Asked for by a number field, pages get no score, which saves most of the time.
        return papers_at(ordering_values(best(searcher, query, pages, "place", up=True)))
    if min(pages, documents) <= MOST_COUNTED:
        return papers_at(_beginnings(searcher, query))
    return _estimated(searcher, query)


def papers_at(places: Places) -> Papers:
    """The documents of these pages, in any order."""
    documents = len(np.unique(documents_of(places)))
    return Papers(documents, int(np.count_nonzero(np.unique(dossiers_of(places)))), exact=True)


def _beginnings(searcher: tantivy.Searcher, query: Engine) -> Places:
    """Where each document found begins. One bucket a document: a place is document and page number, so documents are
    steps of equal width."""
    asked = {"papers": {"histogram": {"field": "place", "interval": 1 << PAGE_BITS, "min_doc_count": 1}}}
    buckets = searcher.aggregate(query, asked)["papers"]["buckets"]
    return np.array([bucket["key"] for bucket in buckets]).astype(np.int64)


def _estimated(searcher: tantivy.Searcher, query: Engine) -> Papers:
    asked = {field: {"cardinality": {"field": field}} for field in ("paper", "folder")}
    answer = searcher.aggregate(query, asked)
    return Papers(round(answer["paper"]["value"]), round(answer["folder"]["value"]), exact=False)
