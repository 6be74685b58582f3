"""Which field of the index answers which condition of a list of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from archive.errors import InvalidInput
from search.page_conditions import days_among, range_field, single_value_field, words_field


def test_one_value_is_asked_of_the_field_that_holds_it_as_one() -> None:
    assert single_value_field("date") == "day"
    assert single_value_field("phase") == "phase"


def test_a_range_is_asked_of_days_and_numbers() -> None:
    assert range_field("date") == "day"
    assert range_field("number") == "number"


def test_words_are_asked_of_texts_and_of_names() -> None:
    assert words_field("title") == "title"
    assert words_field("document_number") == "number"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        *[(single_value_field, field) for field in ("title", "dossier_number", "password")],
        *[(range_field, field) for field in ("title", "phase", "password")],
        *[(words_field, field) for field in ("date", "number", "password")],
    ],
)
def test_what_a_field_cannot_answer_is_refused_by_its_name(answers: Callable[[str], str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        answers(field)
    assert (refused.value.key, refused.value.field) == ("field_not_searched", field)


def test_what_is_no_day_is_the_day_of_no_page() -> None:
    assert days_among(["2026-11-24", "2026-13-01", "yesterday"]) == [date(2026, 11, 24)]
