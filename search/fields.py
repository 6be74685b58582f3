"""The searchable values of a record, by field, as both engines take them. Derived from the marks on the model.

A field of a mapping is named with a dot: `fields.customer_t`. Must not know any engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from archive.domain.record import Record, Searched, searched_fields
from archive.errors import InvalidInput
from search.analysis import squeezed

Value = str | int | float

_ENDINGS = {"k": Searched.KEYWORD, "t": Searched.TEXT, "n": Searched.NUMBER, "d": Searched.DATE}
LONGEST_VALUE = 4000  # characters of a text that are compared in a list


@lru_cache(maxsize=64)
def fields_of(model: type[Record]) -> dict[str, Searched]:
    """The searchable fields of a kind, with how each is searched."""
    return dict(searched_fields(model))


def how_searched(model: type[Record], field: str) -> Searched:
    """How `field` of a kind is searched. Raises InvalidInput where it is not."""
    fields = fields_of(model)
    whole, dot, inner = field.partition(".")
    if dot and fields.get(whole) is Searched.META and (how := ending_of(inner)):
        return how
    found = fields.get(field)
    if found is None or found is Searched.META:
        raise InvalidInput("field_not_searched", field=field, kind=model.kind)
    return found


def ending_of(name: str) -> Searched | None:
    """How a field of a mapping is searched, by the end of its name; None where it is stored only."""
    return _ENDINGS.get(name[-1:]) if name[-2:-1] == "_" else None


def values(record: Record) -> Iterator[tuple[str, Value]]:
    """Every searchable value of `record` but its id. What is not set has none; an empty keyword is a value."""
    for field, how in fields_of(type(record)).items():
        if field == "id":
            continue
        held = getattr(record, field)
        if how is Searched.META:
            yield from _of_mapping(field, held)
        else:
            yield from ((field, value) for value in _several(held, how))


def comparable(value: object, how: Searched) -> Value | None:
    """`value` as it is compared in a field that is searched so; None where it is not set."""
    if value is None:
        return None
    match how:
        case Searched.TEXT:
            return squeezed(str(value)[:LONGEST_VALUE])
        case Searched.DATE:
            return _iso_day(value)
        case Searched.NUMBER:
            return _number(value)
        case _:
            return str(value)


def _of_mapping(field: str, held: dict[str, object]) -> Iterator[tuple[str, Value]]:
    for name, value in held.items():
        how = ending_of(name)
        found = comparable(value, how) if how else None
        if found is not None:
            yield f"{field}.{name}", found


def _several(held: object, how: Searched) -> Iterator[Value]:
    for one in held if isinstance(held, tuple | list | frozenset) else (held,):
        found = comparable(one, how)
        if found is not None:
            yield found


def _iso_day(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: object) -> Value | None:
    if isinstance(value, int | float):
        return value
    try:
        return float(str(value))
    except ValueError:
        return None
