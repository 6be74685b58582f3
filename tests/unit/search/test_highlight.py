"""Where hits are, and the piece that shows them best."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.query_language import parse
from search.highlight import SNIPPET_WIDTH, Highlighter, snippet


def marked(typed: str, text: str, field: str = "text") -> list[str]:
    return [text[start:end] for start, end in Highlighter(parse(typed), field).spans(text)]


@pytest.mark.parametrize(
    ("typed", "text", "hits"),
    [
        ("施工合同", "甲方簽訂施\n工，合同書", ["施\n工，合同"]),
        ("合同 甲方", "甲方与乙方的合同、合同", ["甲方", "合同", "合同"]),
        ("hx8000", "HX-8000型，ＨＸ８０００，hx80001，ahx8000", ["HX-8000", "ＨＸ８０００"]),
        ("800", "8000 800 1800", ["800"]),
        ("hx80*", "HX-8000 hx81", ["HX-8000"]),
        ("ab c", "abc ab c", ["ab", "c"]),
        ('"ab c"', "abc ab c", ["ab c"]),
        ("460675.64", "计460,675.64元", ["460,675.64"]),
        ("甲甲", "甲甲甲", ["甲甲甲"]),
        ("-合同 甲", "甲 合同", ["甲"]),
        ("title:合同 正文:甲", "甲 合同", ["甲"]),
        ("合同", "", []),
        ("，", "甲，乙", []),
        ("", "甲", []),
    ],
)
def test_hits_are_found_by_the_units_they_consist_of(typed: str, text: str, hits: list[str]) -> None:
    assert marked(typed, text) == hits


def test_words_of_the_title_are_marked_in_titles() -> None:
    assert marked("题名:合同 正文:甲", "甲 合同", "title") == ["合同"]


def test_a_snippet_shows_where_most_of_the_words_are() -> None:
    text = "水泥。" + "无关的话，" * 60 + "水泥和沙子在这里。" + "无关的话，" * 60
    spans, piece = Highlighter(parse("水泥 沙子")).mark(text)
    assert len(spans) == 3
    assert [piece.text[start:end] for start, end in piece.spans] == ["水泥", "沙子"]
    assert piece.before and piece.after


def test_a_snippet_without_hits_is_the_beginning() -> None:
    piece = snippet("甲" * 500, ())
    assert piece.text == "甲" * int(SNIPPET_WIDTH)
    assert (piece.spans, piece.before, piece.after) == ((), False, True)


def test_line_breaks_are_left_out_between_han_and_are_spaces_elsewhere() -> None:
    _, piece = Highlighter(parse("工合 hx")).mark("施工\n合同 HX\n8000\n")
    assert piece.text == "施工合同 HX 8000 "
    assert [piece.text[start:end] for start, end in piece.spans] == ["工合", "HX"]


def test_a_snippet_begins_at_a_sentence_that_is_near() -> None:
    text = "很长的前文" * 20 + "。这一句里有水泥。"
    _, piece = Highlighter(parse("水泥")).mark(text)
    assert piece.text == "这一句里有水泥。"


@given(st.text(alphabet="甲乙a1\n，。 ", max_size=300), st.text(alphabet="甲乙a1", min_size=1, max_size=3))
def test_the_hits_in_a_snippet_are_hits_of_the_text(text: str, word: str) -> None:
    spans, piece = Highlighter(parse(f'"{word}"')).mark(text)
    inside = {text[start:end].replace("\n", "").replace(" ", "") for start, end in spans}
    for start, end in piece.spans:
        shown = piece.text[start:end].replace(" ", "")
        assert any(shown in hit for hit in inside)
    assert bool(piece.spans) <= bool(spans)
