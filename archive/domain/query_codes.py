"""What people call the values of coded fields (`类型:合同`), as the codes pages carry. Pure.

Schemes name their classes, phases, types and choices, and themselves, in two languages; whatever part of a name is
typed means all that have it. A whole code means that one alone; so does a whole name that is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from archive.domain.query import All, AnyOf, FieldIs, Not, Query, changed
from archive.domain.scheme import Label, Scheme

FIELD_LABELS = {
    "scheme": Label(zh="方案", en="scheme"),
    "class": Label(zh="分类", en="class"),
    "phase": Label(zh="阶段", en="phase"),
    "type": Label(zh="类型", en="type"),
}
_LISTED = 12  # names of values told where none fits
_TOLD = 3  # unknown values told of one query
_BETWEEN_PARTS = re.compile(r"[\s._-]+")


@dataclass(frozen=True, slots=True)
class _Named:
    """A code, what it is called, and the codes above it."""

    code: str
    label: Label
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compared:
    """A code and its names as typed values are compared with them."""

    code: str
    parts: str
    chinese: str
    run: str  # the Chinese name without spaces
    english: str


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value no scheme in use knows. `nearest` are the names most like it, of the `known` there are."""

    field: Label
    value: str
    nearest: tuple[Label, ...]
    known: int


def with_codes(query: Query, schemes: Iterable[Scheme]) -> Query:
    """The query with what schemes call their classes, phases, types, choices and themselves as the codes pages carry.
    A value that no scheme knows stays as it is, and finds nothing."""
    names = _Names(schemes)
    return changed(query, lambda leaf: _coded(leaf, names) if isinstance(leaf, FieldIs) else leaf)


def unknown_values(query: Query, schemes: Iterable[Scheme]) -> tuple[tuple[UnknownValue, ...], int]:
    """The first few values of coded fields in `query`, as typed, that no scheme knows, and how many more there are."""
    names = _Names(schemes)
    leaves = dict.fromkeys((leaf.field, leaf.value) for leaf in _leaves(query) if leaf.value.strip("*＊ "))
    labels = {field: names.label_of(field) for field, _ in leaves}
    unknown = [
        (label, field, value)
        for field, value in leaves
        if (label := labels[field]) and not names.codes_of(FieldIs(field, value))
    ]
    told = tuple(UnknownValue(label, value, *names.nearest(field, value)) for label, field, value in unknown[:_TOLD])
    return told, len(unknown) - len(told)


def _leaves(query: Query) -> list[FieldIs]:
    match query:
        case FieldIs():
            return [query]
        case All(parts) | AnyOf(parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case Not(part):
            return _leaves(part)
        case _:
            return []


def _coded(leaf: FieldIs, names: _Names) -> Query:
    found = tuple(FieldIs(leaf.field, code) for code in names.codes_of(leaf))
    if not found:
        return leaf
    return found[0] if len(found) == 1 else AnyOf(found)


class _Names:
    """What these schemes call the values of coded fields."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        self._schemes = tuple(schemes)
        self._of: dict[str, list[list[_Named]]] = {}

    def codes_of(self, leaf: FieldIs) -> list[str]:
        """The codes that are meant. Of a few choices (有, 没有) one that is named whole is meant alone. Classes below
        one that is meant are left out: their pages carry it too."""
        each, value = self._named(leaf.field), _folded(leaf.value)
        if whole := [one for named in each for one in named if value == _compared(one).code]:
            return list(dict.fromkeys(one.code for one in whole))
        if leaf.quoted or leaf.field.startswith("meta."):
            called = [
                one for named in each for one in named if value in (_compared(one).chinese, _compared(one).english)
            ]
            if called:
                return list(dict.fromkeys(one.code for one in called))
        found: dict[str, None] = {}
        for named in each:
            fit = {one.code: one for one in named if _fits(value, _compared(one))}
            found |= dict.fromkeys(code for code, one in fit.items() if fit.keys().isdisjoint(one.above))
        return list(found)

    def label_of(self, field: str) -> Label | None:
        """What a coded field is called; None for one that has no codes, or takes any value in one of the schemes."""
        if not any(self._named(field)):
            return None
        return FIELD_LABELS.get(field) or self._choice_label(field)

    def nearest(self, field: str, value: str) -> tuple[tuple[Label, ...], int]:
        """The names of the field's values most like `value`, and how many there are in all."""
        labels = list(dict.fromkeys(one.label for named in self._named(field) for one in named))
        return tuple(sorted(labels, key=lambda one: -_likeness(value, one))[:_LISTED]), len(labels)

    def _choice_label(self, field: str) -> Label | None:
        found = [one for scheme in self._schemes if (one := scheme.field(field.removeprefix("meta.")))]
        return found[0].label if found and all(one.choices for one in found) else None

    def _named(self, field: str) -> list[list[_Named]]:
        """The names of each scheme."""
        if field not in self._of:
            self._of[field] = [_named(field, scheme) for scheme in self._schemes]
        return self._of[field]


def _named(field: str, scheme: Scheme) -> list[_Named]:
    match field:
        case "scheme":
            return [_Named(scheme.id, scheme.label)]
        case "class":
            return [_Named(found.code, found.label, above) for top in scheme.classes for found, above in top.walk()]
        case "phase":
            return [_Named(phase.id, phase.label) for phase in scheme.phases]
        case "type":
            return [_Named(type_.id, type_.label) for type_ in scheme.types]
    held = scheme.field(field.removeprefix("meta.")) if field.startswith("meta.") else None
    return [_Named(code, label) for code, label in held.choices] if held else []


def _likeness(value: str, label: Label) -> float:
    return max(SequenceMatcher(None, _folded(value), _folded(name)).ratio() for name in (label.zh, label.en))


def _fits(value: str, name: _Compared) -> bool:
    """A run of characters anywhere in the Chinese name, words of the English one or parts of the code from their
    beginning; with an asterisk the beginning of any of them."""
    bare = value.rstrip("*")
    if not bare:
        return False
    if value != bare:
        return any(one.startswith(bare) for one in (name.run, name.english, name.code))
    return bare.replace(" ", "") in name.run or f" {bare}" in f" {name.english}" or _parts(value) in name.parts


def _compared(one: _Named) -> _Compared:
    return _compared_names(one.code, one.label.zh, one.label.en)


@lru_cache(maxsize=4096)
def _compared_names(code: str, zh: str, en: str) -> _Compared:
    chinese, folded = _folded(zh), _folded(code)
    return _Compared(folded, _parts(folded), chinese, chinese.replace(" ", ""), _folded(en))


def _parts(text: str) -> str:
    """A code (`JJ.ZT.JG`, `design_contract`) as its parts, so that whole ones are found in it."""
    return f" {_BETWEEN_PARTS.sub(' ', text)} "


def _folded(text: str) -> str:
    """As names are compared: width, case and runs of spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
