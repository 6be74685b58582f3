"""Numbers: made and read by the scheme's pattern, forgiving at the keyboard, never shifting in a fixed volume."""

from __future__ import annotations

import pytest

import schemes
from archive.domain.dossier import Volume, VolumeItem
from archive.domain.numbering import (
    CopyName,
    appended,
    copy_code,
    counter_of,
    dossier_number,
    has_page_numbers,
    near_codes,
    next_volume,
    numbered_items,
    numbered_pages,
    numbers_in,
    parse_copy_code,
    tidy,
    typing_slips,
)
from archive.domain.scheme_file import read_scheme

RULES = read_scheme(schemes.shipped()["engineering-customer"], "engineering-customer").numbering


def items(*pages: int) -> tuple[VolumeItem, ...]:
    return tuple(VolumeItem(document=f"d{n}", item=n, pages=many) for n, many in enumerate(pages, start=1))


def test_a_dossier_number_says_its_year_and_counter() -> None:
    number = dossier_number(RULES, 2024, 31)
    assert number == "KH-2024-031"
    assert counter_of(RULES, number) == (2024, 31)


@pytest.mark.parametrize("number", ["JJ-2024-031", "KH-2024", "031", "XX-KH-2024-031"])
def test_a_number_of_another_pattern_has_no_counter(number: str) -> None:
    assert counter_of(RULES, number) is None


def test_dossier_numbers_are_found_in_a_text_each_once() -> None:
    text = "档号ｋｈ—2024 - 031，见 KH-2024-031-02-F1 与KH-2023-118号；XKH-2024-001、KH-2024、JJ-2024-002 都不是"
    assert numbers_in(RULES, text) == ("KH-2024-031", "KH-2023-118")


def test_a_pattern_without_a_year_counts_through() -> None:
    rules = RULES.model_copy(update={"dossier": "{prefix}{counter:05d}"})
    assert counter_of(rules, dossier_number(rules, 2024, 7)) == (0, 7)


def test_a_pattern_may_name_a_part_twice() -> None:
    rules = RULES.model_copy(update={"dossier": "{year}-{prefix}-{year}-{counter}"})
    assert counter_of(rules, "2024-KH-2024-7") == (2024, 7)
    assert counter_of(rules, "2024-KH-2023-7") is None


def test_a_copy_code_is_read_back_into_its_parts() -> None:
    code = copy_code(RULES, "KH-2024-031", 2, "F", 1)
    assert code == "KH-2024-031-02-F1"
    assert parse_copy_code(RULES, code) == CopyName("KH-2024-031", 2, "F", 1)
    assert parse_copy_code(RULES, "KH-2024-031") is None


def test_full_width_characters_blanks_and_dashes_are_made_plain() -> None:
    assert tidy(" ｋｈ—２０２４ － 031 ") == "KH-2024-031"


def test_letters_read_for_digits_are_tried_first() -> None:
    assert near_codes("KH-2O24-O31")[0] == "KH-2024-031"
    assert "KH-2O24-O31" not in near_codes("KH-2O24-O31")


def test_one_slip_of_the_keyboard_leads_back_to_the_number() -> None:
    for typed in ("KH-2024-31", "KH-2024-0331", "HK-2024-031", "KH-2024-041"):
        assert "KH-2024-031" in typing_slips(typed), typed
    assert "KH-2024-031" not in typing_slips("KH-2024-031")


def test_items_are_numbered_anew_and_lose_their_page_numbers() -> None:
    numbered = numbered_items(tuple(reversed(numbered_pages(items(3, 2)))))
    assert [(one.document, one.item, one.first_page) for one in numbered] == [("d2", 1, None), ("d1", 2, None)]


def test_pages_run_through_the_volume_and_an_empty_item_has_none() -> None:
    numbered = numbered_pages(items(3, 0, 2))
    assert [(one.first_page, one.last_page) for one in numbered] == [(1, 3), (None, None), (4, 5)]
    assert has_page_numbers(Volume(number=1, title="卷", items=numbered))
    assert not has_page_numbers(Volume(number=1, title="卷", items=items(1)))


def test_a_late_paper_goes_to_the_end_and_nothing_before_it_shifts() -> None:
    before = Volume(number=1, title="卷", items=numbered_pages(items(3, 2)), pages=5)
    after = appended(before, "late", 4, "补件")
    assert after.items[:2] == before.items
    assert (after.items[2].item, after.items[2].first_page, after.items[2].last_page, after.pages) == (3, 6, 9, 9)


def test_a_late_paper_without_pages_takes_no_page_number() -> None:
    late = appended(Volume(number=1, title="卷"), "late", 0, "补件").items[0]
    assert (late.first_page, late.last_page) == (None, None)


def test_volume_numbers_run_through_the_dossier() -> None:
    assert next_volume([]) == 1
    assert next_volume([Volume(number=1, title="a"), Volume(number=4, title="b")]) == 5
