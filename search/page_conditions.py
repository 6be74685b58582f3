"""Which conditions a list of pages takes, and which field answers each: the same for every engine, which asks it in its
own way. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from archive.domain.document import Page
from archive.domain.record import Searched
from archive.errors import InvalidInput
from search.fields import how_searched

# Names that are searched by their words alone, though they are keywords of the record, and the field of those words.
WORDS_OF = {"document_number": "number", "file_name": "file", "dossier_name": "dossier", "dossier_number": "dossier"}


def single_value_field(field: str) -> str:
    """The field that holds a page's searchable `field` as one value. Raises InvalidInput where none does."""
    how = how_searched(Page, field)
    if field == "date":
        return "day"
    if how is Searched.TEXT or field in ("dossier_number", "document_number"):
        raise _not_searched(field)
    return field


def range_field(field: str) -> str:
    """The field that is asked for a range. Raises InvalidInput where `field` is neither a number nor a day."""
    if how_searched(Page, field) not in (Searched.DATE, Searched.NUMBER):
        raise _not_searched(field)
    return single_value_field(field)


def words_field(field: str) -> str:
    """The field whose words are asked. Raises InvalidInput where `field` is no text."""
    if how_searched(Page, field) is not Searched.TEXT and field not in WORDS_OF:
        raise _not_searched(field)
    return WORDS_OF.get(field, field)


def days_among(values: Iterable[str]) -> list[date]:
    """Those of the values that are days; what is none is the day of no page."""
    return [day for value in values if (day := _day(value))]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _not_searched(field: str) -> InvalidInput:
    return InvalidInput("field_not_searched", field=field, kind=Page.kind)
