"""Values of coded fields by what people call them: any part of a name, in both languages, or the code."""

from __future__ import annotations

import pytest

from archive.domain.query import All, AnyOf, FieldIs, Not, Word
from archive.domain.query_codes import unknown_values, with_codes
from archive.domain.query_language import as_typed, parse, understood
from archive.domain.scheme_file import read_scheme
from schemes import shipped

SCHEMES = [read_scheme(text, name) for name, text in shipped().items()]
CONTRACTS = "contract design_contract construction_contract supervision_contract"
BUILDINGS = ("ZT", "JX", "SS", "BG")


def meant(typed: str) -> tuple[str, set[str]]:
    """The field that is asked, and the codes."""
    query = understood(typed, SCHEMES)
    leaves = query.parts if isinstance(query, AnyOf) else (query,)
    (field,) = {leaf.field for leaf in leaves if isinstance(leaf, FieldIs)}
    return field, {leaf.value for leaf in leaves if isinstance(leaf, FieldIs)}


@pytest.mark.parametrize(
    ("typed", "field", "codes"),
    [
        ("类型:合同", "type", CONTRACTS),
        ("类型:变更", "type", "change_order"),
        ("类型：施工合同", "type", "construction_contract"),
        ("type:CHANGE", "type", "change_order"),
        ("type:ｃｈａｎｇｅ", "type", "change_order"),
        ('type:"change ord"', "type", "change_order"),
        ("type:change_order", "type", "change_order"),
        ("类型:竣工*", "type", "completion_report acceptance_report as_built settlement"),
        ("type:as_b*", "type", "as_built"),
        ("阶段:竣工", "phase", "completion"),
        ("phase:prep", "phase", "preparation"),
        ("type:contract", "type", "contract"),
        ("type:ＣＯＮＴＲＡＣＴ", "type", "contract"),
        ('类型:"合同"', "type", "contract"),
        ("类型：“合同”", "type", "contract"),
        ('类型:"施工合"', "type", "construction_contract"),
        ("分类:JJ", "class", "JJ"),
        ("分类:J*", "class", "JJ"),
        ('分类:"人防"', "class", " ".join(f"JJ.{building}.RF" for building in BUILDINGS)),
        ("方案:校园", "scheme", "campus-construction"),
        ("方案:campus", "scheme", "campus-construction"),
        ("分类:教学楼", "class", "JJ.JX"),
        ("class:rf", "class", " ".join(f"JJ.{building}.RF" for building in BUILDINGS)),
        ("分类:人防", "class", " ".join(f"JJ.{building}.RF" for building in BUILDINGS)),
        ("class:jj.jx.rf", "class", "JJ.JX.RF"),
        ("人防工程:有", "meta.civil_defence_k", "yes"),
        ("常用设备:no", "meta.common_k", "no"),
    ],
)
def test_a_value_means_all_whose_name_or_code_holds_it(typed: str, field: str, codes: str) -> None:
    assert meant(typed) == (field, set(codes.split()))


def test_no_word_is_begun_in_its_middle_and_no_part_of_a_code_is_cut() -> None:
    assert meant("type:ontract") == ("type", {"ontract"})
    assert meant("class:J") == ("class", {"J"})


def test_every_name_a_scheme_gives_means_at_least_its_code() -> None:
    for scheme in SCHEMES:
        for field, named in (("type", scheme.types), ("phase", scheme.phases)):
            for one in named:
                for name in (one.label.zh, one.label.en, one.id):
                    assert one.id in meant(f'{field}:"{name}"')[1]


def test_values_stay_what_they_are_beside_other_things() -> None:
    assert with_codes(parse("-类型:变更 题名:合同 甲"), SCHEMES) == All(
        (Not(FieldIs("type", "change_order")), FieldIs("title", "合同"), Word("甲"))
    )


def test_what_is_excluded_is_the_one_that_is_named() -> None:
    assert understood("-type:contract", SCHEMES) == Not(FieldIs("type", "contract"))
    assert understood('-类型:"合同"', SCHEMES) == Not(FieldIs("type", "contract"))


def unknown(text: str) -> list[tuple[str, str]]:
    told, _ = unknown_values(as_typed(text, SCHEMES), SCHEMES)
    return [(one.field.en, one.value) for one in told]


def test_values_that_no_scheme_knows_are_named_once() -> None:
    query = '类型:合约 OR (甲 -类型:"合约") OR 阶段:没有 OR 常用设备:也许 OR type:*'
    assert unknown(query) == [("type", "合约"), ("phase", "没有"), ("Equipment in common use", "也许")]
    assert unknown("类型:合同 阶段:竣工 合同编号:没有 题名:没有 meta.other_k:x") == []


def test_of_many_unknown_values_a_few_are_told_and_the_rest_counted() -> None:
    told, more = unknown_values(as_typed("类型:甲 类型:乙 类型:丙 类型:丁 类型:戊 类型:甲 类型:合同", SCHEMES), SCHEMES)
    assert ([one.value for one in told], more) == (["甲", "乙", "丙"], 2)


def test_the_names_most_like_an_unknown_value_are_offered() -> None:
    ((one,), _) = unknown_values(as_typed("类型:合约", SCHEMES), SCHEMES)
    assert one.nearest[0].zh == "合同"
    assert len(one.nearest) < one.known
    ((one,), _) = unknown_values(as_typed("type:contrakt", SCHEMES), SCHEMES)
    assert one.nearest[0].en == "Contract"
