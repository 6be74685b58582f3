"""What people call the values of coded fields (`类型:合同`), as the codes pages carry. Pure.

Schemes name their classes, phases, types and choices, and themselves, in two languages; whatever part of a name is
typed means all that have it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from archive.domain.query import All, AnyOf, FieldIs, Not, Query, changed
from archive.domain.scheme import Label, Scheme

FIELD_LABELS = {
    "scheme": Label(zh="方案", en="scheme"),
    "class": Label(zh="分类", en="class"),
    "phase": Label(zh="阶段", en="phase"),
    "type": Label(zh="类型", en="type"),
}
_LISTED = 12  # names of values told where none fits
_BETWEEN_PARTS = re.compile(r"[\s._-]+")

Named = tuple[str, Label]  # a code and what it is called


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
    held = tuple(schemes)
    return changed(query, lambda leaf: _coded(leaf, held) if isinstance(leaf, FieldIs) else leaf)


def unknown_values(query: Query, schemes: Iterable[Scheme]) -> tuple[UnknownValue, ...]:
    """The values of coded fields in `query` that no scheme knows."""
    held = tuple(schemes)
    leaves = dict.fromkeys(leaf for leaf in _leaves(query) if leaf.value.strip("*＊ ") and not _codes_of(leaf, held))
    return tuple(unknown for leaf in leaves if (unknown := _unknown(leaf, held)))


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


def _unknown(leaf: FieldIs, schemes: Sequence[Scheme]) -> UnknownValue | None:
    """None for a field that has no codes: any value may stand in it."""
    labels = list(dict.fromkeys(label for scheme in schemes for _, label in _named(leaf.field, scheme)))
    label = FIELD_LABELS.get(leaf.field) or _choice_label(leaf.field, schemes)
    if not labels or label is None:
        return None
    nearest = sorted(labels, key=lambda one: -_likeness(leaf.value, one))[:_LISTED]
    return UnknownValue(label, leaf.value, tuple(nearest), len(labels))


def _choice_label(field: str, schemes: Sequence[Scheme]) -> Label | None:
    """What a field of schemes is called; None where one of them takes any value in it."""
    found = [one for scheme in schemes if (one := scheme.field(field.removeprefix("meta.")))]
    return found[0].label if found and all(one.choices for one in found) else None


def _likeness(value: str, label: Label) -> float:
    return max(SequenceMatcher(None, _folded(value), _folded(name)).ratio() for name in (label.zh, label.en))


def _coded(leaf: FieldIs, schemes: Sequence[Scheme]) -> Query:
    found = tuple(replace(leaf, value=code) for code in _codes_of(leaf, schemes))
    if not found:
        return leaf
    return found[0] if len(found) == 1 else AnyOf(found)


def _codes_of(leaf: FieldIs, schemes: Sequence[Scheme]) -> list[str]:
    return list(dict.fromkeys(code for scheme in schemes for code in _codes(leaf, scheme)))


def _codes(leaf: FieldIs, scheme: Scheme) -> list[str]:
    """The codes of one scheme that are meant. Of a few choices (有, 没有) one that is named whole is meant alone."""
    named = _named(leaf.field, scheme)
    value = _folded(leaf.value)
    whole = [code for code, label in named if value in (_folded(code), _folded(label.zh), _folded(label.en))]
    if whole and leaf.field.startswith("meta."):
        return whole
    return [code for code, label in named if _fits(value, code, label)]


def _named(field: str, scheme: Scheme) -> list[Named]:
    match field:
        case "scheme":
            return [(scheme.id, scheme.label)]
        case "class":
            return [(found.code, found.label) for top in scheme.classes for found, _ in top.walk()]
        case "phase":
            return [(phase.id, phase.label) for phase in scheme.phases]
        case "type":
            return [(type_.id, type_.label) for type_ in scheme.types]
    held = scheme.field(field.removeprefix("meta.")) if field.startswith("meta.") else None
    return list(held.choices) if held else []


def _fits(value: str, code: str, label: Label) -> bool:
    """A run of characters anywhere in the Chinese name, words of the English one or parts of the code from their
    beginning; with an asterisk the beginning of any of them."""
    bare = value.rstrip("*")
    if not bare:
        return False
    chinese = _folded(label.zh).replace(" ", "")
    if value != bare:
        return chinese.startswith(bare) or any(_folded(name).startswith(bare) for name in (label.en, code))
    return bare.replace(" ", "") in chinese or f" {bare}" in f" {_folded(label.en)}" or _is_part(bare, code)


def _is_part(value: str, code: str) -> bool:
    """Whether whole parts of a code (`JJ.ZT.JG`, `design_contract`) are named."""
    parts, wanted = (f" {_BETWEEN_PARTS.sub(' ', text)} " for text in (_folded(code), value))
    return wanted in parts


def _folded(text: str) -> str:
    """As names are compared: width, case and runs of spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
