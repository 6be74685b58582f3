"""Numbers in the order people file them in."""

from __future__ import annotations

import random

import pytest

from search.natural_order import natural_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["KH-2-9", "KH-2-10", "KH-2-10a", "KH-2-10b", "KH-3"],
        ["2", "10", "010a", "A", "A1", "A2", "A10", "AB"],
        ["JJ-2021-3", "JJ-2021-17", "JJ-2021-17附", "JJ-2022-1"],
        ["甲1", "甲２", "甲10", "甲" + "9" * 40, "甲1" + "0" * 40],
        ["", "0", "1"],
    ],
)
def test_runs_of_digits_are_ordered_by_their_value_and_stand_before_letters(ordered: list[str]) -> None:
    mixed = random.Random(3).sample(ordered, len(ordered))
    assert sorted(mixed, key=natural_key) == ordered


def test_a_number_of_any_length_has_a_place() -> None:
    assert natural_key("9" * 20_000) > natural_key("9" * 4_000)


def test_leading_zeros_make_no_difference() -> None:
    assert natural_key("KH-002-09") == natural_key("KH-2-9")
