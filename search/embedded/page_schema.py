"""What Tantivy holds of a page: ready tokens, keywords and numbers, and no text. The text lies in `records.db`.

`text_*` are the page's own words; `head_*` what is known of its document and dossier, on the document's first page
alone, so that a dossier's name finds each of its documents once; `title_*` and the like answer `title:`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import tantivy

from archive.domain.document import Page
from archive.domain.record import Searched
from search.analysis import Tokens, squeezed, tokens
from search.embedded.places import DOCUMENT_BITS, PAGE_BITS
from search.fields import comparable, ending_of

VERSION = 1  # of this module and search.analysis together: a change makes the search folder anew

# What typed fields ask, and the page's own field behind each.
WORDED = {"title": "title", "number": "document_number", "party": "party", "file": "file_name"}
KEYWORDS = (
    "document",
    "dossier",
    "scheme",
    "classes",
    "phase",
    "type",
    "volume",
    "specialty",
    "building",
    "mark",
    "state",
)
COUNTED = ("scheme", "classes", "phase", "type", "specialty", "building", "state")  # what facets may be asked of
_HEAD = ("title", "document_number", "dossier_number", "dossier_name", "party", "file_name")
_TEXTS = ("text", "head", "title", "number", "party", "file", "dossier")

_DAY_BITS, _PAGE_BITS = 22, 14  # in the orders by day; the document's 27 bits stand between them
_NO_DAY = (1 << _DAY_BITS) - 1
_LOW = (1 << DOCUMENT_BITS + _PAGE_BITS) - 1
_NOT_ARRANGED = (1 << 20) - 1  # behind every volume


def schema() -> tantivy.Schema:
    """The fields."""
    builder = tantivy.SchemaBuilder()
    for name in _TEXTS:
        builder.add_text_field(f"{name}_pairs", tokenizer_name="whitespace")
        builder.add_text_field(f"{name}_units", tokenizer_name="whitespace")
    for name in KEYWORDS:
        builder.add_text_field(name, fast=name in COUNTED, tokenizer_name="raw", index_option="basic")
    for name in ("key", "place", "day", "year", "number", "volume_order", "by_day", "by_day_up", "stamp"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_json_field("meta", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_json_field("meta_words", tokenizer_name="whitespace")
    return builder.build()


def folder_name() -> str:
    """The name of the folder that holds pages of this schema."""
    content = repr((VERSION, _TEXTS, KEYWORDS, COUNTED, WORDED, _HEAD))
    return f"page-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def engine_document(page: Page, key: int, place: int) -> tantivy.Document:
    """What Tantivy takes in of `page`; `key` is its row in `records.db`."""
    made = tantivy.Document()
    for name, text in _texts(page):
        ready = tokens(text) if name == "text" else _tokens_again(text)
        if ready.units:
            made.add_text(f"{name}_pairs", ready.pairs)
            made.add_text(f"{name}_units", ready.units)
    for name in KEYWORDS:
        for value in _as_tuple(getattr(page, name)):
            made.add_text(name, value)
    for name, number in _numbers(page, key, place):
        made.add_integer(name, number)
    _add_meta(made, page)
    return made


@lru_cache(maxsize=4096)
def _tokens_again(text: str) -> Tokens:
    """Titles and names, which all pages of a document repeat."""
    return tokens(text)


def _as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def folded_keyword(value: object) -> str:
    """A scheme's own keyword as it is compared: width, case and punctuation do not count."""
    return squeezed(str(value))


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    """Field and text; texts of one field given apart are never one phrase."""
    yield "text", page.text
    for name, field in WORDED.items():
        yield name, getattr(page, field)
    yield "dossier", page.dossier_number
    yield "dossier", page.dossier_name
    if page.number == 1:
        yield from (("head", getattr(page, field)) for field in _HEAD)
        yield from (("head", str(value)) for name, value in page.meta.items() if name.endswith(("_k", "_t")))


def _numbers(page: Page, key: int, place: int) -> Iterator[tuple[str, int]]:
    day = page.date.toordinal() if page.date else 0
    low = ((place >> PAGE_BITS) & ((1 << DOCUMENT_BITS) - 1)) << _PAGE_BITS | min(page.number, (1 << _PAGE_BITS) - 1)
    yield "key", key
    yield "place", place
    yield "year", page.year
    yield "number", page.number
    yield "stamp", page.stamp
    yield "volume_order", _volume_order(page)
    yield "by_day", day << (DOCUMENT_BITS + _PAGE_BITS) | (_LOW - low)  # read downwards: newest day, first document
    yield "by_day_up", (_NO_DAY - day if day else 0) << (DOCUMENT_BITS + _PAGE_BITS) | (_LOW - low)  # oldest day first
    if day:
        yield "day", day


def _volume_order(page: Page) -> int:
    number = page.volume.rpartition("/")[2]
    volume = min(int(number), _NOT_ARRANGED) if number.isdecimal() else _NOT_ARRANGED
    return volume << 20 | min(page.item, (1 << 20) - 1)


def _add_meta(made: tantivy.Document, page: Page) -> None:
    exact: dict[str, str | float] = {}
    words: dict[str, str] = {}
    for name, value in page.meta.items():
        how = ending_of(name)
        found = comparable(value, how) if how else None
        if found is None or found == "":
            continue
        if how is Searched.TEXT:
            words[name] = tokens(str(value)).units
        elif how is Searched.DATE:
            exact[name] = float(date.fromisoformat(str(found)[:10]).toordinal())
        else:
            exact[name] = folded_keyword(found) if how is Searched.KEYWORD else float(found)
    if exact:
        made.add_json("meta", exact)
    if words:
        made.add_json("meta_words", words)
