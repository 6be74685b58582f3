"""Pages on a cluster: what is held of them, what is asked, and the name of a kept list in an address."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import date
from typing import Any

import pytest

from archive.domain.access import Access
from archive.domain.query import Is, PageSearch
from archive.domain.query_language import parse
from search.cluster.page_facets import Facets
from search.cluster.page_mapping import NOT_KEPT, page_dynamic_templates, page_fields, page_properties
from search.cluster.page_query import listed, page_query, visible
from search.cluster.points import FIRST, Point, point_of
from tests.contract.index_examples import page


def names_in(clause: Any) -> set[str]:
    """Every key and text in a query."""
    if isinstance(clause, dict):
        return set(clause) | {name for held in clause.values() for name in names_in(held)}
    if isinstance(clause, list):
        return {name for held in clause for name in names_in(held)}
    return {str(clause)}


FILED = page(
    "d", 1, "签订 HX-8000", dossier="D1", dossier_number="KH-2-10", title="合同", date=date(2021, 3, 5), volume="D1/2",
    meta={"cost_n": 5, "customer_t": "东校区", "kind_k": "Ａ 类", "on_d": date(2022, 1, 2), "note": "not searched"},
)  # fmt: skip


def test_every_value_of_a_page_has_a_field_that_is_declared_and_is_not_kept_twice() -> None:
    values = page_fields(FILED)
    assert set(values) <= set(page_properties())
    patterns = [re.compile(name.replace("*", ".*")) for name in NOT_KEPT]
    assert all(any(pattern.fullmatch(name) for pattern in patterns) for name in page_properties())


def test_a_schemes_own_fields_have_the_type_their_names_end_in() -> None:
    meta = page_fields(FILED)["meta"]
    assert meta == {"cost_n": 5.0, "customer_t": "东 校 区", "kind_k": "a类", "on_d": date(2022, 1, 2).toordinal()}
    paths = [re.compile(next(iter(one.values()))["path_match"].replace("*", ".*")) for one in page_dynamic_templates()]
    assert all(sum(bool(path.fullmatch(f"meta.{name}")) for path in paths) == 1 for name in meta)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_that_is_none_is_not_searched(value: float) -> None:
    assert "meta" not in page_fields(page("d", meta={"cost_n": value}))


def test_a_day_of_a_scheme_that_is_none_is_not_searched() -> None:
    assert "meta" not in page_fields(page("d", meta={"on_d": "soon"}))


def test_beginnings_stand_where_their_words_stand() -> None:
    values = page_fields(FILED)
    assert values["text_units"] == "签 订 hx 8000"
    assert values["text_starts"] == "_ _ hx 8000"


def test_only_the_first_page_carries_what_is_known_of_its_dossier() -> None:
    second = page_fields(FILED.model_copy(update={"id": "d-2", "number": 2}))
    assert "合 同" in page_fields(FILED)["head_units"]
    assert second["head_units"] == "_"


def test_texts_of_one_field_are_never_one_phrase() -> None:
    head = page_fields(page("d", 1, title="施工", party="合同"))["head_shingles"].split()
    assert "工合" not in head
    assert head.index("工") + 1 == head.index("_")


def test_a_page_in_no_dossier_has_no_place_among_dossiers() -> None:
    assert "dossier_order" not in page_fields(page("d", 1))
    ten, nine = (page_fields(page("d", dossier="D", dossier_number=f"KH-{n}"))["dossier_order"] for n in (10, 9))
    assert nine < ten


def test_what_only_narrows_gives_no_score() -> None:
    for typed in ("class:A", "year:2021", "meta.cost_n:1..2", "meta.kind_k:a", ""):
        assert list(page_query(parse(typed))["bool"]) == ["filter"], typed


def test_tombstones_and_other_marks_are_never_seen() -> None:
    assert visible(Access.whole_archive()) == [{"term": {"gone": False}}]
    assert visible(Access.to({"s/b", "s/a"})) == [{"term": {"gone": False}}, {"terms": {"mark": ["s/a", "s/b"]}}]
    assert {"match_none": {}} in visible(Access.nothing())


def test_a_facet_that_is_narrowed_counts_as_if_it_were_not() -> None:
    only = {"phase": frozenset({"before"}), "dossier": frozenset({"D1"})}
    facets = Facets(PageSearch(parse("x"), only=only, facets=("phase", "type")))
    assert facets.fixed == [{"terms": {"dossier": ["D1"]}}]
    assert facets.own == [{"terms": {"phase": ["before"]}}]
    asked = facets.asked()
    assert "before" not in names_in(asked["phase"])
    assert "before" in names_in(asked["type"]) and "before" in names_in(asked["papers"])


def test_more_values_than_a_cluster_takes_are_asked_in_parts() -> None:
    asked = listed(Is("dossier", frozenset(str(n) for n in range(60_000))))
    assert [len(part["terms"]["dossier"]) for part in asked["bool"]["should"]] == [50_000, 10_000]


def test_a_kept_list_is_named_in_an_address() -> None:
    point = Point("46ToAwMDaWR5BXV1aWQy+/==" * 20, FIRST)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", point.cursor)
    again = point_of(point.cursor)
    assert again is not None and again.name == point.name


def test_what_is_no_name_of_a_list_is_none() -> None:
    packed = base64.urlsafe_b64encode(zlib.compress("页".encode())).decode()
    for cursor in ("", "long-gone", "%%%", "A" * 5, packed, "页"):
        assert point_of(cursor) is None, cursor


def test_a_name_too_long_for_an_address_is_not_given_out() -> None:
    random_looking = "".join(base64.b64encode(bytes([n % 251, n % 241, n % 239])).decode() for n in range(60_000))
    assert Point(random_looking, FIRST).cursor == ""
