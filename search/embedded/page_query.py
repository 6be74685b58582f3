"""A search over pages as Tantivy's queries. Words give a score; everything that only narrows gives none."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import tantivy
from tantivy import Occur
from tantivy import Query as Engine

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
from search.embedded.page_schema import schema
from search.fields import how_searched
from search.page_conditions import WORDS_OF, days_among, range_field, single_value_field, words_field
from search.page_texts import KEYWORDS, WORDED, folded_keyword

_HEAD_WEIGHT = 1.5  # a word of the title, on the first page, counts so much more than one of the text
_FIELDS = {"scheme": "scheme", "class": "classes", "phase": "phase", "type": "type"}
_NUMBERS = {"year": "year", "date": "day"}
_FEW = (
    64  # values that are asked for one by one; as a set, all pages of all of them are gathered before any is looked at
)
_FARTHEST = 1 << 40  # beyond every number of a page; typed ones may be of any length

_META_NAME = re.compile(r"meta\.[A-Za-z0-9_]+_[ktnd]")

SCHEMA = schema()
_PARSER = tantivy.Index(SCHEMA)  # in memory and empty: only its query parser is used


def page_query(query: Query) -> Engine:
    """What the words and fields of `query` ask. Raises InvalidInput for a field that is not known."""
    match query:
        case Word(text):
            return _words(text)
        case Phrase(text):
            return _words(text)
        case Prefix(text):
            return _words(text, prefix=True)
        case Everything():
            return _silent(Engine.all_query())
        case FieldIs(field, value):
            return _field(field, value)
        case FieldRange(field, low, high):
            return _range(field, low, high)
        case All(parts):
            return _all(parts)
        case AnyOf(parts):
            return _any([page_query(part) for part in parts])
        case Not():
            return _all((query,))


def narrowed(field: str, values: frozenset[str], volumes_out: frozenset[str]) -> Engine:
    """Pages whose keyword `field` has any of `values`. Raises InvalidInput for a field that is not one."""
    if field == "year":
        years = [int(value) for value in values if value.isdecimal() and len(value) < 5]
        return _silent(_any([Engine.term_query(SCHEMA, "year", year) for year in years]))
    if field == "paper":
        return _on_shelf_or_out(values, volumes_out)
    if field not in KEYWORDS:
        raise InvalidInput("query_field_unknown", field=field, name=field)
    return _among(field, values)


def visible(access: Access) -> Engine:
    """The pages one may see. Marks of an empty access match nothing."""
    return _silent(Engine.all_query()) if access.whole else _among("mark", access.marks)


def volumes(keys: Iterable[str]) -> Engine:
    """Pages whose paper lies in one of the volumes."""
    return _among("volume", frozenset(keys))


def documents(ids: Iterable[str]) -> Engine:
    """Pages of these documents."""
    return _among("document", frozenset(ids))


def both(*parts: Engine) -> Engine:
    """Pages that fit all parts."""
    return parts[0] if len(parts) == 1 else Engine.boolean_query([(Occur.Must, part) for part in parts])


def listed(where: Where) -> Engine:
    """A condition of a list, over pages. Raises InvalidInput for a field that is not searched."""
    match where:
        case Anything():
            return _silent(Engine.all_query())
        case Both(parts):
            return both(_silent(Engine.all_query()), *[listed(part) for part in parts])
        case Either(parts):
            return _any([listed(part) for part in parts])
        case Without(part):
            return _except(listed(part))
        case Is(field, values):
            return _listed_is(field, values)
        case Between(field, low, high):
            return _listed_between(field, low, high)
        case Contains(field, text):
            return _listed_contains(field, text)


# --- words --------------------------------------------------------------------------------------------------------


def _words(text: str, *, prefix: bool = False) -> Engine:
    """A word anywhere on the page, or in what is known of its document."""
    what = asked(text, prefix=prefix)
    head = Engine.boost_query(_in_field("head", what), _HEAD_WEIGHT)
    return _any([_in_field("text", what), head])


def _any_text(field: str, text: str) -> Engine:
    what = asked(text.rstrip("*＊"), prefix=text.endswith(("*", "＊")))
    return _in_field(field, what)


def _in_field(field: str, what: Asked) -> Engine:
    return _any([_run(field, units, prefix=what.prefix) for units in what.spellings])


def _run(field: str, run: Sequence[Unit], *, prefix: bool) -> Engine:
    """A run of units next to each other; with `prefix` the last need only begin so."""
    name, words = (f"{field}_shingles", shingles_of(run)) if len(run) > 1 else (f"{field}_units", [run[0].text])
    return _beginning(name, words) if prefix else _phrase(name, words)


def _phrase(field: str, words: list[str]) -> Engine:
    if len(words) == 1:
        return Engine.term_query(SCHEMA, field, words[0])
    return Engine.phrase_query(SCHEMA, field, list(words))


def _beginning(field: str, words: list[str]) -> Engine:
    last = f"{words[-1]}.*"  # units are letters and digits: nothing in them means anything to a regex
    if len(words) == 1:
        return Engine.regex_query(SCHEMA, field, last)
    return Engine.regex_phrase_query(SCHEMA, field, [*words[:-1], last])


# --- fields -------------------------------------------------------------------------------------------------------


def _field(field: str, value: str) -> Engine:
    if field == "text" or field in WORDED:
        return _any_text(field, value)
    if field == "dossier":
        return _any([_any_text("dossier", value), _among("dossier", frozenset({value}))])
    if field in _FIELDS:
        return _keyword(_FIELDS[field], value)
    if not _META_NAME.fullmatch(field):
        raise InvalidInput("query_field_unknown", field=field, name=field)
    if field.endswith("_k"):
        return _silent(_meta_keyword(field, value))
    if field.endswith("_t"):
        return _meta_words(field.removeprefix("meta."), value)
    raise InvalidInput("query_field_unknown", field=field, name=field)


def _meta_keyword(field: str, value: str) -> Engine:
    if value.endswith("*"):
        return _meta_beginning("meta", field.removeprefix("meta."), folded_keyword(value))
    return Engine.term_query(SCHEMA, field, folded_keyword(value))


def _meta_words(name: str, value: str) -> Engine:
    bare = value.rstrip("*")
    if not bare:
        return _silent(_meta_beginning("meta_words", name, ""))
    what = asked(bare, prefix=value != bare)
    return _any([_meta_run(name, [unit.text for unit in units], prefix=what.prefix) for units in what.spellings])


def _meta_run(name: str, words: list[str], *, prefix: bool) -> Engine:
    """Words next to each other; with `prefix` the words before the last, and one that begins like the last, which
    gives no score."""
    if not prefix:
        return _phrase(f"meta_words.{name}", words)
    before = [_phrase(f"meta_words.{name}", words[:-1])] if words[1:] else []
    return _silent(both(*before, _meta_beginning("meta_words", name, words[-1])))


def _meta_beginning(field: str, name: str, value: str) -> Engine:
    """Values that begin so. Terms of a JSON field hold the name, a zero byte and `s` for text; Tantivy's own query for
    beginnings looks at 50 terms alone."""
    return Engine.regex_query(SCHEMA, field, f"{name}\0s{value}.*")


def _keyword(field: str, value: str) -> Engine:
    if value.endswith(("*", "＊")):
        literal = "".join(f"\\{c}" if not c.isalnum() and c.isascii() else c for c in value[:-1])
        return _silent(Engine.regex_query(SCHEMA, field, f"{literal}.*"))
    return _among(field, frozenset({value}))


def _range(field: str, low: date | float | None, high: date | float | None) -> Engine:
    if field in _NUMBERS:
        return _numbers_between(_NUMBERS[field], low, high)
    if _META_NAME.fullmatch(field) and field.endswith(("_n", "_d")):
        return _meta_between(field, low, high)
    raise InvalidInput("query_field_unknown", field=field, name=field)


def _numbers_between(field: str, low: date | float | None, high: date | float | None) -> Engine:
    least = -_FARTHEST if low is None else _whole(low, up=True)
    most = _FARTHEST if high is None else _whole(high, up=False)
    if field == "year":
        least = max(least, 1)  # a page without a year has the year 0
    return _silent(Engine.range_query(SCHEMA, field, tantivy.FieldType.Integer, least, most))


def _whole(end: date | float, *, up: bool) -> int:
    if isinstance(end, date):
        return end.toordinal()
    inside = min(max(end, -_FARTHEST), _FARTHEST)
    return math.ceil(inside) if up else math.floor(inside)


def _meta_between(field: str, low: date | float | None, high: date | float | None) -> Engine:
    """Ranges inside the JSON field are made by Tantivy's own query parser alone; one end at a time, since it panics
    over two ends of which one is whole and the other is not."""
    ends = [] if low is None else [f"[{_meta_end(low)} TO *]"]
    ends += [] if high is None else [f"[* TO {_meta_end(high)}]"]
    given = ends or [f"[{_meta_end(-math.inf)} TO *]"]  # whatever it is
    return both(*(_silent(_PARSER.parse_query(f"{field}:{end}", ["meta"])) for end in given))


def _meta_end(end: date | float) -> str:
    if isinstance(end, date):
        return str(end.toordinal())
    return f"{min(max(end, -1e15), 1e15):.6f}"


# --- lists --------------------------------------------------------------------------------------------------------


def _listed_is(field: str, values: frozenset[str]) -> Engine:
    how = how_searched(Page, field)
    if field == "id":
        return _any([both(documents([id.rpartition("-")[0]]), _number(id.rpartition("-")[2])) for id in values])
    if field in ("dossier_number", "document_number"):
        return _any([_any_text(WORDS_OF[field], value) for value in values])
    name = single_value_field(field)
    if how is Searched.NUMBER and "." not in field:
        return _any([_number(value, name) for value in values])
    if how is Searched.NUMBER:
        return _any([_meta_between(field, float(value), float(value)) for value in values if value.isdecimal()])
    if how is Searched.DATE:
        return _any([_listed_between(field, day, day) for day in days_among(values)])
    if "." in field:
        return _silent(_any([Engine.term_query(SCHEMA, field, folded_keyword(value)) for value in values]))
    return _among(field, frozenset(str(value) for value in values))


def _listed_between(field: str, low: date | float | None, high: date | float | None) -> Engine:
    name = range_field(field)
    return _meta_between(name, low, high) if "." in field else _numbers_between(name, low, high)


def _listed_contains(field: str, text: str) -> Engine:
    name = words_field(field)
    return _field(field, text.rstrip("*")) if "." in field else _any_text(name, text)


def _number(value: str, field: str = "number") -> Engine:
    if not value.isdecimal() or len(value) > 12:
        return Engine.empty_query()
    return _silent(Engine.term_query(SCHEMA, field, int(value)))


# --- putting together ---------------------------------------------------------------------------------------------


def _all(parts: Sequence[Query]) -> Engine:
    wanted = [page_query(part) for part in parts if not isinstance(part, Not) and _says_something(part)]
    unwanted = [page_query(part.part) for part in parts if isinstance(part, Not) and _says_something(part.part)]
    if not wanted and not unwanted:
        return Engine.empty_query()
    if not wanted:
        wanted = [_silent(Engine.all_query())]
    clauses = [(Occur.Must, part) for part in wanted] + [(Occur.MustNot, part) for part in unwanted]
    return Engine.boolean_query(clauses)


def _says_something(part: Query) -> bool:
    """Punctuation alone asks for nothing, and does not spoil what stands beside it."""
    return not isinstance(part, Word | Phrase | Prefix) or bool(asked(part.text).spellings)


def _any(parts: Sequence[Engine]) -> Engine:
    if not parts:
        return Engine.empty_query()
    return parts[0] if len(parts) == 1 else Engine.boolean_query([(Occur.Should, part) for part in parts])


def _except(part: Engine) -> Engine:
    return Engine.boolean_query([(Occur.Must, _silent(Engine.all_query())), (Occur.MustNot, part)])


def _among(field: str, values: frozenset[str]) -> Engine:
    if len(values) > _FEW:
        return _silent(Engine.term_set_query(SCHEMA, field, sorted(values)))
    return _silent(_any([Engine.term_query(SCHEMA, field, value) for value in sorted(values)]))


def _silent(query: Engine) -> Engine:
    return Engine.const_score_query(query, 0.0)


def _on_shelf_or_out(values: frozenset[str], volumes_out: frozenset[str]) -> Engine:
    out = volumes(volumes_out)
    ways: Mapping[str, Engine] = {"out": out, "in": _except(out)}
    return _silent(_any([ways[value] for value in sorted(values) if value in ways]))
