"""How long volumes are kept."""

from __future__ import annotations

from datetime import date

import pytest

import schemes
from archive.domain.retention import kept_until, period_of
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return read_scheme(dict(schemes.shipped())["engineering-customer"], "engineering-customer")


@pytest.mark.parametrize(
    ("types", "period"),
    [
        (["quotation", "site_survey"], "D10"),
        (["site_survey", "change_order"], "D30"),
        (["letter", "contract", "minutes"], "permanent"),
    ],
)
def test_a_volume_is_kept_as_long_as_the_paper_in_it_kept_longest(
    scheme: Scheme, types: list[str], period: str
) -> None:
    found = period_of(scheme, types)
    assert found is not None
    assert found.id == period


def test_papers_whose_type_is_not_settled_give_no_period(scheme: Scheme) -> None:
    assert period_of(scheme, ["", "no such type"]) is None
    known = period_of(scheme, ["", "letter"])
    assert known is not None
    assert known.id == "D10"


def test_years_count_from_the_first_day_of_the_year_after_the_newest_paper(scheme: Scheme) -> None:
    thirty = scheme.retention("30年")
    for_ever = scheme.retention("永久")
    assert thirty is not None
    assert for_ever is not None
    assert kept_until(thirty, date(2024, 6, 14)) == date(2054, 12, 31)
    assert kept_until(for_ever, date(2024, 6, 14)) is None
