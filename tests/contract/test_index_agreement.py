"""The same made-up searches over the same pages, on the embedded index and on a cluster: the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import PageSearch, Prefix, Query, ResultPage, Sort
from archive.domain.query_language import parse, words
from archive.errors import InvalidInput
from archive.ports import Index
from tests.contract.index_examples import WHOLE, write
from tests.contract.index_places import opening
from tests.contract.index_queries import Chance
from tests.engines import servers
from tests.engines.servers import SearchServers

CLUSTERS = tuple(name for name in servers.adapters() if name.startswith("opensearch"))
DOCUMENTS = 60
ROUNDS, SEARCHES, LISTS = 10, 22, 10
# Engines differ in how they reckon with a page's length and with pages that lack a field. What one of them finds
# better by more than this factor, the other does not put behind.
CLEARLY = 1.6


@dataclass
class Two:
    """Two indexes that hold the same pages."""

    embedded: Index
    cluster: Index


@pytest.fixture(scope="module", params=CLUSTERS)
def two(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("agreement")
    with (
        opening("embedded", folder, search_servers) as one,
        opening(request.param, folder, search_servers) as other,
    ):
        pages = Chance(0).pages(DOCUMENTS)
        write(one.index, *pages)
        write(other.index, *pages)
        yield Two(one.index, other.index)


def answer(index: Index, wanted: PageSearch, access: Access) -> tuple[dict[str, Any], ResultPage | None]:
    """All that a search says but the order and the scores, and the answer itself."""
    try:
        result = index.search(wanted, access)
    except InvalidInput as refused:
        return {"refused": refused.key}, None
    found = {
        one.document: (
            one.pages_found,
            one.numbers,
            {hit.page.id: (hit.spans, hit.snippet, hit.title_spans) for hit in one.pages},
        )
        for one in result.found
    }
    totals = (result.pages, result.documents, result.dossiers, result.exact)
    return {"totals": totals, "facets": result.facets, "found": found}, result


def told(wanted: PageSearch, access: Access) -> str:
    return f"{wanted.query} {dict(wanted.only)} {wanted.sort} {access}"


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
def test_both_find_the_same_pages_with_the_same_totals_facets_and_offsets(two: Two, seed: int) -> None:
    chance = Chance(seed)
    for _ in range(SEARCHES):
        wanted, access = chance.search(), chance.access()
        one, shown = answer(two.embedded, wanted, access)
        other, also_shown = answer(two.cluster, wanted, access)
        assert one == other, told(wanted, access)
        if shown is None or also_shown is None:
            continue
        if wanted.sort is not Sort.RELEVANCE:
            assert documents_of(shown) == documents_of(also_shown), told(wanted, access)
        elif not any(isinstance(word, Prefix) for word in all_words(wanted.query)):
            assert agree_on_what_is_best(shown, also_shown), told(wanted, access)


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1, 3))
def test_both_export_the_same_pages(two: Two, seed: int) -> None:
    chance = Chance(1000 + seed)
    for _ in range(LISTS):
        wanted, access = chance.search(), chance.access()
        one = list(two.embedded.pages_of_search(wanted, access))
        other = list(two.cluster.pages_of_search(wanted, access))
        if wanted.sort is Sort.RELEVANCE:
            one, other = sorted(one), sorted(other)
        assert one == other, told(wanted, access)


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
def test_both_list_the_same_pages_in_the_same_order(two: Two, seed: int) -> None:
    chance = Chance(2000 + seed)
    for _ in range(LISTS):
        where, order, access = chance.condition(), chance.order(), chance.access()
        one = two.embedded.select(Page, where, access, order=order, size=40, start=3)
        other = two.cluster.select(Page, where, access, order=order, size=40, start=3)
        assert [read.record for read in one.records] == [read.record for read in other.records], f"{where} {order}"
        assert one.total == other.total == two.cluster.count(Page, where, access), str(where)


def test_lists_turned_page_by_page_show_every_document_once(two: Two) -> None:
    for sort in Sort:
        wanted = PageSearch(parse("工程"), sort=sort, size=1000)
        whole = documents_of(two.cluster.search(wanted, WHOLE))
        seen: list[str] = []
        cursor = ""
        while len(seen) < len(whole):
            part = two.cluster.search(
                PageSearch(parse("工程"), sort=sort, size=7, start=len(seen), cursor=cursor), WHOLE
            )
            seen += documents_of(part)
            cursor = part.cursor
            assert cursor
        assert seen == whole


def test_what_is_asked_is_answered_by_most_searches(two: Two) -> None:
    """The searches are not so narrow that both agree on nothing."""
    chance = Chance(1)
    found = [two.embedded.search(chance.search(), WHOLE).pages for _ in range(60)]
    assert sum(pages > 0 for pages in found) > 30
    assert len(set(found)) > 15


def documents_of(result: ResultPage) -> list[str]:
    return [one.document for one in result.found]


def all_words(query: Query) -> tuple[object, ...]:
    """All that is marked, in the text or the title."""
    return (*words(query), *words(query, "title"))


def agree_on_what_is_best(one: ResultPage, other: ResultPage) -> bool:
    """Whether no document stands before another that the first index finds clearly better."""
    scores = {found.document: found.pages[0].score for found in one.found}
    ordered = [scores[document] for document in documents_of(other)]
    return all(later <= CLEARLY * min(ordered[: n + 1]) for n, later in enumerate(ordered))
