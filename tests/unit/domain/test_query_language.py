"""What was typed, as the domain's tree; and what is said where it cannot be one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.query import All, AnyOf, Everything, FieldIs, FieldRange, Not, Phrase, Prefix, Query, Word
from archive.domain.query_codes import with_codes
from archive.domain.query_language import DEEPEST, FIELDS, LONGEST, own_fields, parse, understood, words
from archive.domain.scheme_file import read_scheme
from archive.errors import InvalidInput
from schemes import shipped

A, B, C = Word("甲"), Word("乙"), Word("丙")
YEAR_2022 = FieldRange("date", date(2022, 1, 1), date(2022, 12, 31))


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("", Everything()),
        (" \u3000\n", Everything()),
        ("甲", A),
        ("甲 乙", All((A, B))),
        ("甲\u3000乙", All((A, B))),
        ("甲 AND 乙", All((A, B))),
        ("甲 与 乙", All((A, B))),
        ("甲 且 乙", All((A, B))),
        ("甲 && 乙", All((A, B))),
        ("甲 OR 乙", AnyOf((A, B))),
        ("甲 或 乙", AnyOf((A, B))),
        ("甲 || 乙", AnyOf((A, B))),
        ("甲 OR 乙 丙", AnyOf((A, All((B, C))))),
        ("（甲 OR 乙） 丙", All((AnyOf((A, B)), C))),
        ("(甲 OR 乙) 丙", All((AnyOf((A, B)), C))),
        ("甲 -乙", All((A, Not(B)))),
        ("甲 －乙", All((A, Not(B)))),
        ("甲 NOT 乙", All((A, Not(B)))),
        ("甲 非 乙", All((A, Not(B)))),
        ("甲 −乙", All((A, Not(B)))),
        ("甲 ＯＲ 乙", AnyOf((A, B))),
        ("甲 ＡＮＤ 乙", All((A, B))),
        ("甲 ＮＯＴ 乙", All((A, Not(B)))),
        ("甲 OR『乙』", AnyOf((A, Phrase("乙")))),
        ("NOT NOT 甲", A),
        ("NOT NOT NOT 甲", Not(A)),
        ("非 -甲", A),
        ("NOT (甲 乙)", Not(All((A, B)))),
        ("-(甲 乙)", Not(All((A, B)))),
        ('"甲 乙"', Phrase("甲 乙")),
        ("“甲 乙”", Phrase("甲 乙")),
        ("＂甲 乙＂", Phrase("甲 乙")),
        ('甲 ＂乙 丙"', All((A, Phrase("乙 丙")))),
        ("”甲 乙“", Phrase("甲 乙")),
        ("「甲 乙」", Phrase("甲 乙")),
        ("『甲 乙』", Phrase("甲 乙")),
        ("《甲 乙》", Phrase("甲 乙")),
        ("hx8*", Prefix("hx8")),
        ("hx8＊", Prefix("hx8")),
        ("ＨＸ８*", Prefix("HX8")),
        ("*", Word("*")),
        ("HX-8000", Word("HX-8000")),
        ("12:30", Word("12:30")),
        ("甲OR乙", Word("甲OR乙")),
        ("或者", Word("或者")),
    ],
)
def test_words_operators_and_brackets(typed: str, tree: Query) -> None:
    assert parse(typed) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("题名:甲", FieldIs("title", "甲")),
        ("题名：甲", FieldIs("title", "甲")),
        ("题名 : 甲", FieldIs("title", "甲")),
        ("TITLE:甲", FieldIs("title", "甲")),
        ("ｔｉｔｌｅ：甲＊", FieldIs("title", "甲*")),
        ("title:“甲 乙”", FieldIs("title", "甲 乙", quoted=True)),
        ("title:甲*", FieldIs("title", "甲*")),
        ("title:（甲 OR 乙）", AnyOf((FieldIs("title", "甲"), FieldIs("title", "乙")))),
        ("title:(甲 -乙)", All((FieldIs("title", "甲"), Not(FieldIs("title", "乙"))))),
        ("-title:甲", Not(FieldIs("title", "甲"))),
        ("日期:2022", YEAR_2022),
        ("日期：２０２２", YEAR_2022),
        ("日期:2022-01 .. 2022年12月", YEAR_2022),
        ("日期: 2022-01.. 2022-12", YEAR_2022),
        ("日期:2022-01 ～ 2022-12", YEAR_2022),
        ("日期:２０２２－０１　．．　２０２２－１２", YEAR_2022),
        ("日期:2022-01 ..2022-12 甲", All((YEAR_2022, A))),
        ("日期:（2022-01 .. 2022-12 OR 2022）", AnyOf((YEAR_2022, YEAR_2022))),
        ("日期:.. 2022", FieldRange("date", None, date(2022, 12, 31))),
        ("日期:2022 .. 甲", All((FieldRange("date", date(2022, 1, 1), None), A))),
        ("年度:2020 … 2022", FieldRange("year", 2020.0, 2022.0)),
        ("日期：（2022 OR 2023-02）", AnyOf((YEAR_2022, FieldRange("date", date(2023, 2, 1), date(2023, 2, 28))))),
        ("年度:2020..2022", FieldRange("year", 2020.0, 2022.0)),
        ("meta.cost_n:5 .. 6", FieldRange("meta.cost_n", 5.0, 6.0)),
        ("meta.cost_n:5..", FieldRange("meta.cost_n", 5.0, None)),
        ("meta.due_d:..2022", FieldRange("meta.due_d", None, date(2022, 12, 31))),
        ("meta.kind_k:新装", FieldIs("meta.kind_k", "新装")),
        ("title:(5 .. 6)", All((FieldIs("title", "5"), FieldIs("title", ".."), FieldIs("title", "6")))),
        ("title:(日期:2022-01 .. 2022-12 甲)", All((YEAR_2022, FieldIs("title", "甲")))),
        ("title:(日期:2022 甲)", All((YEAR_2022, FieldIs("title", "甲")))),
        ("不是查询项:甲", Word("不是查询项:甲")),
    ],
)
def test_fields_and_their_ranges(typed: str, tree: Query) -> None:
    assert parse(typed) == tree


def test_a_schemes_own_names_of_fields_are_understood() -> None:
    more = {"客户名称": ["meta.customer_t"], "投资/万元": ["meta.cost_n"], "地点": ["meta.site_t", "meta.place_t"]}
    assert parse("客户名称：澄江", more) == FieldIs("meta.customer_t", "澄江")
    assert parse("投资/万元:5..6", more) == FieldRange("meta.cost_n", 5.0, 6.0)
    assert parse("地点:澄江", more) == AnyOf((FieldIs("meta.site_t", "澄江"), FieldIs("meta.place_t", "澄江")))
    assert parse("客户名称：澄江") == Word("客户名称：澄江")
    assert parse("日期:2022", {"日期": ["meta.day_d"]}) == YEAR_2022, "the language's own names keep their meaning"


def test_the_fields_of_the_shipped_schemes_are_asked_by_their_labels() -> None:
    schemes = [read_scheme(text, name) for name, text in shipped().items()]
    assert understood("客户名称：澄江", schemes) == FieldIs("meta.customer_t", "澄江")
    assert understood("customer:澄江 甲", schemes) == All((FieldIs("meta.customer_t", "澄江"), A))
    assert understood("合同金额:1000..5000", schemes) == FieldRange("meta.amount_n", 1000.0, 5000.0)
    assert (
        understood("投资:..5", schemes)
        == understood("投资（元）:..5", schemes)
        == FieldRange("meta.investment_n", None, 5.0)
    )
    assert understood("合同金额:1000 .. 5000", schemes) == FieldRange("meta.amount_n", 1000.0, 5000.0)
    assert understood("保修至:2022", schemes) == FieldRange("meta.warranty_d", *_days_of(2022))
    assert understood("类型:合同", schemes) == with_codes(parse("类型:合同"), schemes)
    assert understood("联系电话:138", schemes) == Word("联系电话:138"), "what is sensitive is not asked for"
    fields = {f"meta.{field.name}" for scheme in schemes for field in scheme.fields if not field.sensitive}
    assert {meant for fields in own_fields(schemes).values() for meant in fields} == fields


def _days_of(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("施工合同（补充）", Word("施工合同（补充）")),
        ("关于“三通一平”的通知", Word("关于“三通一平”的通知")),
        ("1）总则", Word("1）总则")),
        ("1) 总则", All((Word("1"), Word("总则")))),
        ("（一） 总则", All((Word("一"), Word("总则")))),
        ('管径1/2"', Word('管径1/2"')),
        ("与", Phrase("与")),
        ("甲 或", All((A, Phrase("或")))),
        ("-", Word("-")),
        ("甲 - 乙", All((A, Word("-"), B))),
        ("5 ～ 6", All((Word("5"), Word("～"), Word("6")))),
        ("甲2022 .. 2023*", All((Word("甲2022"), Word(".."), Prefix("2023")))),
        ("NOT 2022 .. 2023", All((Not(Word("2022")), Word(".."), Word("2023")))),
        ("题名:2022 .. 2023 报告", All((FieldIs("title", "2022"), Word(".."), Word("2023"), Word("报告")))),
        ("-责任者:一公司2 .. 3", All((Not(FieldIs("party", "一公司2")), Word(".."), Word("3")))),
        ("meta.code_t:YT-2024 .. 2025", All((FieldIs("meta.code_t", "YT-2024"), Word(".."), Word("2025")))),
        ("日期:2022 5 .. 6", All((YEAR_2022, Word("5"), Word(".."), Word("6")))),
        ("日期:(2022) 5 .. 6", All((YEAR_2022, Word("5"), Word(".."), Word("6")))),
    ],
)
def test_plain_text_of_an_office_is_no_broken_query(typed: str, tree: Query) -> None:
    assert parse(typed) == tree


@pytest.mark.parametrize(
    ("typed", "key", "at"),
    [
        ("(甲", "query_bracket_open", 0),
        ("甲 （乙 OR （丙）", "query_bracket_open", 2),
        ("“（” （甲", "query_bracket_open", 4),
        ("甲)", "query_bracket_close", 1),
        ("甲 （）", "query_bracket_empty", 3),
        ("“甲", "query_quote_open", 0),
        ('甲 "乙 丙', "query_quote_open", 2),
        ('规格"甲', "query_quote_open", 2),
        ("规格＂甲", "query_quote_open", 2),
        ("5 .. 6 OR", "query_ends_early", 9),
        ("5 .. 6 ) 7", "query_bracket_close", 7),
        ("OR 甲", "query_operator", 0),
        ("甲 OR OR 乙", "query_operator", 5),
        ("甲 OR", "query_ends_early", 4),
        ("NOT", "query_ends_early", 3),
        ("title:", "query_ends_early", 6),
        ("title:-甲", "query_operator", 6),
        ("title:题名:甲 OR 乙", "query_broken", 6),
        ("日期:后天", "query_date", 3),
        ("甲 日期:2022-13", "query_date", 5),
        ("年度:两千", "query_number", 3),
        ("甲" * (LONGEST + 1), "query_too_long", LONGEST),
        ("(" * (DEEPEST + 1), "query_too_deep", DEEPEST),
    ],
)
def test_a_broken_query_is_explained_with_the_place(typed: str, key: str, at: int) -> None:
    with pytest.raises(InvalidInput) as told:
        parse(typed)
    assert (told.value.key, told.value.at) == (key, at)
    for language in ("zh", "en"):
        said = told.value.told_in(language)  # type: ignore[arg-type]
        assert "{" not in said and said


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_tree_or_explained(typed: str) -> None:
    try:
        tree = parse(typed)
    except InvalidInput as fault:
        answer: object = fault.told_in("en")
    else:
        answer = tree
    assert answer


def test_a_long_row_of_nots_is_no_deep_tree() -> None:
    assert parse("NOT " * 440 + "甲") == A
    assert parse("NOT " * 499 + "甲") == Not(A)


PIECES = [
    "甲",
    "a1",
    "(",
    ")",
    "（",
    "）",
    '"',
    "“",
    "”",
    "OR",
    "NOT",
    "NOT ",
    "-",
    "题名:",
    "日期:",
    "2022",
    "..",
    "～",
    "＂",
    "*",
    " ",
]
LANGUAGE = st.lists(st.sampled_from(PIECES), max_size=15)


@given(LANGUAGE)
def test_whatever_is_put_together_of_the_language_is_a_tree_or_explained(pieces: list[str]) -> None:
    test_whatever_is_typed_is_a_tree_or_explained.hypothesis.inner_test("".join(pieces))  # type: ignore[attr-defined]


def test_what_is_to_be_marked_are_the_words_that_are_not_excluded() -> None:
    query = parse("甲 “乙 丙” a* -丁 （甲 OR 戊） 题名:己 阶段:庚 正文:辛*")
    assert words(query) == (A, Phrase("乙 丙"), Prefix("a"), Word("戊"), Prefix("辛"))
    assert words(query, "title") == (A, Phrase("乙 丙"), Prefix("a"), Word("戊"), Phrase("己"))
    assert words(Everything()) == ()


def test_every_field_has_a_chinese_name() -> None:
    assert all(any(not name.isascii() for name, field in FIELDS.items() if field == one) for one in FIELDS.values())
