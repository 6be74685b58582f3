"""What a cluster holds of a page to be searched: ready tokens, keywords, numbers and keys to sort by.

What the fields hold is decided in `search.page_texts`, for all engines; only their types are given here. None of them
is kept in what is read back: the record itself is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from archive.domain.document import Page
from archive.domain.record import Searched
from search.analysis import HAN_CLASS, LONGEST_UNIT, Tokens, tokens
from search.fields import comparable, ending_of
from search.natural_order import natural_key
from search.page_texts import KEYWORDS, TEXTS, folded_keyword, ready_tokens, texts_of, volume_order

# `*_starts` holds every beginning of each word of letters or digits at the word's own position: a phrase that ends in
# `80*` is exact that way, while engines give up on a phrase whose last word begins in too many ways.
_STARTS = "dossier_starts"

# A token that nobody asks for. It stands between the texts of one field, so that they are never one phrase; for a Han
# character among the beginnings, so that positions stay; and in `head` of all pages but the first: how rare a word is,
# Lucene counts among the pages that have the field, and a word of every dossier's number would weigh next to nothing.
_NO_WORD = "_"

INDEX_SETTINGS: dict[str, Any] = {
    "analysis": {
        "filter": {
            "dossier_no_start": {"type": "stop", "stopwords": [_NO_WORD]},
            "dossier_beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": LONGEST_UNIT},
        },
        "analyzer": {
            _STARTS: {
                "type": "custom",
                "tokenizer": "whitespace",
                "filter": ["dossier_no_start", "dossier_beginnings"],
            }
        },
    },
}

_TOKENS = {"type": "text", "analyzer": "whitespace"}
_BEGINNINGS = {"type": "text", "analyzer": _STARTS, "search_analyzer": "whitespace", "norms": False}
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_NUMBER = {"type": "integer"}
_NUMBERS = ("number", "year", "item", "day")
_ORDERS = {"volume_order": "long", "dossier_order": "keyword"}

NOT_KEPT: tuple[str, ...] = ("*_shingles", "*_units", "*_starts", *KEYWORDS, *_NUMBERS, *_ORDERS, "meta")
"""What is left out of `_source`."""

_HAN = re.compile(f"[{HAN_CLASS}]")


OF_EVERY_SEARCH = frozenset({"text_shingles", "text_units"})
"""Without these a page is found by none of its words."""


def page_properties() -> dict[str, Any]:
    """The fields that pages are searched by. Days are counted from the year 1."""
    made: dict[str, Any] = {}
    for name in TEXTS:
        made |= {f"{name}_shingles": _TOKENS, f"{name}_units": _TOKENS, f"{name}_starts": _BEGINNINGS}
    made |= dict.fromkeys(KEYWORDS, _KEYWORD)
    made |= dict.fromkeys(_NUMBERS, _NUMBER)
    made |= {name: {"type": type_, "index": False} for name, type_ in _ORDERS.items()}
    return made | {"meta": {"type": "object", "dynamic": True}}


def page_dynamic_templates() -> list[dict[str, Any]]:
    """The types of a scheme's own fields, by the ends of their names."""
    types = {"k": _KEYWORD, "t": _TOKENS, "n": {"type": "double"}, "d": _NUMBER}
    return [{f"meta_{end}": {"path_match": f"meta.*_{end}", "mapping": type_}} for end, type_ in types.items()]


def page_fields(page: Page) -> dict[str, Any]:
    """The values of the fields for one page; what is empty has none, except keywords."""
    made: dict[str, Any] = {name: _listed(getattr(page, name)) for name in KEYWORDS}
    made |= _texts(page)
    made |= {"number": page.number, "year": page.year, "item": page.item, "volume_order": volume_order(page)}
    if page.date:
        made["day"] = page.date.toordinal()
    if page.dossier:
        made["dossier_order"] = f"{natural_key(page.dossier_number)}\0{page.dossier}"
    meta = {name: value for name, held in page.meta.items() if (value := _meta_value(name, held)) is not None}
    return made | ({"meta": meta} if meta else {})


def _texts(page: Page) -> dict[str, str]:
    made: dict[str, str] = {"head_shingles": _NO_WORD, "head_units": _NO_WORD}
    for name, ready in _tokens_by_name(page):
        made |= {f"{name}_shingles": ready.shingles, f"{name}_units": ready.units}
        made[f"{name}_starts"] = _HAN.sub(_NO_WORD, ready.units)
    return made


def _tokens_by_name(page: Page) -> Iterator[tuple[str, Tokens]]:
    """One value a field: a filter that leaves tokens out loses count of positions at the end of each value."""
    between = f" {_NO_WORD} "
    found: dict[str, list[Tokens]] = {}
    for name, text in texts_of(page):
        if (ready := ready_tokens(name, text)).units:
            found.setdefault(name, []).append(ready)
    for name, several in found.items():
        yield name, Tokens(between.join(one.shingles for one in several), between.join(one.units for one in several))


def _listed(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _meta_value(name: str, held: object) -> str | float | None:
    how = ending_of(name)
    value = comparable(held, how) if how else None
    if value is None or value == "":
        return None
    match how:
        case Searched.TEXT:
            return tokens(str(held)).units or None
        case Searched.KEYWORD:
            return folded_keyword(value)
        case Searched.DATE:
            return _ordinal(str(value))
        case _:
            return float(value) if math.isfinite(float(value)) else None


def _ordinal(day: str) -> int | None:
    try:
        return date.fromisoformat(day[:10]).toordinal()
    except ValueError:
        return None  # a scheme's field that holds no day is not found by one
