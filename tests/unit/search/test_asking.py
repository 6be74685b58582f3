"""What a typed word asks for."""

from __future__ import annotations

import pytest

from search.asking import asked


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("施工", ["施 工"]),
        ("HX-8000", ["hx 8000"]),
        ("2021", ["2021"]),
        ("460675.64", ["460675 64", "460 675 64"]),
        ("460,675.64", ["460 675 64", "460675 64"]),
        ("1，250，000", ["1 250 000", "1250000"]),
        ("1250000", ["1250000", "1 250 000"]),
        ("0512345", ["0512345"]),
        ("12,3", ["12 3"]),
        ("，。", []),
        ("", []),
    ],
)
def test_a_word_is_its_units_and_an_amount_is_written_with_commas_or_without(text: str, spellings: list[str]) -> None:
    assert [" ".join(unit.text for unit in units) for units in asked(text).spellings] == spellings


def test_a_beginning_of_a_word_is_one_of_latin_and_digits_only() -> None:
    assert asked("hx80", prefix=True).prefix
    assert not asked("施工", prefix=True).prefix
    assert not asked("hx80").prefix
