"""A search over pages as a cluster's queries. Words give a score; everything that only narrows gives none.

Answers what `search.embedded.page_query` answers, by the same tokens.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import (
    All,
    AnyOf,
    Anything,
    Between,
    Both,
    Contains,
    Either,
    Everything,
    FieldIs,
    FieldRange,
    Is,
    Not,
    Phrase,
    Prefix,
    Query,
    Where,
    Without,
    Word,
)
from archive.domain.record import Searched
from archive.errors import InvalidInput
from search.analysis import Unit, shingles_of
from search.asking import Asked, asked
from search.batches import in_batches
from search.fields import how_searched
from search.page_conditions import WORDS_OF, days_among, range_field, single_value_field, words_field
from search.page_texts import KEYWORDS, WORDED, folded_keyword

Clause = dict[str, Any]

NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}
THERE: Clause = {"term": {"gone": False}}

_HEAD_WEIGHT = 1.5  # a word of the title, on the first page, counts so much more than one of the text
_FIELDS = {"scheme": "scheme", "class": "classes", "phase": "phase", "type": "type"}
_NUMBERS = {"year": "year", "date": "day"}
_FARTHEST = (1 << 31) - 1  # the largest number these fields hold; typed ones may be of any length
_LARGEST = 1e300
_TERMS_AT_ONCE = 50_000  # a cluster takes 65,536

_META_NAME = re.compile(r"meta\.[A-Za-z0-9_]+_[ktnd]")


def page_query(query: Query) -> Clause:
    """What the words and fields of `query` ask. Raises InvalidInput for a field that is not known."""
    match query:
        case Word(text) | Phrase(text):
            return _words(text)
        case Prefix(text):
            return _words(text, prefix=True)
        case Everything():
            return silent(EVERYTHING)
        case FieldIs(field, value):
            return _field(field, value)
        case FieldRange(field, low, high):
            return _range(field, low, high)
        case All(parts):
            return _all(parts)
        case AnyOf(parts):
            return any_of([page_query(part) for part in parts])
        case Not():
            return _all((query,))


def narrowed(field: str, values: frozenset[str], volumes_out: frozenset[str]) -> Clause:
    """Pages whose keyword `field` has any of `values`. Raises InvalidInput for a field that is not one."""
    if field == "year":
        return among("year", [int(value) for value in values if value.isdecimal() and len(value) < 5])
    if field == "paper":
        return _on_shelf_or_out(values, volumes_out)
    if field not in KEYWORDS:
        raise InvalidInput("query_field_unknown", field=field, name=field)
    return among(field, values)


def visible(access: Access) -> list[Clause]:
    """What pages have to be to be seen. Marks of an empty access match nothing."""
    return [THERE] if access.whole else [THERE, among("mark", access.marks)]


def among(field: str, values: Iterable[str | int]) -> Clause:
    """Pages whose `field` has any of the values."""
    parts = [{"terms": {field: some}} for some in in_batches(sorted(values, key=str), _TERMS_AT_ONCE)]
    return any_of(parts)


def listed(where: Where) -> Clause:
    """A condition of a list, over pages. Raises InvalidInput for a field that is not searched."""
    match where:
        case Anything():
            return EVERYTHING
        case Both(parts):
            return every([listed(part) for part in parts])
        case Either(parts):
            return any_of([listed(part) for part in parts])
        case Without(part):
            return _except(listed(part))
        case Is(field, values):
            return _listed_is(field, values)
        case Between(field, low, high):
            return _listed_between(field, low, high)
        case Contains(field, text):
            return _listed_contains(field, text)


# --- words --------------------------------------------------------------------------------------------------------


def _words(text: str, *, prefix: bool = False) -> Clause:
    """A word anywhere on the page, or in what is known of its document."""
    what = asked(text, prefix=prefix)
    return any_of([_in_field("text", what), _in_field("head", what, _HEAD_WEIGHT)])


def _any_text(field: str, text: str) -> Clause:
    return _in_field(field, asked(text.rstrip("*＊"), prefix=text.endswith(("*", "＊"))))


def _in_field(field: str, what: Asked, weight: float = 1.0) -> Clause:
    return any_of([_run(field, units, what.prefix, weight) for units in what.spellings])


def _run(field: str, run: Sequence[Unit], prefix: bool, weight: float) -> Clause:
    """A run of units next to each other."""
    if prefix:
        return _beginning(field, [unit.text for unit in run], weight)
    if len(run) == 1:
        return _phrase(f"{field}_units", [run[0].text], weight)
    return _phrase(f"{field}_shingles", shingles_of(run), weight)


def _phrase(field: str, words: Sequence[str], weight: float = 1.0) -> Clause:
    if len(words) == 1:
        return {"term": {field: {"value": words[0], "boost": weight}}}
    return {"match_phrase": {field: {"query": " ".join(words), "boost": weight}}}


def _beginning(field: str, words: Sequence[str], weight: float) -> Clause:
    last = {f"{field}_starts": words[-1]}
    if len(words) == 1:
        return {"constant_score": {"filter": {"term": last}, "boost": weight}}
    units = f"{field}_units"
    clauses: list[Clause] = [{"span_term": {units: word}} for word in words[:-1]]
    clauses.append({"field_masking_span": {"query": {"span_term": last}, "field": units}})
    return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True, "boost": weight}}


# --- fields -------------------------------------------------------------------------------------------------------


def _field(field: str, value: str) -> Clause:
    if field == "text" or field in WORDED:
        return _any_text(field, value)
    if field == "dossier":
        return any_of([_any_text("dossier", value), silent(among("dossier", [value]))])
    if field in _FIELDS:
        return silent(_keyword(_FIELDS[field], value))
    if not _META_NAME.fullmatch(field):
        raise InvalidInput("query_field_unknown", field=field, name=field)
    if field.endswith("_k"):
        return silent(_meta_keyword(field, value))
    if field.endswith("_t"):
        return _meta_words(field, value)
    raise InvalidInput("query_field_unknown", field=field, name=field)


def _meta_keyword(field: str, value: str) -> Clause:
    folded = folded_keyword(value)
    return {"prefix": {field: {"value": folded}}} if value.endswith("*") else {"term": {field: folded}}


def _meta_words(field: str, value: str) -> Clause:
    bare = value.rstrip("*")
    if not bare:
        return silent({"exists": {"field": field}})
    what = asked(bare, prefix=value != bare)
    return any_of([_meta_run(field, [unit.text for unit in units], what.prefix) for units in what.spellings])


def _meta_run(field: str, words: list[str], prefix: bool) -> Clause:
    """Words next to each other; with `prefix` the words before the last, and one that begins like the last, which
    gives no score."""
    if not prefix:
        return _phrase(field, words)
    before = [_phrase(field, words[:-1])] if words[1:] else []
    return every([*before, {"prefix": {field: {"value": words[-1]}}}])


def _keyword(field: str, value: str) -> Clause:
    if value.endswith(("*", "＊")):
        return {"prefix": {field: {"value": value[:-1]}}}
    return among(field, [value])


def _range(field: str, low: date | float | None, high: date | float | None) -> Clause:
    if field in _NUMBERS:
        return silent(_numbers_between(_NUMBERS[field], low, high))
    if _META_NAME.fullmatch(field) and field.endswith(("_n", "_d")):
        return silent(_meta_between(field, low, high))
    raise InvalidInput("query_field_unknown", field=field, name=field)


def _numbers_between(field: str, low: date | float | None, high: date | float | None) -> Clause:
    least = -_FARTHEST if low is None else _whole(low, up=True)
    most = _FARTHEST if high is None else _whole(high, up=False)
    if field == "year":
        least = max(least, 1)  # a page without a year has the year 0
    return {"range": {field: {"gte": least, "lte": most}}}


def _whole(end: date | float, *, up: bool) -> int:
    if isinstance(end, date):
        return end.toordinal()
    inside = min(max(end, -_FARTHEST), _FARTHEST)
    return math.ceil(inside) if up else math.floor(inside)


def _meta_between(field: str, low: date | float | None, high: date | float | None) -> Clause:
    ends = {sign: _meta_end(end) for sign, end in (("gte", low), ("lte", high)) if end is not None}
    return {"range": {field: ends}} if ends else {"exists": {"field": field}}


def _meta_end(end: date | float) -> float:
    return end.toordinal() if isinstance(end, date) else min(max(float(end), -_LARGEST), _LARGEST)


# --- lists --------------------------------------------------------------------------------------------------------


def _listed_is(field: str, values: frozenset[str]) -> Clause:
    how = how_searched(Page, field)
    if field in ("dossier_number", "document_number"):
        return any_of([_any_text(WORDS_OF[field], value) for value in values])
    name = single_value_field(field)
    if how is Searched.NUMBER and "." not in field:
        return among(name, [int(value) for value in values if value.isdecimal() and int(value) <= _FARTHEST])
    if how is Searched.NUMBER:
        return any_of([_meta_between(field, float(value), float(value)) for value in values if value.isdecimal()])
    if how is Searched.DATE:
        return any_of([_meta_between(name, day, day) for day in days_among(values)])
    return among(name, [folded_keyword(value) if "." in field else str(value) for value in values])


def _listed_between(field: str, low: date | float | None, high: date | float | None) -> Clause:
    name = range_field(field)
    return _meta_between(name, low, high) if "." in field else _numbers_between(name, low, high)


def _listed_contains(field: str, text: str) -> Clause:
    name = words_field(field)
    return _field(field, text.rstrip("*")) if "." in field else _any_text(name, text)


# --- putting together ---------------------------------------------------------------------------------------------


def any_of(parts: Sequence[Clause]) -> Clause:
    """Pages that fit one of the parts."""
    if not parts:
        return NOTHING
    return parts[0] if len(parts) == 1 else {"bool": {"should": list(parts), "minimum_should_match": 1}}


def every(parts: Sequence[Clause]) -> Clause:
    """Pages that fit all of the parts; gives no score."""
    return {"bool": {"filter": list(parts)}} if parts else EVERYTHING


def silent(part: Clause) -> Clause:
    """The same pages, without a score."""
    return {"bool": {"filter": [part]}}


def _all(parts: Sequence[Query]) -> Clause:
    wanted = [page_query(part) for part in parts if not isinstance(part, Not) and _says_something(part)]
    unwanted = [page_query(part.part) for part in parts if isinstance(part, Not) and _says_something(part.part)]
    if not wanted and not unwanted:
        return NOTHING
    made: Clause = {"must": wanted} if wanted else {"filter": [EVERYTHING]}
    if unwanted:
        made["must_not"] = unwanted
    return {"bool": made}


def _says_something(part: Query) -> bool:
    """Punctuation alone asks for nothing, and does not spoil what stands beside it."""
    return not isinstance(part, Word | Phrase | Prefix) or bool(asked(part.text).spellings)


def _except(part: Clause) -> Clause:
    return {"bool": {"filter": [EVERYTHING], "must_not": [part]}}


def _on_shelf_or_out(values: frozenset[str], volumes_out: frozenset[str]) -> Clause:
    out = among("volume", volumes_out)
    ways: Mapping[str, Clause] = {"out": out, "in": _except(out)}
    return any_of([ways[value] for value in sorted(values) if value in ways])
