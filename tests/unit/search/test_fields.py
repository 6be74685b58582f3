"""The searchable values of records."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.record import Event, Searched
from archive.errors import InvalidInput
from search.fields import comparable, how_searched, values

NOW = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)


def dossier() -> Dossier:
    return Dossier(
        id="D1", number="KH-1", aliases=("a", "b"), scheme="s", name="東校區（一）", level="open", mark="s/open",
        state="temporary", created_at=NOW, last=Event(at=NOW, by="zhao", action="made"),
        fields={"cost_n": 5, "kind_k": "新装", "on_d": date(2024, 1, 2), "off_d": None, "plain": "x"},
    )  # fmt: skip


def test_values_are_folded_texts_keywords_days_and_numbers() -> None:
    found = list(values(dossier()))
    assert ("name", "东校区一") in found
    assert [value for field, value in found if field == "aliases"] == ["a", "b"]
    assert [pair for pair in found if pair[0].startswith("fields.")] == [
        ("fields.cost_n", 5), ("fields.kind_k", "新装"), ("fields.on_d", "2024-01-02"),
    ]  # fmt: skip


def test_an_unset_day_has_no_value_and_an_empty_keyword_has_one() -> None:
    fields = dict(values(dossier()))
    assert "due_on" not in fields
    assert fields["cls"] == ""


def test_the_id_is_no_value_of_its_own() -> None:
    assert "id" not in dict(values(dossier()))


@pytest.mark.parametrize(
    ("field", "how"),
    [
        ("number", Searched.NUMBER), ("text", Searched.TEXT), ("date", Searched.DATE), ("mark", Searched.KEYWORD),
        ("meta.a_k", Searched.KEYWORD), ("meta.a_t", Searched.TEXT), ("meta.a_n", Searched.NUMBER),
        ("meta.a_d", Searched.DATE),
    ],
)  # fmt: skip
def test_a_field_is_searched_as_its_mark_says(field: str, how: Searched) -> None:
    assert how_searched(Page, field) is how


@pytest.mark.parametrize("field", ["meta", "meta.a", "meta.a_x", "reading", "nothing", "text.a_k", ""])
def test_what_is_not_searched_is_named(field: str) -> None:
    with pytest.raises(InvalidInput) as told:
        how_searched(Page, field)
    assert told.value.data["field"] == field


def test_a_document_has_no_field_of_another_kind() -> None:
    with pytest.raises(InvalidInput):
        how_searched(Document, "borrower")


@pytest.mark.parametrize(
    ("value", "how", "expected"),
    [
        ("12", Searched.NUMBER, 12.0),
        ("zwölf", Searched.NUMBER, None),
        (datetime(2024, 5, 6, 23, 0, tzinfo=UTC), Searched.DATE, "2024-05-06"),
        ("2024-05-06", Searched.DATE, "2024-05-06"),
        (None, Searched.KEYWORD, None),
        (7, Searched.KEYWORD, "7"),
    ],
)
def test_values_are_made_comparable(value: object, how: Searched, expected: object) -> None:
    assert comparable(value, how) == expected
