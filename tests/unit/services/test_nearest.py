"""What is offered where a search finds nothing: near by shape, turned round, with fewer words, with a filter less."""

from __future__ import annotations

from typing import Any

import pytest

from archive.domain.document import Page
from archive.services.nearest import MOST, nearest, plain_words


@pytest.fixture
def read(office: Any) -> Any:
    """The archive with three pages, one of them closed to everybody."""
    texts = {"one": "水泥拴住检验合同", "two": "基坑位移观测", "three": "保密沉降"}
    pages = [
        Page(id=f"{id}-1", document=id, number=1, state="read", text=text, phase="tender", mark=f"nobody/{id}")
        if id == "three"
        else Page(id=f"{id}-1", document=id, number=1, state="read", text=text, phase="tender", mark=_mark(office))
        for id, text in texts.items()
    ]
    assert office.ports.index.refresh(office.ports.index.put(pages))
    return office


def _mark(office: Any) -> str:
    return str(min(office.desk.access.marks))


def offers(office: Any, text: str, **only: str) -> list[tuple[str, str, int]]:
    narrowed = {name: frozenset({value}) for name, value in only.items()}
    return [(one.kind, one.text, one.pages) for one in nearest(office.ports, office.desk, text, only=narrowed)]


def test_a_character_of_like_shape_is_offered_with_what_it_finds(read: Any) -> None:
    assert ("similar", "水泥拴住", 1) in offers(read, "水泥栓住")


def test_a_word_the_other_way_round_is_offered(read: Any) -> None:
    assert ("swapped", "基坑 位移", 1) in offers(read, "基坑 移位")


def test_fewer_words_are_offered_and_only_those_that_find_something(read: Any) -> None:
    assert offers(read, "水泥 龘龘") == [("fewer", "水泥", 1)]


def test_a_filter_less_is_offered(read: Any) -> None:
    assert offers(read, "水泥", phase="other") == [("unfiltered", "水泥", 1)]


def test_a_query_with_operators_is_tried_without_its_filters_alone(read: Any) -> None:
    assert offers(read, "“水泥” NOT 龘", phase="other") == [("unfiltered", "“水泥” NOT 龘", 1)]
    assert offers(read, "“水泥栓住”") == []


def test_a_field_is_offered_as_words_of_the_page(read: Any) -> None:
    page = Page(id="form-1", document="form", number=1, state="read", text="建设单位：江汀大学", mark=_mark(read))
    assert read.ports.index.refresh(read.ports.index.put([page]))
    assert offers(read, "建设单位：江汀大学") == [("as_words", "建设单位江汀大学", 1)]


def test_nothing_one_may_not_see_is_offered(read: Any) -> None:
    assert offers(read, "沉降 龘龘") == []


def test_there_are_never_more_offers_than_are_shown(read: Any) -> None:
    assert len(offers(read, "水泥 位移 观测 检验 合同 龘龘", phase="other")) <= MOST


def test_plain_words_are_those_without_operators() -> None:
    assert plain_words("基坑\u3000位移") == ["基坑", "位移"]
    assert plain_words("基坑 OR 位移") == plain_words("题名：基坑") == plain_words("2003..2004") == []
