"""Days, numbers and their ranges as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from archive.domain.query_values import range_of_days, range_of_numbers
from archive.errors import InvalidInput

YEAR = (date(2022, 1, 1), date(2022, 12, 31))


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("2022", YEAR),
        ("2022年", YEAR),
        ("２０２２", YEAR),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2022年3月", (date(2022, 3, 1), date(2022, 3, 31))),
        ("2022-03-05", (date(2022, 3, 5), date(2022, 3, 5))),
        ("2022/3/5", (date(2022, 3, 5), date(2022, 3, 5))),
        ("2022.3.5", (date(2022, 3, 5), date(2022, 3, 5))),
        ("2022年3月5日", (date(2022, 3, 5), date(2022, 3, 5))),
        ("2022-01..2022-06", (date(2022, 1, 1), date(2022, 6, 30))),
        ("2022～2023", (date(2022, 1, 1), date(2023, 12, 31))),
        ("2023..2022", (date(2022, 12, 31), date(2023, 1, 1))),
        ("2022..", (date(2022, 1, 1), None)),
        ("…2022", (None, date(2022, 12, 31))),
    ],
)
def test_days(typed: str, ends: tuple[date | None, date | None]) -> None:
    assert range_of_days(typed) == ends


@pytest.mark.parametrize("typed", ["", "..", "后天", "2022-13", "2022-02-30", "0000", "22", "2022-1-1-1", "1..2022"])
def test_what_is_no_day_is_refused_at_its_place(typed: str) -> None:
    with pytest.raises(InvalidInput) as told:
        range_of_days(typed, 7)
    assert (told.value.key, told.value.at) == ("query_date", 7)


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("5", (5.0, 5.0)),
        ("-5.25", (-5.25, -5.25)),
        ("460,675.64元", (460675.64, 460675.64)),
        ("2020年..2022年", (2020.0, 2022.0)),
        ("5..", (5.0, None)),
        ("..5", (None, 5.0)),
        ("9..5", (5.0, 9.0)),
    ],
)
def test_numbers(typed: str, ends: tuple[float | None, float | None]) -> None:
    assert range_of_numbers(typed) == ends


@pytest.mark.parametrize("typed", ["", "..", "五", "1e9", "5-6", "1.2.3"])
def test_what_is_no_number_is_refused_at_its_place(typed: str) -> None:
    with pytest.raises(InvalidInput) as told:
        range_of_numbers(typed, 3)
    assert (told.value.key, told.value.at) == ("query_number", 3)
