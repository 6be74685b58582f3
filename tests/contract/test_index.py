"""What every index must do, whatever engine is behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.domain.access import Access
from archive.domain.copy import Copy
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.people import User
from archive.domain.query import (
    Anything,
    Between,
    Both,
    Contains,
    Either,
    Is,
    PageSearch,
    Sort,
    Where,
    Without,
)
from archive.domain.query_language import parse
from archive.errors import Conflict, InvalidInput, NotFound
from archive.ports import Index
from tests.contract.index_examples import WHOLE, ask, copy, document, dossier, found, page, user, write
from tests.contract.index_places import Opened, opening
from tests.engines import servers
from tests.engines.servers import SearchServers

ADAPTERS = servers.adapters()


@pytest.fixture(params=ADAPTERS)
def opened(request: pytest.FixtureRequest, tmp_path: Path, search_servers: SearchServers) -> Iterator[Opened]:
    with opening(request.param, tmp_path, search_servers) as opened:
        yield opened


@pytest.fixture
def index(opened: Opened) -> Index:
    return opened.index


# --- by id ------------------------------------------------------------------------------------------------------------


def test_a_record_is_read_back_as_it_was_written(index: Index) -> None:
    made = index.create(copy("C1"))
    read = index.get(Copy, "C1")
    assert read == made
    assert read.record == copy("C1")
    assert read.revision == 1


def test_a_taken_id_cannot_be_created_again(index: Index) -> None:
    index.create(copy("C1", note="first"))
    with pytest.raises(Conflict) as refused:
        index.create(copy("C1", note="second"))
    assert refused.value.key == "exists"
    assert index.get(Copy, "C1").record.note == "first"


def test_the_same_id_in_another_kind_is_another_record(index: Index) -> None:
    index.create(copy("X"))
    index.create(user("X"))
    assert index.get(User, "X").record.name == "X"


def test_what_is_not_there_is_not_found(index: Index) -> None:
    with pytest.raises(NotFound):
        index.get(Copy, "C1")


def test_a_record_is_replaced_with_the_token_it_was_read_with(index: Index) -> None:
    made = index.create(copy("C1"))
    after = index.replace(copy("C1", state="out"), made.token)
    assert (after.revision, after.token != made.token, after.seq > made.seq) == (2, True, True)
    assert index.get(Copy, "C1") == after


def test_a_record_that_moved_on_is_not_replaced(index: Index) -> None:
    made = index.create(copy("C1"))
    index.replace(copy("C1", note="mine"), made.token)
    with pytest.raises(Conflict) as refused:
        index.replace(copy("C1", note="yours"), made.token)
    assert refused.value.key == "conflict"
    assert index.get(Copy, "C1").record.note == "mine"


def test_a_deleted_record_is_gone_for_all_ways_of_reading(index: Index) -> None:
    made = index.create(copy("C1"))
    index.delete(Copy, "C1", made.token)
    with pytest.raises(NotFound):
        index.get(Copy, "C1")
    with pytest.raises(NotFound):
        index.replace(copy("C1"), made.token)
    with pytest.raises(NotFound):
        index.delete(Copy, "C1", made.token)
    assert index.get_many(Copy, ["C1"]) == {}
    assert index.select(Copy, Anything(), WHOLE).total == 0
    assert list(index.changes(Copy, 0)) == []


def test_a_record_that_moved_on_is_not_deleted(index: Index) -> None:
    made = index.create(copy("C1"))
    index.replace(copy("C1", note="kept"), made.token)
    with pytest.raises(Conflict):
        index.delete(Copy, "C1", made.token)
    assert index.get(Copy, "C1").record.note == "kept"


def test_revisions_go_on_after_a_deletion(index: Index) -> None:
    made = index.create(copy("C1"))
    index.delete(Copy, "C1", made.token)
    assert [(id, revision) for id, revision, _ in index.deleted(Copy, 0)] == [("C1", 2)]
    again = index.create(copy("C1"))
    assert again.revision == 3
    with pytest.raises(Conflict):
        index.replace(copy("C1"), made.token)


def test_many_are_read_at_once(index: Index) -> None:
    for n in range(1200):
        index.create(user(f"u{n:04d}")) if n < 30 else None
    read = index.get_many(User, [f"u{n:04d}" for n in range(1200)])
    assert list(read) == [f"u{n:04d}" for n in range(30)]
    assert read["u0007"].record.id == "u0007"


def test_derived_records_are_written_whatever_was_there(index: Index) -> None:
    index.put([page("d", 1, "一", stamp=3)])
    index.put([page("d", 1, "二", stamp=3)])
    index.put([page("d", 1, "三", stamp=4)])
    assert index.get(Page, "d-1").record.text == "三"


def test_an_older_stamp_never_replaces_a_newer_one(index: Index) -> None:
    index.put([page("d", 1, "新", stamp=4)])
    index.put([page("d", 1, "旧", stamp=3), page("d", 2, "旁", stamp=3)])
    assert index.get(Page, "d-1").record.text == "新"
    assert index.get(Page, "d-2").record.text == "旁"


def test_put_names_the_last_write_even_where_nothing_had_to_be_written(index: Index) -> None:
    first = index.put([page("d", n, "字") for n in range(1, 121)])
    assert index.get(Page, "d-120").seq == first
    assert index.put([page("d", n, "字") for n in range(1, 121)]) == first
    assert index.put([page("d", 1, "别的字")]) > first


def test_nothing_to_put_is_no_write(index: Index) -> None:
    assert index.put([]) == 0
    assert index.refresh(0)


def test_changes_come_in_the_order_of_their_writing(index: Index) -> None:
    a, b = index.create(copy("a")), index.create(copy("b"))
    index.create(user("between"))
    a = index.replace(copy("a", note="changed"), a.token)
    assert [read.record.id for read in index.changes(Copy, 0)] == ["b", "a"]
    assert list(index.changes(Copy, b.seq)) == [a]
    assert list(index.changes(Copy, a.seq)) == []


def test_all_changes_come_where_they_are_many(index: Index) -> None:
    index.put([page("d", n, "字") for n in range(1, 1101)])
    numbers = [read.record.number for read in index.changes(Page, 0)]
    assert numbers == list(range(1, 1101))


def test_records_are_restored_with_the_revision_they_had(index: Index) -> None:
    index.restore([(copy("C1", note="seventh"), 7), (document("d1"), 2)])
    read = index.get(Copy, "C1")
    assert (read.revision, read.record.note) == (7, "seventh")
    assert index.replace(copy("C1"), read.token).revision == 8
    assert index.count(Document, Anything(), WHOLE) == 1


def test_restoring_again_or_something_older_changes_nothing(index: Index) -> None:
    index.restore([(copy("C1", note="seventh"), 7)])
    token = index.get(Copy, "C1").token
    index.restore([(copy("C1", note="seventh"), 7), (copy("C1", note="sixth"), 6)])
    read = index.get(Copy, "C1")
    assert (read.record.note, read.token) == ("seventh", token)


def test_restored_pages_are_found(index: Index) -> None:
    index.restore([(page("d", 1, "复原的页"), 1)])
    index.refresh(index.get(Page, "d-1").seq, wait=20)
    assert found(index, "复原") == {"d-1"}


def test_a_restored_deletion_removes_what_was_there_before_it(index: Index) -> None:
    index.restore([(copy("C1", note="sixth"), 6)])
    index.restore_deletions(Copy, [("C1", 7)])
    with pytest.raises(NotFound):
        index.get(Copy, "C1")
    assert index.select(Copy, Anything(), WHOLE).total == 0
    assert list(index.changes(Copy, 0)) == []
    assert [(id, revision) for id, revision, _ in index.deleted(Copy, 0)] == [("C1", 7)]


def test_a_restored_deletion_leaves_what_was_written_after_it(index: Index) -> None:
    index.restore([(copy("C1", note="eighth"), 8)])
    before = index.get(Copy, "C1")
    index.restore_deletions(Copy, [("C1", 7)])
    assert index.get(Copy, "C1") == before
    assert list(index.deleted(Copy, 0)) == []


def test_restoring_a_deletion_again_or_an_older_one_changes_nothing(index: Index) -> None:
    index.restore_deletions(Copy, [("C1", 7)])
    before = list(index.deleted(Copy, 0))
    index.restore_deletions(Copy, [("C1", 7)])
    index.restore_deletions(Copy, [("C1", 5)])
    assert list(index.deleted(Copy, 0)) == before


def test_revisions_go_on_after_a_restored_deletion(index: Index) -> None:
    index.restore_deletions(Copy, [("C1", 7), ("C2", 3)])
    assert index.create(copy("C1")).revision == 8
    index.restore([(copy("C2", note="second"), 2)])
    with pytest.raises(NotFound):
        index.get(Copy, "C2")
    index.restore([(copy("C2", note="fourth"), 4)])
    assert index.get(Copy, "C2").record.note == "fourth"


def test_a_page_whose_deletion_was_restored_is_not_found_any_more(index: Index) -> None:
    write(index, page("d", 1, "会删的页"), page("d", 2, "会留的页"))
    index.restore_deletions(Page, [("d-1", 9)])
    ((_, _, seq),) = index.deleted(Page, 0)
    assert index.refresh(seq, wait=20)
    assert found(index, "的页") == {"d-2"}


def test_a_follower_goes_on_from_its_position_and_misses_nothing(opened: Opened) -> None:
    index, position = opened.index, 0
    seen: dict[str, int] = {}
    writers = opened.process("pages", "a", "12"), opened.process("pages", "b", "12")
    ended = False
    while not ended:
        time.sleep(0.2)
        ended = all(one.poll() is not None for one in writers)  # asked first: what they wrote last is followed too
        reached = position
        for read in index.changes(Page, position):
            seen[read.record.id] = read.revision
            reached = max(reached, read.seq)
        position = index.position(reached)
        assert position <= reached
    for one in writers:
        assert one.communicate()[0].strip() == '["True"]'
    assert seen == {f"{name}{n}-{k}": 1 for name in "ab" for n in range(12) for k in range(1, 11)}


# --- several processes ------------------------------------------------------------------------------------------------


def test_of_many_who_lend_one_copy_at_once_exactly_one_succeeds(opened: Opened) -> None:
    opened.index.create(copy("C1"))
    said = opened.together(*[("lend", "C1", f"reader{n}") for n in range(8)])
    assert said.count("lent") == 1
    lent = opened.index.get(Copy, "C1")
    assert lent.revision == 2 and lent.record.borrower == f"reader{said.index('lent')}"


def test_no_conditional_write_of_several_processes_is_lost(opened: Opened) -> None:
    opened.index.create(copy("C1"))
    assert opened.together(*[("count", "C1", "25")] * 4) == ["done"] * 4
    assert opened.index.get(Copy, "C1").record.loans == 100


def test_several_processes_that_begin_a_new_index_share_it(opened: Opened) -> None:
    said = opened.together(*[("create", "20", f"p{n}") for n in range(4)])
    assert sum(int(won) for won in said) == 20
    assert opened.index.count(User, Anything(), WHOLE) == 20


def test_pages_written_by_several_processes_are_all_found_exactly_once(opened: Opened) -> None:
    assert opened.together(*[("pages", name, "12") for name in "abc"]) == ["True"] * 3
    result = ask(opened.index, "共同的字")
    assert (result.pages, result.documents, result.exact) == (360, 36, True)
    assert opened.index.count(Page, Anything(), WHOLE) == 360


# --- real-time and near-real-time -------------------------------------------------------------------------------------


def test_a_page_is_read_by_id_before_it_is_searchable(index: Index) -> None:
    index.put([page("d", 1, "刚写的字")])
    assert index.get(Page, "d-1").record.text == "刚写的字"


def test_ones_own_act_is_seen_after_refresh(index: Index) -> None:
    for n in range(5):
        seq = index.put([page("d", 1, f"第{n}次", stamp=n)])
        assert index.refresh(seq)
        assert found(index, f"第{n}次") == {"d-1"}
        assert not found(index, f"第{n - 1}次")


def test_a_page_is_searchable_within_a_second_without_asking(index: Index) -> None:
    write(index, page("warm", 1, "预热"))
    index.put([page("d", 1, "刚写的字")])
    until = time.monotonic() + 1.0
    while not found(index, "刚写的字"):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_refresh_says_no_where_it_takes_too_long(index: Index) -> None:
    seq = index.put([page("d", 1, "刚写的字")])
    assert index.refresh(seq, wait=0) is False
    assert index.refresh(seq, wait=20) is True


def test_a_deleted_page_is_not_found_any_more(index: Index) -> None:
    write(index, page("d", 1, "会删的页"), page("d", 2, "会留的页"))
    index.delete(Page, "d-1", index.get(Page, "d-1").token)
    ((_, _, seq),) = index.deleted(Page, 0)
    assert index.refresh(seq, wait=20)
    assert found(index, "的页") == {"d-2"}


def test_records_that_are_no_pages_are_listed_at_once(index: Index) -> None:
    made = index.create(copy("C1"))
    assert index.select(Copy, Is.of("state", "shelved"), WHOLE).total == 1
    index.replace(copy("C1", state="out"), made.token)
    assert index.select(Copy, Is.of("state", "shelved"), WHOLE).total == 0
    assert index.select(Copy, Is.of("state", "out"), WHOLE).records[0].record.state == "out"


# --- lists ------------------------------------------------------------------------------------------------------------


def ids(index: Index, kind: type, where: object, access: Access = WHOLE, **more: object) -> list[str]:
    return [read.record.id for read in index.select(kind, where, access, **more).records]  # type: ignore[arg-type]


@pytest.fixture
def copies(index: Index) -> Index:
    index.create(copy("C1", state="out", due_on=date(2024, 5, 1), borrower="li"))
    index.create(copy("C2", state="out", due_on=date(2024, 5, 6), borrower="wu", volume=12))
    index.create(copy("C3", state="shelved", volume=3, title="竣工圖 第三卷"))
    index.create(copy("C4", state="repair", mark="s/secret", volume=2))
    return index


def test_a_keyword_is_any_of_the_values(copies: Index) -> None:
    assert ids(copies, Copy, Is.of("state", "out", "repair")) == ["C1", "C2", "C4"]
    assert ids(copies, Copy, Is("state", frozenset())) == []
    assert ids(copies, Copy, Is.of("id", "C3", "C9")) == ["C3"]
    assert ids(copies, Copy, Is.of("borrower", "")) == ["C3", "C4"]


def test_a_list_of_keywords_holds_any_of_the_values(index: Index) -> None:
    index.create(user("a", roles=("reader", "manager")))
    index.create(user("b", roles=("reader",)))
    assert ids(index, User, Is.of("roles", "manager", "administrator")) == ["a"]


def test_days_lie_between_both_ends_and_unset_ones_never_do(copies: Index) -> None:
    assert ids(copies, Copy, Between("due_on", date(2024, 5, 1), date(2024, 5, 6))) == ["C1", "C2"]
    assert ids(copies, Copy, Between("due_on", None, date(2024, 5, 5))) == ["C1"]
    assert ids(copies, Copy, Between("due_on", date(2024, 5, 2), None)) == ["C2"]
    assert ids(copies, Copy, Between("due_on")) == ["C1", "C2"]


def test_numbers_lie_between_both_ends(copies: Index) -> None:
    assert ids(copies, Copy, Between("volume", 2, 3)) == ["C3", "C4"]
    assert ids(copies, Copy, Is.of("volume", "12")) == ["C2"]


def test_a_text_holds_a_run_of_characters_folded(copies: Index) -> None:
    assert ids(copies, Copy, Contains("title", "竣工图第三")) == ["C3"]
    assert ids(copies, Copy, Contains("title", "图竣工")) == []


def test_conditions_are_put_together(copies: Index) -> None:
    out, due = Is.of("state", "out"), Between("due_on", None, date(2024, 5, 5))
    assert ids(copies, Copy, Both((out, Without(due)))) == ["C2"]
    assert ids(copies, Copy, Either((due, Is.of("state", "repair")))) == ["C1", "C4"]
    assert ids(copies, Copy, Both(())) == ["C1", "C2", "C3", "C4"]
    assert ids(copies, Copy, Either(())) == []
    assert copies.count(Copy, Both((out, Without(due))), WHOLE) == 1


def test_a_list_has_the_order_asked_for_and_what_is_unset_comes_last(copies: Index) -> None:
    assert ids(copies, Copy, Anything(), order=("due_on",)) == ["C1", "C2", "C3", "C4"]
    assert ids(copies, Copy, Anything(), order=("-due_on", "-volume")) == ["C2", "C1", "C3", "C4"]
    assert ids(copies, Copy, Anything(), order=("volume", "-id")) == ["C1", "C4", "C3", "C2"]


def test_a_part_of_a_list_says_how_long_the_whole_is(copies: Index) -> None:
    listing = copies.select(Copy, Anything(), WHOLE, size=2, start=1)
    assert [read.record.id for read in listing.records] == ["C2", "C3"]
    assert listing.total == 4


def test_a_list_shows_only_what_one_may_see(copies: Index) -> None:
    reader = Access.to({"s/open"})
    assert ids(copies, Copy, Anything(), reader) == ["C1", "C2", "C3"]
    assert copies.count(Copy, Is.of("state", "repair"), reader) == 0
    assert ids(copies, Copy, Without(Is.of("state", "out")), reader) == ["C3"]
    assert copies.select(Copy, Anything(), reader).total == 3


def test_an_empty_access_sees_nothing(copies: Index) -> None:
    copies.create(user("a"))
    assert ids(copies, Copy, Anything(), Access.nothing()) == []
    assert copies.count(Copy, Anything(), Access.nothing()) == 0
    assert ids(copies, User, Anything(), Access.nothing()) == []
    assert ids(copies, User, Anything(), Access.to({"s/open"})) == ["a"]


def test_a_schemes_own_fields_are_listed_by_their_type(index: Index) -> None:
    index.create(
        dossier("D1", fields={"customer_t": "澄江玻璃廠", "kind_k": "新装", "lines_n": 300, "on_d": date(2024, 1, 2)})
    )
    index.create(dossier("D2", fields={"customer_t": "东校区", "kind_k": "扩容", "lines_n": 8.5, "on_d": None}))
    assert ids(index, Dossier, Contains("fields.customer_t", "玻璃厂")) == ["D1"]
    assert ids(index, Dossier, Is.of("fields.kind_k", "扩容")) == ["D2"]
    assert ids(index, Dossier, Between("fields.lines_n", 8, 9)) == ["D2"]
    assert ids(index, Dossier, Between("fields.on_d", date(2024, 1, 1), None)) == ["D1"]
    assert ids(index, Dossier, Anything(), order=("-fields.lines_n",)) == ["D1", "D2"]


def test_a_field_that_is_not_searched_is_named(index: Index) -> None:
    for where in (Is.of("password", "x"), Between("nothing", 1, 2), Contains("fields", "x")):
        with pytest.raises(InvalidInput) as refused:
            index.select(User, where, WHOLE)
        assert refused.value.key == "field_not_searched"
    with pytest.raises(InvalidInput):
        index.select(User, Anything(), WHOLE, order=("password",))


def test_pages_are_listed_too(index: Index) -> None:
    write(
        index,
        *[page("d", n, "字", dossier="D1", state="failed" if n == 2 else "read") for n in (1, 2, 11)],
        page("e", 1, "字", dossier="D2", mark="s/secret"),
    )
    assert ids(index, Page, Is.of("document", "d")) == ["d-1", "d-2", "d-11"]
    assert ids(index, Page, Is.of("document", "d"), order=("-number",), size=2) == ["d-11", "d-2"]
    assert ids(index, Page, Both((Is.of("dossier", "D1"), Without(Is.of("state", "failed"))))) == ["d-1", "d-11"]
    assert ids(index, Page, Between("number", 2, None)) == ["d-2", "d-11"]
    assert ids(index, Page, Is.of("id", "d-11", "e-1")) == ["d-11", "e-1"]
    assert index.count(Page, Anything(), Access.to({"s/open"})) == 3
    assert index.count(Page, Is.of("state", "failed"), WHOLE) == 1
    assert index.select(Page, Anything(), WHOLE, size=1, start=3).total == 4


@pytest.fixture(scope="module", params=ADAPTERS)
def listed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Index]:
    with opening(request.param, tmp_path_factory.mktemp("listed"), search_servers) as opened:
        write(
            opened.index,
            page(
                "a", 1, "字", title="施工合同", date=date(2021, 3, 1), document_number="〔2021〕12号", item=3, year=2021
            ),
            page("b", 1, "字", dossier="D1", dossier_number="KH-2021-7", dossier_name="临澜港务", item=12, **FIELDS),
            page(
                "c", 1, "字", date=date(2022, 1, 1), file_name="扫描 0912.pdf", meta={"cost_n": 2e12, "kind_k": "新装"}
            ),
            page("d", 1, "字", meta={"handed_d": "无日期", "cost_n": "面议", "lines_n": "inf"}),
        )
        yield opened.index


FIELDS: dict[str, Any] = {
    "meta": {
        "cost_n": 1250.5,
        "lines_n": 8,
        "kind_k": "扩容 A",
        "handed_d": date(2024, 5, 6),
        "customer_t": "临澜港务園",
    }
}


@pytest.mark.parametrize(
    ("where", "pages"),
    [
        (Is.of("date", "2021-03-01"), "a"),
        (Is.of("date", "2021-03-01", "2022-01-01"), "a c"),
        (Is.of("date", "2021-03-02"), ""),
        (Between("date", date(2021, 3, 2), None), "c"),
        (Is.of("year", "2021", "x"), "a"),
        (Is.of("item", "3", "12"), "a b"),
        (Is.of("item", "0"), "c d"),
        (Between("item", 4, None), "b"),
        (Without(Between("item", 1, 11)), "b c d"),
        (Is.of("document_number", "〔2021〕12号"), "a"),
        (Is.of("dossier_number", "KH-2021-7"), "b"),
        (Contains("document_number", "12"), "a"),
        (Contains("dossier_number", "2021-7"), "b"),
        (Contains("dossier_name", "港务"), "b"),
        (Contains("file_name", "0912"), "c"),
        (Contains("title", "合同"), "a"),
        (Contains("meta.customer_t", "港务园"), "b"),
        (Is.of("meta.kind_k", "扩容a", "没有"), "b"),
        (Is.of("meta.lines_n", "8"), "b"),
        (Is.of("meta.lines_n", "x"), ""),
        (Between("meta.lines_n", 8, None), "b"),
        (Is.of("meta.handed_d", "2024-05-06"), "b"),
        (Between("meta.handed_d", date(2024, 5, 6), date(2024, 5, 6)), "b"),
        (Between("meta.handed_d", None, date(2024, 5, 5)), ""),
        (Between("meta.cost_n", 1250, 1251), "b"),
        (Between("meta.cost_n", 1250.5, None), "b c"),
        (Between("meta.cost_n", None, 1250), ""),
        (Between("meta.cost_n", None, None), "b c"),
        (Without(Between("meta.cost_n", None, 1e12)), "a c d"),
    ],
    ids=str,
)
def test_pages_are_listed_by_every_field_that_is_searched(listed: Index, where: Where, pages: str) -> None:
    assert sorted(ids(listed, Page, where)) == [f"{name}-1" for name in pages.split()]
    assert listed.count(Page, where, WHOLE) == len(pages.split())


@pytest.mark.parametrize(
    "where",
    [
        Is.of("title", "施工合同"),
        Is.of("text", "字"),
        Is.of("meta.customer_t", "临澜"),
        Is.of("meta.customer", "临澜"),
        Is.of("width", "1"),
        Contains("phase", "a"),
        Contains("number", "1"),
        Contains("meta.kind_k", "扩"),
        Between("phase", 1, 2),
        Between("title", 1, 2),
        Between("document_number", 1, 2),
        Between("meta.kind_k", 1, 2),
        Between("meta.customer_t", 1, 2),
        Between("meta", 1, 2),
    ],
    ids=str,
)
def test_a_condition_that_a_field_of_pages_does_not_answer_is_refused(listed: Index, where: Where) -> None:
    for asked in (where, Without(where), Either((Anything(), where))):
        with pytest.raises(InvalidInput) as refused:
            listed.count(Page, asked, WHOLE)
        assert refused.value.key == "field_not_searched"
    with pytest.raises(InvalidInput):
        listed.select(Page, where, Access.nothing())


def test_pages_are_put_in_order_by_every_field_that_holds_one_value(listed: Index) -> None:
    assert ids(listed, Page, Anything(), order=("-date",))[:2] == ["c-1", "a-1"]
    assert ids(listed, Page, Anything(), order=("-item",))[:2] == ["b-1", "a-1"]
    assert ids(listed, Page, Anything(), order=("-meta.cost_n",))[:2] == ["c-1", "b-1"]
    assert ids(listed, Page, Anything(), order=("meta.kind_k",))[:2] == ["b-1", "c-1"]
    assert ids(listed, Page, Anything(), order=("-meta.handed_d",))[0] == "b-1"
    for name in ("title", "-document_number", "dossier_number", "meta.customer_t", "meta", "reading"):
        with pytest.raises(InvalidInput) as refused:
            listed.select(Page, Is.of("state", "none"), WHOLE, order=(name,))
        assert refused.value.key == "field_not_searched"


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ADAPTERS)
def texts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Index]:
    with opening(request.param, tmp_path_factory.mktemp("texts"), search_servers) as opened:
        write(
            opened.index,
            page("a", 1, "甲方與乙方簽訂本施\n工合同，一式兩份。"),
            page("b", 1, "施工，合同另行签订。金额460,675.64元"),
            page("c", 1, "合同施工 HX-8000型交换机 ｆａｘ"),
            page("d", 1, "Exchange 8000 lines; the HX8000E cabinet"),
        )
        yield opened.index


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("施工合同", "a b"),  # across a line break, and across punctuation
        ("施工 合同", "a b c"),
        ("合同施工", "c"),
        ("工", "a b c"),
        ("份", "a"),
        ("签订", "a b"),  # traditional in the text
        ("簽訂", "a b"),  # traditional in the query
        ("乙方签订本施工合同一式两份", "a"),
        ("HX-8000", "c d"),  # letters and digits are words apart
        ("hx8000", "c d"),
        ("ＨＸ 8000", "c d"),
        ("8000", "c d"),
        ("800", ""),
        ("fax", "c"),
        ("FAX", "c"),
        ("exchang", ""),
        ("exchang*", "d"),
        ("80*", "c d"),
        ("hx80*", "c d"),
        ("460675.64", "b"),
        ("460,675", "b"),
        ("8000型交换", "c"),
        ("“施工合同”", "a b"),
        ('"合同 施工"', "c"),
        ("《合同施工》", "c"),
        ("甲方 OR 交换机", "a c"),
        ("甲方 或 交换机", "a c"),
        ("合同 -甲方", "b c"),
        ("合同 NOT （甲方 OR 金额）", "c"),
        ("（甲方 或 cabinet） 8000", "d"),
        ("-合同", "d"),
        ("合同 ，", "a b c"),
        ("，。", ""),
        ("", "a b c d"),
        ("没有的字", ""),
    ],
)
def test_words_find_the_pages_they_stand_on(texts: Index, typed: str, pages: str) -> None:
    assert found(texts, typed) == {f"{name}-1" for name in pages.split()}


@pytest.fixture(scope="module", params=ADAPTERS)
def filed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Index]:
    with opening(request.param, tmp_path_factory.mktemp("filed"), search_servers) as opened:
        write(opened.index, *filed_pages())
        yield opened.index


def filed_pages() -> list[Page]:
    """Two filed documents and one that is not."""
    first = {
        "dossier": "D1", "dossier_number": "JJ-2021-017", "dossier_name": "东校区食堂改造", "scheme": "campus",
        "classes": ("A", "A1"), "phase": "before", "type": "contract", "title": "施工合同", "year": 2021,
        "document_number": "〔2021〕15号", "party": "澄江建设", "date": date(2021, 3, 5), "file_name": "扫描 0017.pdf",
        "volume": "D1/2", "item": 1, "meta": {"cost_n": 1250.5, "customer_t": "东校区后勤处", "kind_k": "改造",
                                              "handed_d": date(2022, 6, 1), "contract_k": "YT-2021-H031",
                                              "model_t": "恒讯 HX-8000 型"},
    }  # fmt: skip
    other = first | {
        "dossier": "D2", "dossier_number": "JJ-2021-003", "dossier_name": "西门", "classes": ("A", "A2"),
        "phase": "after", "type": "minutes", "title": "会议纪要", "year": 2022, "document_number": "",
        "date": date(2022, 1, 9), "volume": "", "item": 0, "meta": {}, "party": "", "file_name": "b.pdf",
    }  # fmt: skip
    return [
        page("a", 1, "第一页 工程", **first),
        page("a", 2, "第二页 工程", **first),
        page("b", 1, "纪要 工程", **other),
        page("c", 1, "未归档 工程", mark="inbox/unfiled"),
    ]


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("东校区食堂", "a-1"),  # what is known of the dossier finds each document once, at its first page
        ("JJ-2021-017", "a-1"),
        ("0017", "a-1"),
        ("后勤处", "a-1"),
        ("食堂 第二页", ""),
        ("题名:施工", "a-1 a-2"),
        ("title:“施工合同” 第二页", "a-2"),
        ("文号:〔2021〕15", "a-1 a-2"),
        ("责任者：澄江", "a-1 a-2"),
        ("文件名:扫描", "a-1 a-2"),
        ("档号:JJ-2021-003", "b-1"),
        ("项目：西门", "b-1"),
        ("阶段:before", "a-1 a-2"),
        ("class:A", "a-1 a-2 b-1"),
        ("class:A2", "b-1"),
        ("类型:（contract OR minutes）", "a-1 a-2 b-1"),
        ("类型:contr*", "a-1 a-2"),
        ("正文:纪要", "b-1"),
        ("日期:2021", "a-1 a-2"),
        ("日期:2021-03-06..", "b-1"),
        ("date:2021-01..2021-03-05", "a-1 a-2"),
        ("年度:2020..2021", "a-1 a-2"),
        ("year:..2030", "a-1 a-2 b-1"),
        ("meta.cost_n:1000..1250.5", "a-1 a-2"),
        ("meta.cost_n:1251..", ""),
        ("meta.customer_t:后勤", "a-1 a-2"),
        ("meta.kind_k:改造", "a-1 a-2"),
        ("meta.kind_k:改*", "a-1 a-2"),
        ("meta.kind_k:*", "a-1 a-2"),
        ("meta.contract_k:yt-2021*", "a-1 a-2"),
        ("meta.contract_k:ＹＴ2021＊", "a-1 a-2"),
        ("meta.contract_k:YT-2021", ""),
        ("meta.contract_k:T*", ""),
        ("meta.model_t:HX-8*", "a-1 a-2"),
        ("meta.model_t:hx*", "a-1 a-2"),
        ("meta.model_t:恒讯h*", "a-1 a-2"),
        ("meta.model_t:hx-9*", ""),
        ("meta.model_t:8*", "a-1 a-2"),
        ("meta.customer_t:东校*", "a-1 a-2"),
        ("meta.model_t:*", "a-1 a-2"),
        ("meta.handed_d:2022-06", "a-1 a-2"),
        ("工程 -阶段:before", "b-1 c-1"),
    ],
)
def test_fields_narrow_a_search(filed: Index, typed: str, pages: str) -> None:
    assert found(filed, typed) == set(pages.split())


def test_all_beginnings_of_a_schemes_field_are_found(index: Index) -> None:
    """More of them than engines look at by themselves where a query asks for a beginning."""
    write(index, *[page(f"d{n}", 1, "字", meta={"contract_k": f"YT-{n}", "model_t": f"HX-{n}"}) for n in range(300)])
    assert len(found(index, "meta.contract_k:YT*")) == 300
    assert len(found(index, "meta.model_t:HX*")) == 300
    assert found(index, "meta.contract_k:YT-29*") == {f"d{n}-1" for n in (29, *range(290, 300))}
    assert found(index, "meta.model_t:HX-29*") == {f"d{n}-1" for n in (29, *range(290, 300))}


def test_a_field_nobody_knows_is_named(filed: Index) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(filed, "meta.cost_x:5")
    assert refused.value.key == "query_field_unknown"


# --- access -----------------------------------------------------------------------------------------------------------


def test_hits_totals_and_facets_respect_access(index: Index) -> None:
    write(
        index, *filed_pages(), page("x", 1, "秘密 工程", phase="secret-phase", mark="s/secret", dossier="D9", year=1999)
    )
    reader = Access.to({"s/open"})
    result = ask(index, "工程", reader)
    assert (result.pages, result.documents, result.dossiers) == (3, 2, 2)
    assert dict(result.facets["phase"]) == {"before": 2, "after": 1}
    assert dict(result.facets["year"]) == {"2021": 2, "2022": 1}
    assert ask(index, "秘密", reader).pages == 0
    assert found(index, "工程", Access.to({"s/secret"})) == {"x-1"}
    assert set(index.pages_of_search(PageSearch(parse("工程")), reader)) == {("a", 1), ("a", 2), ("b", 1)}


def test_an_empty_access_finds_nothing(filed: Index) -> None:
    result = ask(filed, "工程", Access.nothing())
    assert (result.pages, result.documents, result.found) == (0, 0, ())
    assert not any(result.facets.values())
    assert list(filed.pages_of_search(PageSearch(parse("工程")), Access.nothing())) == []


def test_a_page_that_was_closed_meanwhile_shows_no_snippet(index: Index) -> None:
    write(index, page("a", 1, "公开的话"), page("b", 1, "公开的话"))
    index.put([page("a", 1, "公开的话", mark="s/secret", stamp=1)])
    shown = ask(index, "公开", Access.to({"s/open"})).found
    assert [one.document for one in shown] == ["b"]


# --- the result page --------------------------------------------------------------------------------------------------


def test_hits_are_grouped_by_document_with_the_best_pages_inside(index: Index) -> None:
    write(
        index,
        page("a", 1, "水泥"),
        page("a", 2, "水泥 水泥 水泥"),
        page("a", 3, "无关"),
        page("a", 4, "水泥 以及许多别的话，写了很长的一段，说的都是别的事情"),
        page("b", 1, "水泥 以及别的"),
    )
    result = ask(index, "水泥", pages_each=2)
    assert [one.document for one in result.found] == ["a", "b"]
    first = result.found[0]
    assert [hit.page.number for hit in first.pages] == [2, 1]
    assert (first.pages_found, first.numbers) == (3, (1, 2, 4))
    assert (result.pages, result.documents, result.exact) == (4, 2, True)


def test_hits_are_offsets_in_the_pages_own_text(index: Index) -> None:
    text = "甲方與乙方簽訂本施\n工合同。ＨＸ８０００"
    write(index, page("a", 1, text, title="施工合同书"))
    hit = ask(index, "施工合同 签订 hx8000").found[0].pages[0]
    assert [text[start:end] for start, end in hit.spans] == ["簽訂", "施\n工合同", "ＨＸ８０００"]
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.spans] == ["簽訂", "施工合同", "ＨＸ８０００"]
    assert [hit.page.title[start:end] for start, end in hit.title_spans] == ["施工合同"]


def test_excluded_words_are_not_marked(index: Index) -> None:
    write(index, page("a", 1, "水泥 和 沙子"))
    hit = ask(index, "沙子 -钢筋 阶段:x OR 水泥").found[0].pages[0]
    assert {hit.page.text[start:end] for start, end in hit.spans} <= {"水泥", "沙子"}


def test_facets_count_pages_and_can_be_narrowed(filed: Index) -> None:
    facets = ask(filed, "工程", volumes_out=frozenset({"D1/2"})).facets
    assert facets["classes"] == (("A", 3), ("A1", 2), ("A2", 1))
    assert facets["scheme"] == (("campus", 3),)
    assert facets["type"] == (("contract", 2), ("minutes", 1))
    assert dict(facets["paper"]) == {"in": 2, "out": 2}
    narrowed = ask(filed, "工程", only={"phase": frozenset({"before"}), "year": frozenset({"2021", "2022"})})
    assert narrowed.pages == 2
    assert dict(narrowed.facets["type"]) == {"contract": 2}
    assert dict(narrowed.facets["phase"]) == {"before": 2, "after": 1}, "the other values can be added"


@pytest.mark.parametrize(
    ("only", "pages"),
    [
        ({"phase": {"before", "after"}}, "a-1 a-2 b-1"),
        ({"phase": {"before"}, "classes": {"A2"}}, ""),
        ({"dossier": {"D2"}}, "b-1"),
        ({"document": {"a"}}, "a-1 a-2"),
        ({"volume": {"D1/2"}}, "a-1 a-2"),
        ({"year": {"2022"}}, "b-1"),
        ({"paper": {"out"}}, "a-1 a-2"),
        ({"paper": {"in"}}, "b-1 c-1"),
        ({"paper": {"in", "out"}}, "a-1 a-2 b-1 c-1"),
        ({"scheme": set()}, ""),
    ],
)
def test_a_search_is_narrowed_by_keywords(filed: Index, only: dict[str, set[str]], pages: str) -> None:
    narrowing = {field: frozenset(values) for field, values in only.items()}
    assert found(filed, "工程", only=narrowing, volumes_out=frozenset({"D1/2"})) == set(pages.split())


def test_narrowing_by_what_is_no_keyword_is_refused(filed: Index) -> None:
    with pytest.raises(InvalidInput):
        ask(filed, "工程", only={"text": frozenset({"x"})})
    with pytest.raises(InvalidInput):
        ask(filed, "工程", facets=("text",))


def test_pages_of_a_list_reach_the_last_hit_while_others_write(index: Index) -> None:
    write(index, *[page(f"d{n:03d}", k, f"共同的字 {n}") for n in range(57) for k in (1, 2)])
    first = ask(index, "共同", size=10)
    seen = [one.document for one in first.found]
    for start in range(10, 70, 10):
        write(index, page(f"new{start}", 1, "共同 共同 共同"), page("d000", 1, "改掉了", stamp=start))
        after = ask(index, "共同", size=10, start=start, cursor=first.cursor)
        seen += [one.document for one in after.found]
        assert (after.pages, after.documents) == (114, 57)
    assert sorted(seen) == [f"d{n:03d}" for n in range(57)]


def test_a_list_stays_as_it_was_however_much_is_counted_and_searched_meanwhile(index: Index) -> None:
    write(index, *[page(f"d{n:02d}", 1, "共同的字") for n in range(30)])
    first = ask(index, "共同", size=10)
    seen = [one.document for one in first.found]
    for n in range(28):
        write(index, page(f"new{n}", 1, "共同 共同 共同"))
        assert index.count(Page, Anything(), WHOLE) == 31 + n
        assert ask(index, "共同", only={"document": frozenset({f"new{n}"})}).pages == 1
    for start in (10, 20):
        after = ask(index, "共同", size=10, start=start, cursor=first.cursor)
        assert (after.pages, after.exact, after.behind) == (30, True, 0)
        seen += [one.document for one in after.found]
    assert sorted(seen) == [f"d{n:02d}" for n in range(30)]


def test_a_cursor_that_is_gone_is_a_new_search(index: Index) -> None:
    write(index, page("a", 1, "字"))
    assert ask(index, "字", cursor="long-gone").pages == 1


def test_a_page_of_results_beyond_the_last_is_empty(index: Index) -> None:
    write(index, page("a", 1, "字"))
    assert ask(index, "字", start=50).found == ()


@pytest.fixture
def dated(index: Index) -> Index:
    pages = [
        page("a", 1, "字", date=date(2021, 5, 1), dossier="X", dossier_number="KH-2-10", volume="X/1", item=2),
        page("b", 1, "字", date=date(2022, 5, 1), dossier="X", dossier_number="KH-2-10", volume="X/1", item=1),
        page("c", 1, "字", date=date(2020, 5, 1), dossier="Y", dossier_number="KH-2-9", volume="Y/2", item=1),
        page("d", 1, "字", dossier="Y", dossier_number="KH-2-9"),
        page("e", 1, "字"),
        page("a", 2, "字", date=date(2021, 5, 1), dossier="X", dossier_number="KH-2-10", volume="X/1", item=2),
    ]
    write(index, *pages)
    return index


@pytest.mark.parametrize(
    ("sort", "order"), [(Sort.DATE, "b a c d e"), (Sort.DATE_UP, "c a b d e"), (Sort.NUMBER, "c d b a e")]
)
def test_results_are_sorted_by_date_or_number(dated: Index, sort: Sort, order: str) -> None:
    assert [one.document for one in ask(dated, "字", sort=sort).found] == order.split()
    assert [one.document for one in ask(dated, "字", sort=sort, size=2, start=2).found] == order.split()[2:4]
    exported = [name for name, _ in dated.pages_of_search(PageSearch(parse("字"), sort=sort), WHOLE)]
    assert list(dict.fromkeys(exported)) == order.split()
    assert len(exported) == 6


def test_health_tells_what_is_there(index: Index) -> None:
    write(index, page("a", 1, "字"))
    index.create(copy("C1"))
    health = index.health()
    assert health.records == {"page": 1, "copy": 1}
    assert health.behind == 0 and health.bytes_on_disk > 0 and health.engine


def test_what_is_no_day_is_the_day_of_no_page(index: Index) -> None:
    write(index, page("a", 1, "字", date=date(2021, 3, 1)), page("b", 1, "字"))
    assert index.count(Page, Is.of("date", "2021-03-01", "31.12.2021"), WHOLE) == 1
    assert index.count(Page, Is.of("date", "31.12.2021", ""), WHOLE) == 0
