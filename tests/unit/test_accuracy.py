"""The measure of readings: what counts as an error and what does not."""

import pytest

from bench.accuracy import character_error, mean_character_error, wrong_characters


def test_a_reading_that_is_right_has_no_error() -> None:
    assert character_error("设备安装合同\n甲方：某某公司", "设备安装合同\n甲方：某某公司") == 0


def test_white_space_width_and_kinds_of_a_mark_do_not_count() -> None:
    assert character_error("合同 编号：YT－2024（甲）", "合同编号: YT-2024(甲)") == 0


@pytest.mark.parametrize(
    ("read", "wrong"),
    [("设备安装合词", 1), ("设备安装合", 1), ("设备安装合同书", 1), ("设装合同", 2), ("", 6)],
)
def test_each_character_changed_missing_or_too_many_counts_once(read: str, wrong: int) -> None:
    assert wrong_characters(read, "设备安装合同") == wrong


def test_the_order_of_lines_does_not_count() -> None:
    assert character_error("数量\n名称\n三台\n电话交换机", "名称\n电话交换机\n数量\n三台") == 0


def test_a_line_that_was_read_in_two_pieces_is_found() -> None:
    assert character_error("甲方委托乙方在办公楼\n安装电话交换机", "甲方委托乙方在办公楼安装电话交换机") == 0


def test_one_reading_does_not_stand_for_two_lines() -> None:
    assert wrong_characters("同意", "同意\n同意") == 2


def test_pages_count_by_their_characters() -> None:
    assert mean_character_error([("", "一二三四"), ("一二三四五六七八九十一二", "一二三四五六七八九十一二")]) == 0.25


def test_nothing_read_from_nothing_is_right_and_something_is_not() -> None:
    assert character_error("", "") == 0
    assert character_error("污点", "") == 1
