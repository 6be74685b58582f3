"""Searching against a reference that only looks for substrings, and against whatever a person may type."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.domain.query import PageSearch
from archive.domain.query_language import parse
from archive.errors import InvalidInput
from archive.ports import Index
from search.embedded import EmbeddedIndex
from tests.contract.index_examples import WHOLE, found, page, write
from tests.contract.index_places import opening
from tests.engines.servers import SearchServers

LETTERS = "甲乙丙丁"
BETWEEN = ("", "", "", "", "\n", "，", " ", "（", "A", "12", "、\n")


@pytest.fixture(scope="module", params=["embedded", "opensearch2"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Index]:
    with opening(request.param, tmp_path_factory.mktemp("exact"), search_servers) as opened:
        write(opened.index, *[page(id, 1, text) for id, text in (TEXTS | CODED).items()])
        write(opened.index, page("numbers", 1, " ".join(f"QZ-1{n:05}" for n in range(NUMBERS))))
        yield opened.index


def made_up(seed: int) -> dict[str, str]:
    """Texts of few characters, so that every run occurs, often across line breaks and punctuation."""
    chance = random.Random(seed)  # the same texts at every run
    return {
        f"d{n}": "".join(chance.choice(LETTERS) + chance.choice(BETWEEN) for _ in range(chance.randint(1, 40)))
        for n in range(150)
    }


TEXTS = made_up(7)
CODES = ("编", "号", "A", "HX", "1", "12", "123", "45")  # what numbers of contracts and drawings are made of


def coded(chance: random.Random, length: int) -> str:
    return "-".join(chance.choice(CODES) for _ in range(length))


CODED = {f"c{n}": coded(random.Random(n), 12) for n in range(150)}
NUMBERS = 20_000  # more than an engine takes as spellings of one word


def holds_codes(text: str, run: str) -> bool:
    """Whether the run's pieces follow each other in the text; the last need only begin so where a `*` ends it."""
    pieces, wanted = text.lower().split("-"), run.lower().rstrip("*").split("-")
    rows = (pieces[at : at + len(wanted)] for at in range(len(pieces) - len(wanted) + 1))
    last_fits = str.startswith if run.endswith("*") else str.__eq__
    return any(row[:-1] == wanted[:-1] and last_fits(row[-1], wanted[-1]) for row in rows)


def holds(text: str, run: str) -> bool:
    """Whether the run stands in the text when everything that is no letter, digit or Han is left out."""
    return run in re.sub(r"[\s，（、]", "", text)


def test_every_run_of_han_is_found_exactly(index: Index) -> None:
    chance = random.Random(11)
    each = 25 if isinstance(index, EmbeddedIndex) else 8  # a server takes many times as long for a whole list
    runs = {
        "".join(chance.choice(LETTERS) for _ in range(length)) for length in (1, 2, 3, 4, 5, 6) for _ in range(each)
    }
    for run in runs:
        expected = {f"{id}-1" for id, text in TEXTS.items() if holds(text, run)}
        assert found(index, run) == expected, run
        assert found(index, f"“{run}”") == expected, run


def test_every_run_of_letters_and_digits_is_found_exactly_and_so_is_its_beginning(index: Index) -> None:
    chance = random.Random(17)
    for length in (1, 2, 3, 4) * 12:
        run = coded(chance, length)
        for typed in (run, f"{run}*") if run[-1].isascii() else (run,):
            expected = {f"{id}-1" for id, text in CODED.items() if holds_codes(text, typed)}
            assert found(index, typed) & {f"{id}-1" for id in CODED} == expected, typed


def test_a_beginning_behind_a_word_may_go_on_in_any_number_of_ways(index: Index) -> None:
    assert found(index, "QZ-1*") == found(index, f"QZ-1{NUMBERS - 1:05}") == {"numbers-1"}
    assert found(index, f"QZ-1{NUMBERS:05}*") == set()


def test_words_are_all_on_the_page_and_excluded_ones_are_not(index: Index) -> None:
    chance = random.Random(13)
    for _ in range(40):
        a, b, c = ("".join(chance.choice(LETTERS) for _ in range(chance.randint(1, 3))) for _ in range(3))
        fits = {f"{id}-1" for id, text in TEXTS.items() if holds(text, a) and (holds(text, b) or not holds(text, c))}
        assert found(index, f"{a} （{b} OR -{c}）") == fits


def test_what_is_found_is_marked(index: Index) -> None:
    for run in ("甲乙", "丙丁甲", "丁"):
        result = index.search(PageSearch(parse(run), size=1000), WHOLE)
        for one in result.found:
            (hit,) = one.pages
            assert hit.spans
            for start, end in hit.spans:
                assert holds(hit.page.text[start:end], run)


# Pieces of the language, so that broken combinations of them come up, and anything else besides.
PIECES = st.sampled_from(
    [
        *"\"“”「《》()（）-－*＊:：[]{}~^+|;'%?.,/\\",
        *("OR", "NOT", "AND", "或", "非", "与", "&&", "||", "..", "…", "title:", "日期:", "年度：", "档号:", "class:"),
        *("meta.a_n:", "meta.a_d:", "meta.a_k:", "meta.a_t:", "meta.a_x:"),
        *("2022", "2022-13", "99999999999999999999", "-5", "0", "甲", "甲乙", "a", "A1", "②", "㎡", "𠀀"),
        *("\u200b", "\x00", "\ud800", " ", "\u3000", "\n"),
    ]
)
TYPED = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=TYPED)
@example(typed="\x00甲")
@example(typed="a" * 3000)
@example(typed="(" * 500)
@example(typed="1*")
@example(typed="甲 1*")
@example(typed="meta.a_n:1..1.5")
@example(typed="year:1e400")
@example(typed="year:" + "9" * 500)
@example(typed="日期:0000-01-01")
@example(typed="class:*")
@example(typed="title:*")
@example(typed="class:[*")
@example(typed="*")
def test_whatever_is_typed_is_answered_or_explained(index: Index, typed: str) -> None:
    try:
        result = index.search(PageSearch(parse(typed)), WHOLE)
    except InvalidInput as fault:
        told = (fault.told_in("zh"), fault.told_in("en"))
    else:
        told = (str(result.pages), str(len(result.found)))
    assert all(told)
