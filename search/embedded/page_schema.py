"""What Tantivy holds of a page: ready tokens, keywords and numbers, and no text. The text lies in `records.db`.

What the fields hold is decided in `search.page_texts`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import date

import tantivy

from archive.domain.document import Page
from archive.domain.record import Searched
from search.analysis import tokens
from search.embedded.places import DOCUMENT_BITS, PAGE_BITS
from search.fields import comparable, ending_of
from search.page_texts import (
    COUNTED,
    HEAD,
    KEYWORDS,
    TEXTS,
    WORDED,
    folded_keyword,
    ready_tokens,
    texts_of,
    volume_order,
)

VERSION = 3  # of this module and search.analysis together: a change makes the search folder anew

NUMBERS = ("key", "place", "day", "year", "number", "item", "volume_order", "by_day", "by_day_up", "stamp")

_DAY_BITS, _PAGE_BITS = 22, 14  # in the orders by day; the document's 27 bits stand between them
_NO_DAY = (1 << _DAY_BITS) - 1
_LOW = (1 << DOCUMENT_BITS + _PAGE_BITS) - 1


def schema() -> tantivy.Schema:
    """The fields."""
    builder = tantivy.SchemaBuilder()
    for name in TEXTS:
        builder.add_text_field(f"{name}_shingles", tokenizer_name="whitespace")
        builder.add_text_field(f"{name}_units", tokenizer_name="whitespace")
    for name in KEYWORDS:
        builder.add_text_field(name, fast=name in COUNTED, tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("paper", "folder"):  # the small numbers of document and dossier, to be counted
        builder.add_integer_field(name, indexed=False, fast=True)
    builder.add_json_field("meta", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_json_field("meta_words", tokenizer_name="whitespace")
    return builder.build()


def folder_name() -> str:
    """The name of the folder that holds pages of this schema."""
    content = repr((VERSION, NUMBERS, TEXTS, KEYWORDS, COUNTED, WORDED, HEAD))
    return f"page-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def engine_document(page: Page, key: int, place: int) -> tantivy.Document:
    """What Tantivy takes in of `page`; `key` is its row in `records.db`."""
    made = tantivy.Document()
    for name, text in texts_of(page):
        ready = ready_tokens(name, text)
        if ready.units:
            made.add_text(f"{name}_shingles", ready.shingles)
            made.add_text(f"{name}_units", ready.units)
    for name in KEYWORDS:
        for value in _as_tuple(getattr(page, name)):
            made.add_text(name, value)
    for name, number in _numbers(page, key, place):
        made.add_integer(name, number)
    _add_meta(made, page)
    return made


def _as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _numbers(page: Page, key: int, place: int) -> Iterator[tuple[str, int]]:
    day = page.date.toordinal() if page.date else 0
    low = ((place >> PAGE_BITS) & ((1 << DOCUMENT_BITS) - 1)) << _PAGE_BITS | min(page.number, (1 << _PAGE_BITS) - 1)
    yield "key", key
    yield "place", place
    yield "year", page.year
    yield "number", page.number
    yield "item", page.item
    yield "stamp", page.stamp
    yield "volume_order", volume_order(page)
    yield "paper", place >> PAGE_BITS & (1 << DOCUMENT_BITS) - 1
    if dossier := place >> PAGE_BITS + DOCUMENT_BITS:
        yield "folder", dossier
    yield "by_day", day << (DOCUMENT_BITS + _PAGE_BITS) | (_LOW - low)  # read downwards: newest day, first document
    yield "by_day_up", (_NO_DAY - day if day else 0) << (DOCUMENT_BITS + _PAGE_BITS) | (_LOW - low)  # oldest day first
    if day:
        yield "day", day


def _add_meta(made: tantivy.Document, page: Page) -> None:
    exact = {name: found for name, value in page.meta.items() if (found := meta_value(name, value)) is not None}
    texts = {name: str(value) for name, value in page.meta.items() if name.endswith("_t") and value is not None}
    words = {name: units for name, text in texts.items() if (units := tokens(text).units)}
    if exact:
        made.add_json("meta", exact)
    if words:
        made.add_json("meta_words", words)


def meta_value(name: str, value: object) -> str | float | None:
    """What is compared of a scheme's own field: its keyword, number, or day as a number. None where it has none, and
    for texts."""
    how = ending_of(name)
    found = comparable(value, how) if how else None
    if found is None or found == "" or how is Searched.TEXT:
        return None
    if how is Searched.KEYWORD:
        return folded_keyword(found)
    number = _ordinal(str(found)) if how is Searched.DATE else float(found)
    return number if math.isfinite(number) else None


def _ordinal(day: str) -> float:
    try:
        return float(date.fromisoformat(day[:10]).toordinal())
    except ValueError:
        return math.nan  # a scheme's field that holds no day is not found by one
