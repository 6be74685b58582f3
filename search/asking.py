"""What a typed word asks for, in units: the same for every engine and for highlights. Must not know any engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from search.analysis import DIGIT, HAN, Unit, units

# Amounts are written with and without commas: 460675.64 finds 460,675.64 and the other way round. Years and other
# short numbers are left alone.
_SHORTEST_GROUPED = 5
_GROUPED = re.compile(r"(?<![\d.,，])\d{1,3}(?:[,，]\d{3})+(?!\d)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One word as sequences of units, any of which is meant; none where nothing in it is a letter, digit or Han.
    `prefix`: the last unit need only begin so."""

    spellings: tuple[tuple[Unit, ...], ...]
    prefix: bool = False


@lru_cache(maxsize=1024)  # one word is asked by the query and by each highlighter
def asked(text: str, *, prefix: bool = False) -> Asked:
    """What `text` asks for. A prefix that ends in Han is the run itself."""
    plain = tuple(units(text))
    if not plain:
        return Asked(())
    ends_in_han = plain[-1].kind == HAN
    spellings = dict.fromkeys((plain, *_other_numbers(text, plain)))
    return Asked(tuple(spellings), prefix and not ends_in_han)


def _other_numbers(text: str, plain: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    if _GROUPED.search(text):
        bare = _GROUPED.sub(lambda found: re.sub("[,，]", "", found[0]), text)
        return [tuple(units(bare))]
    if not any(_may_be_grouped(unit) for unit in plain):
        return []
    return [tuple(part for unit in plain for part in _in_groups(unit))]


def _may_be_grouped(unit: Unit) -> bool:
    return unit.kind == DIGIT and len(unit.text) >= _SHORTEST_GROUPED and not unit.text.startswith("0")


def _in_groups(unit: Unit) -> list[Unit]:
    if not _may_be_grouped(unit):
        return [unit]
    head = len(unit.text) % 3
    parts = [unit.text[:head]] if head else []
    parts += [unit.text[at : at + 3] for at in range(head, len(unit.text), 3)]
    return [Unit(part, unit.start, unit.end, DIGIT) for part in parts]
