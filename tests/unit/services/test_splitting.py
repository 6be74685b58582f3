"""Where a file is split at its bookmarks."""

from __future__ import annotations

from archive.ports import Bookmark
from archive.services.splitting import parts_by_bookmarks


def ranges(*marks: tuple[str, int, int], pages: int = 10) -> list[tuple[str, int, int]]:
    found = parts_by_bookmarks([Bookmark(*mark) for mark in marks], pages)
    return [(part.title, part.first_page, part.last_page) for part in found]


def test_each_outermost_bookmark_begins_a_document() -> None:
    assert ranges(("合同", 1, 1), ("第一条", 2, 2), ("附件", 4, 1)) == [("合同", 1, 3), ("附件", 4, 10)]


def test_pages_before_the_first_bookmark_are_a_document_too() -> None:
    assert ranges(("合同", 3, 1), ("附件", 5, 1)) == [("", 1, 2), ("合同", 3, 4), ("附件", 5, 10)]


def test_a_single_outermost_bookmark_names_the_whole_and_those_under_it_the_parts() -> None:
    assert ranges(("全卷", 1, 1), ("合同", 1, 2), ("附件", 5, 2)) == [("合同", 1, 4), ("附件", 5, 10)]


def test_of_bookmarks_on_one_page_the_first_counts() -> None:
    assert ranges(("合同", 1, 1), ("又名", 1, 1), ("附件", 2, 1)) == [("合同", 1, 1), ("附件", 2, 10)]


def test_without_two_places_nothing_is_split() -> None:
    assert ranges() == ranges(("合同", 1, 1)) == ranges(("合同", 1, 1), ("又名", 1, 1)) == []


def test_bookmarks_that_lead_nowhere_and_lie_in_disorder_do_no_harm() -> None:
    assert ranges(("附件", 4, 1), ("合同", 1, 1), ("没有", 99, 1)) == [("合同", 1, 3), ("附件", 4, 10)]
