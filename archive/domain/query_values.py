"""Days, numbers and ranges of them as people type them. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TypeVar

from archive.errors import InvalidInput

End = TypeVar("End", date, float)

_RANGE = re.compile(r"^(.*?)\s*(?:\.\.+|…+|～|~)\s*(.*)$")
_DAY = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?$")
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$")


def range_of_days(value: str, at: int = 0) -> tuple[date | None, date | None]:
    """First and last day of `2022`, `2022-03`, `2022年3月5日`, or of a range with two dots; None = open.

    Raises InvalidInput at `at`.
    """
    low, high = _ends(value)
    if not (low or high):
        raise InvalidInput("query_date", at=at, value=value)
    first = period(low, at)[0] if low else None
    last = period(high, at)[1] if high else None
    return _in_order(first, last)


def range_of_numbers(value: str, at: int = 0) -> tuple[float | None, float | None]:
    """Both ends of `2020..2022`; a single number is a range of one. Raises InvalidInput at `at`."""
    low, high = _ends(value)
    if not (low or high):
        raise InvalidInput("query_number", at=at, value=value)
    return _in_order(_number(low, at) if low else None, _number(high, at) if high else None)


def period(value: str, at: int = 0) -> tuple[date, date]:
    """First and last day of a year, a month or a day. Raises InvalidInput at `at`."""
    found = _DAY.match(_narrow(value))
    if found is None:
        raise InvalidInput("query_date", at=at, value=value)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError:  # a 13th month, a 31st of June; monthrange's own error is one too
        raise InvalidInput("query_date", at=at, value=value) from None


def _number(value: str, at: int) -> float:
    plain = _narrow(value).replace(",", "").removesuffix("年").removesuffix("元")
    if not _NUMBER.match(plain):
        raise InvalidInput("query_number", at=at, value=value)
    return float(plain)


def _narrow(value: str) -> str:
    return value.strip().translate({0xFF10 + n: str(n) for n in range(10)} | {0xFF0D: "-", 0xFF0C: ",", 0xFF0E: "."})


def _ends(value: str) -> tuple[str, str]:
    found = _RANGE.match(value.strip())
    low, high = (found[1], found[2]) if found else (value.strip(), value.strip())
    return low, high


def _in_order(low: End | None, high: End | None) -> tuple[End | None, End | None]:
    """Both ends the right way round: there is one thing that `2023..2022` can mean."""
    return (high, low) if low is not None and high is not None and low > high else (low, high)
