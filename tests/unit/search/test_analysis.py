"""What is a word."""

from __future__ import annotations

import unicodedata
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import DIGIT, HAN, LETTER, LONGEST_UNIT, fold, shingles_of, squeezed, tokens, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("施工合同", "施 工 合 同"),
        ("簽訂", "签 订"),
        ("ＨＸ－８０００", "hx 8000"),
        ("HX8000型", "hx 8000 型"),
        ("460,675.64元", "460 675 64 元"),
        ("Straße Café ÅB", "strasse cafe ab"),
        ("①第㎡", "1 第 m 2"),
        ("第\u200b一\ufe0f條", "第 一 条"),
        ("٣٤", "34"),
        ("〇二々", "〇 二 々"),
        ("カタ한글ㄅ", "カ タ 한 글 ㄅ"),
        ("𠀀𠀁", "𠀀 𠀁"),
        ("，。 \n\x00\ud800", ""),
        ("", ""),
    ],
)
def test_units_are_single_han_words_and_numbers(text: str, expected: str) -> None:
    assert tokens(text).units == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("施工合同", "施工 工合 合同 同"),
        ("施\n工，合（同", "施工 工合 合同 同"),
        ("施工A合同", "施工 工_a a_合 合同 同"),
        ("工", "工"),
        ("hx", "hx"),
        ("HX-8000 型", "hx_8000 8000_型 型"),
        ("460,675 64", "460_675 675_64 64"),
        ("", ""),
        ("，。", ""),
    ],
)
def test_shingles_are_each_unit_with_the_next_across_line_breaks_and_punctuation(text: str, expected: str) -> None:
    assert tokens(text).shingles.split() == expected.split()


def test_a_run_is_asked_by_the_shingles_a_text_has() -> None:
    for text in ("施工合同", "第3教学楼A座", "KH-2024-031", "𠮷田 12"):
        assert shingles_of(units(text)) == tokens(text).shingles.split()[:-1]
    assert shingles_of(units("工")) == []


def test_units_know_where_they_stand_in_the_text_itself() -> None:
    text = "㎡第①條 ＨＸ\n8000"
    assert [(unit.text, text[unit.start : unit.end], unit.kind) for unit in units(text)] == [
        ("m", "㎡", LETTER),
        ("2", "㎡", DIGIT),
        ("第", "第", HAN),
        ("1", "①", DIGIT),
        ("条", "條", HAN),
        ("hx", "ＨＸ", LETTER),
        ("8000", "8000", DIGIT),
    ]


def test_a_very_long_run_is_cut() -> None:
    assert [len(unit.text) for unit in units("1" * (LONGEST_UNIT * 2 + 3))] == [LONGEST_UNIT, LONGEST_UNIT, 3]
    assert [len(part) for part in tokens("1" * (LONGEST_UNIT + 1)).units.split()] == [LONGEST_UNIT, 1]


def test_squeezed_leaves_only_what_counts() -> None:
    assert squeezed("東 校區，（HX-8000）") == "东校区hx8000"


def test_squeezed_is_the_fold_without_spaces_for_every_character_it_takes_a_short_way_for() -> None:
    every = "".join(map(chr, range(128)))
    assert squeezed(every) == fold(every).text.replace(" ", "") == "0123456789" + ascii_lowercase * 2


@given(st.text(max_size=80))
def test_both_ways_to_the_units_agree(text: str) -> None:
    found = units(text)
    assert " ".join(unit.text for unit in found) == tokens(text).units
    assert all(0 <= unit.start < unit.end <= len(text) for unit in found)
    assert [unit.start for unit in found] == sorted(unit.start for unit in found)


@given(st.text(max_size=80))
def test_what_was_folded_folds_to_itself(text: str) -> None:
    once = tokens(text).units
    assert tokens(once).units == once


@given(st.text(alphabet="甲乙A1 ，\n㎡①\u200bé", max_size=40))
def test_the_way_back_from_a_folded_text_is_complete(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


def test_all_simplified_forms_are_single_characters() -> None:
    for letter in "東區廠圖竣發裡後乾隻":
        assert len(fold(letter).text) == 1
        assert unicodedata.category(fold(letter).text) == "Lo"
