"""The order in which people file numbers such as `KH-2-9`, `KH-2-10`: runs of digits by their value. Pure."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"(\d+)|\D+")
_LONGEST = 9999  # digits of one run that are told apart


def natural_key(number: str) -> str:
    """A text whose order, by code points, is the natural order of `number`: digits before letters, a run of digits by
    its value. Engines that only know the order of texts sort by it."""
    return "".join(_digits(found[0]) if found[1] else f"1{found[0]}\1" for found in _RUN.finditer(number))


def _digits(run: str) -> str:
    """A longer number is a greater one: its length stands before it."""
    plain = "".join(str(unicodedata.decimal(letter)) for letter in run).lstrip("0")
    return f"0{min(len(plain), _LONGEST):04d}{plain}"
