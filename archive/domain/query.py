"""What a person looks for, as a tree, and what a search is asked and answers. Pure; knows no engine.

`archive.domain.query_language` makes the tree from what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from archive.domain.document import Page

# --- the tree ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a space, as typed; found as a phrase of its tokens."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stood between quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`word*`: words that begin so (Latin and digits), or the run itself where it is Han."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """`field:value`. `field` is a name of `archive.domain.query_language.FIELDS`; `quoted`: the value stood between
    quotes."""

    field: str
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class FieldRange:
    """`field:low..high`, both ends included; None = open. Days as `date`, numbers as float."""

    field: str
    low: date | float | None
    high: date | float | None


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing was typed: all pages one may see."""


Query = Word | Phrase | Prefix | FieldIs | FieldRange | All | AnyOf | Not | Everything


def changed(query: Query, change: Callable[[Query], Query]) -> Query:
    """The tree with each of its leaves as `change` makes it."""
    match query:
        case All(parts):
            return All(tuple(changed(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(changed(part, change) for part in parts))
        case Not(part):
            return Not(changed(part, change))
        case _:
            return change(query)


# --- searching pages --------------------------------------------------------------------------------------------


class Sort(StrEnum):
    RELEVANCE = "relevance"
    DATE = "date"  # newest first
    DATE_UP = "date_up"
    NUMBER = "number"  # dossier number, volume, item


FACETS = ("scheme", "classes", "phase", "type", "year", "paper")
# `paper` counts pages whose volume is out ("out") or not ("in"); the set of volumes out is given with the search.


@dataclass(frozen=True, slots=True)
class PageSearch:
    """A search over pages, answered by documents.

    `only` narrows by keyword fields: any of the values, all of the fields ("year" takes digits; "paper" takes in or
    out; "dossier", "document", "volume" work too). `volumes_out` are the volume keys whose original is not on the
    shelf. `size` documents from the `start`-th (0-based); `cursor` continues a frozen list.
    """

    query: Query
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    volumes_out: frozenset[str] = frozenset()
    sort: Sort = Sort.RELEVANCE
    size: int = 10
    start: int = 0
    cursor: str = ""
    facets: tuple[str, ...] = FACETS
    pages_each: int = 3


Span = tuple[int, int]  # start, end offsets


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the page's text with the offsets of the hits inside the piece."""

    text: str
    spans: tuple[Span, ...]
    before: bool = False  # there is text before it
    after: bool = False


@dataclass(frozen=True, slots=True)
class PageHit:
    """One page found. `spans` are the offsets of all hits in `page.text`."""

    page: Page
    score: float
    spans: tuple[Span, ...]
    snippet: Snippet
    title_spans: tuple[Span, ...] = ()  # hits in page.title


@dataclass(frozen=True, slots=True)
class DocumentHits:
    """A document found, its best pages first; `pages_found` pages of it fit the query."""

    document: str
    pages: tuple[PageHit, ...]
    pages_found: int
    numbers: tuple[int, ...] = ()  # page numbers of all pages that fit, ascending


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What a search answers. `pages` and facet counts are exact numbers of pages; `documents` and `dossiers` are
    exact where `exact` says so, else about so many. Where an index follows far behind, or is being made anew, `behind`
    pages were written, changed or removed that it does not know of yet: then there may be more of everything, and
    nothing is exact. 0 where it follows closely."""

    pages: int
    documents: int
    dossiers: int
    exact: bool
    found: tuple[DocumentHits, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    cursor: str = ""
    start: int = 0
    behind: int = 0


# --- listing other records --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Is:
    """The keyword field holds one of the values (a list field: has one of them)."""

    field: str
    values: frozenset[str]

    @classmethod
    def of(cls, field: str, *values: str) -> Is:
        return cls(field, frozenset(values))


@dataclass(frozen=True, slots=True)
class Between:
    """The date or number field lies between both ends, ends included; None = open. Unset fields never do."""

    field: str
    low: date | float | None = None
    high: date | float | None = None


@dataclass(frozen=True, slots=True)
class Contains:
    """The text field holds this run of characters (folded as in searching)."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Without:
    part: Where


@dataclass(frozen=True, slots=True)
class Anything:
    pass


Where = Is | Between | Contains | Both | Either | Without | Anything
