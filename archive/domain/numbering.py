"""Numbers: of dossiers, copies, items and pages inside a volume; and what a mistyped one may have meant. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from string import Formatter

from archive.domain.dossier import Volume, VolumeItem
from archive.domain.scheme import Numbering

ORIGINAL, PHOTOCOPY = "Y", "F"  # 原件, 复印件: {kind} of a copy's code

_GAPS = {
    "prefix": r"(?P<prefix>.+?)",
    "year": r"(?P<year>\d{4})",
    "counter": r"(?P<counter>\d+)",
    "dossier": r"(?P<dossier>.+)",
    "volume": r"(?P<volume>\d+)",
    "kind": r"(?P<kind>[A-Z])",
    "n": r"(?P<n>\d+)",
}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_TAKEN_FOR = {"0": "OQD", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B"}  # digits and letters mistaken for them
_SWAPS: dict[str, str] = {
    **_TAKEN_FOR,
    **{letter: digit for digit, letters in _TAKEN_FOR.items() for letter in letters},
}
MOST_SLIPS = 3  # more than these in one number are taken together or not at all


def dossier_number(rules: Numbering, year: int, counter: int) -> str:
    """The number of the `counter`-th dossier of `year`."""
    return rules.dossier.format(prefix=rules.prefix, year=year, counter=counter)


def counter_of(rules: Numbering, number: str) -> tuple[int, int] | None:
    """Year (0 where the pattern has none) and counter of a dossier's number; None if it is not of this pattern."""
    found = _matcher(rules.dossier).fullmatch(number)
    if found is None or found.groupdict().get("prefix", rules.prefix) != rules.prefix:
        return None
    return int(found.groupdict().get("year") or 0), int(found["counter"])


def copy_code(rules: Numbering, number: str, volume: int, kind: str, n: int) -> str:
    """The code (条码号) of a copy: `kind` is ORIGINAL or PHOTOCOPY, `n` counts from 1 in each."""
    return rules.copy_code.format(dossier=number, volume=volume, kind=kind, n=n)


@dataclass(frozen=True, slots=True)
class CopyName:
    """What a copy's code says."""

    dossier: str  # its number
    volume: int
    kind: str
    n: int


def parse_copy_code(rules: Numbering, code: str) -> CopyName | None:
    """The parts of a copy's code; None if it is not of the scheme's pattern."""
    found = _matcher(rules.copy_code).fullmatch(code)
    if found is None:
        return None
    return CopyName(found["dossier"], int(found["volume"]), found["kind"], int(found["n"]))


def numbers_in(rules: Numbering, text: str) -> tuple[str, ...]:
    """What looks like one of the scheme's dossier numbers in a text, tidied, each once in the order of the text."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    pattern = _matcher(rules.dossier.replace("{prefix}", rules.prefix)).pattern.replace(r"\-", " ?- ?")
    found = re.finditer(rf"(?<![A-Z0-9]){pattern}(?!\d)", plain, re.IGNORECASE)
    return tuple(dict.fromkeys(tidy(number[0]) for number in found))


def _matcher(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for text, gap, _, _ in Formatter().parse(pattern):
        parts.append(re.escape(text))
        if gap is not None:
            parts.append(f"(?P={gap})" if gap in seen else _GAPS[gap])
            seen.add(gap)
    return re.compile("".join(parts))


# --- what was meant ----------------------------------------------------------------------------------------------


def tidy(code: str) -> str:
    """A number as it is kept: full-width characters made plain, dashes of all kinds one, no blanks, capitals."""
    plain = unicodedata.normalize("NFKC", code).translate(_DASHES)
    return "".join(plain.split()).upper()


def near_codes(code: str) -> tuple[str, ...]:
    """Codes that may have been meant by `code`: tidied, then with letters and digits exchanged that are mistaken for
    each other (O and 0, I and 1 …): all letters made digits first, then fewest exchanges first. `code` itself is not
    among them."""
    found = dict.fromkeys((tidy(code), *_slips(tidy(code))))
    return tuple(near for near in found if near != code)


def _slips(code: str) -> Iterator[str]:
    places = [at for at, letter in enumerate(code) if letter in _SWAPS]
    yield _exchanged(code, [at for at in places if code[at].isalpha()])
    for many in range(1, MOST_SLIPS + 1):
        for chosen in combinations(places, many):
            yield _exchanged(code, chosen)


def _exchanged(code: str, places: Iterable[int]) -> str:
    letters = list(code)
    for at in places:
        letters[at] = _SWAPS[letters[at]][0]
    return "".join(letters)


def typing_slips(code: str) -> tuple[str, ...]:
    """Every code that one slip of the keyboard makes of `code`: a character left out, doubled, changed for another
    of the kind, or two exchanged. For finding the nearest of many numbers by id, without listing them."""
    signs = "0123456789" + "".join(sorted({c for c in code if not c.isdigit()} | {"-"}))
    cuts = [(code[:at], code[at:]) for at in range(len(code) + 1)]
    made = [a + b[1:] for a, b in cuts if b]
    made += [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
    made += [a + sign + b[1:] for a, b in cuts if b for sign in signs]
    made += [a + sign + b for a, b in cuts for sign in signs]
    return tuple(near for near in dict.fromkeys(made) if near != code)


# --- inside a volume ---------------------------------------------------------------------------------------------


def numbered_items(items: Sequence[VolumeItem]) -> tuple[VolumeItem, ...]:
    """The items with their numbers (件号) from 1, in the order given; page numbers are taken off."""
    return tuple(
        item.model_copy(update={"item": number, "first_page": None, "last_page": None})
        for number, item in enumerate(items, start=1)
    )


def numbered_pages(items: Sequence[VolumeItem]) -> tuple[VolumeItem, ...]:
    """The items with their pages (页号) numbered through the volume from 1. An item without pages has none."""
    at, found = 0, []
    for item in items:
        first, at = at + 1, at + item.pages
        pages = {"first_page": first, "last_page": at} if item.pages else {"first_page": None, "last_page": None}
        found.append(item.model_copy(update=pages))
    return tuple(found)


def has_page_numbers(volume: Volume) -> bool:
    """Whether every item that has pages has their numbers."""
    return all(item.first_page is not None for item in volume.items if item.pages)


def appended(volume: Volume, document: str, pages: int, remark: str) -> Volume:
    """The fixed volume with a late paper at its end: no number before it shifts."""
    last = max((item.last_page or 0 for item in volume.items), default=0)
    late = VolumeItem(
        document=document,
        item=len(volume.items) + 1,
        pages=pages,
        first_page=last + 1 if pages else None,
        last_page=last + pages if pages else None,
        remark=remark,
    )
    return volume.model_copy(update={"items": (*volume.items, late), "pages": volume.pages + pages})


def next_volume(volumes: Sequence[Volume]) -> int:
    """The number of the next volume (案卷号): numbers run through the dossier."""
    return max((volume.number for volume in volumes), default=0) + 1
