"""How many documents and dossiers the pages found belong to. Counts only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tantivy
from tantivy import Query as Engine

from search.embedded.engine import best, ordering_values
from search.embedded.places import PAGE_BITS, Places, documents_of, dossiers_of

# Tantivy counts into at most 65,000 buckets; where there are more documents, as many pages as this are looked at.
MOST_COUNTED = 300_000
FEW = 2_000  # pages of which a list is quicker than buckets (100,000 pages: 1.7 against 2.4 ms; 46,000: 51 against 13)


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents found. Not `exact`: there are at least these."""

    places: Places  # where each document's pages begin
    exact: bool

    @property
    def documents(self) -> int:
        """How many."""
        return len(np.unique(documents_of(self.places)))

    @property
    def dossiers(self) -> int:
        """How many dossiers they lie in."""
        return int(np.count_nonzero(np.unique(dossiers_of(self.places))))


def papers_of(searcher: tantivy.Searcher, query: Engine, pages: int) -> Papers:
    """The documents of the `pages` that fit."""
    if pages <= FEW:
        return _listed(searcher, query, pages)
    try:
        return _in_buckets(searcher, query)
    except ValueError as fault:
        if "bucket" not in str(fault).lower():
            raise
        return _listed(searcher, query, pages)


def papers_at(places: Places, *, exact: bool = True) -> Papers:
    """The documents of these pages, in any order. Not `exact`: they are not all."""
    return Papers(np.unique(places >> PAGE_BITS << PAGE_BITS), exact)


def _listed(searcher: tantivy.Searcher, query: Engine, pages: int) -> Papers:
    # Asked for by a number field, pages get no score, which saves most of the time.
    places = ordering_values(best(searcher, query, min(pages, MOST_COUNTED), "place", up=True))
    return papers_at(places, exact=len(places) >= pages)


def _in_buckets(searcher: tantivy.Searcher, query: Engine) -> Papers:
    """One bucket a document: a place is document and page number, so documents are steps of equal width."""
    asked = {"papers": {"histogram": {"field": "place", "interval": 1 << PAGE_BITS, "min_doc_count": 1}}}
    buckets = searcher.aggregate(query, asked)["papers"]["buckets"]
    return Papers(np.array([bucket["key"] for bucket in buckets]).astype(np.int64), exact=True)
