"""Dossiers: numbers without gaps and doubles, fields by the scheme's rules, filing by a person, refused steps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from archive.domain.document import Document
from archive.domain.dossier import Dossier, Place
from archive.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused
from archive.services import audit, dossiers, filing
from tests.unit.services.conftest import Office, make_document, make_dossier

SCHEME = "engineering-customer"
FIELDS = {"customer_t": "临澜港务"}


def opened(office: Office, name: str = "临澜港务交换机安装", **more: object) -> Dossier:
    return dossiers.create(office.ports, office.desk, scheme=SCHEME, name=name, **more)  # type: ignore[arg-type]


def loose(office: Office, dossier: str, n: int = 1) -> Document:
    """A document of this dossier that is in no volume."""
    made = make_document(office.ports, dossier, n, "contract", SCHEME)
    read = office.ports.index.get(Document, made.id)
    update = {"volume": 0, "item": 0, "last": audit.event(office.ports, office.desk, "take_out")}
    written = audit.change(office.ports, read, made.model_copy(update=update))
    office.ports.index.refresh(written.seq)
    return written.record


def test_a_dossier_gets_the_next_number_and_a_refused_one_leaves_no_gap(office: Office) -> None:
    first = opened(office)
    with pytest.raises(InvalidInput):
        opened(office, "")
    second = opened(office)
    assert [first.number, second.number] == ["KH-2026-001", "KH-2026-002"]


def test_many_who_open_at_once_get_each_a_number_of_their_own(office: Office) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: opened(office, f"项目 {n}").number, range(8)))
    assert sorted(numbers) == [f"KH-2026-{n:03d}" for n in range(1, 9)]


def test_a_number_is_given_once(office: Office) -> None:
    opened(office, number="kh-2024-031")
    with pytest.raises(Conflict):
        opened(office, number="ＫＨ-2024-031")


def test_a_dossier_is_found_by_its_number_however_it_is_typed(office: Office) -> None:
    made = opened(office, number="KH-2024-031")
    assert dossiers.by_number(office.ports, office.desk.access, " ｋｈ—2024-031").id == made.id


def test_a_narrow_dossier_is_not_there_for_a_reader(office: Office) -> None:
    narrow = office.ports.schemes[SCHEME].levels[-1].id
    made = opened(office, level=narrow)
    with pytest.raises(NotFound):
        dossiers.by_number(office.ports, office.actor("he.zhixing").access, made.number)


def test_a_reader_opens_no_dossier(office: Office) -> None:
    with pytest.raises(Forbidden):
        dossiers.create(office.ports, office.actor("he.zhixing"), scheme=SCHEME, name="x")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "customer_t"),
        ({**FIELDS, "colour_t": "red"}, "colour_t"),
        ({**FIELDS, "common_k": "perhaps"}, "common_k"),
        ({**FIELDS, "signed_d": "5 March"}, "signed_d"),
        ({**FIELDS, "amount_n": "much"}, "amount_n"),
        ({**FIELDS, "amount_n": float("nan")}, "amount_n"),
        ({**FIELDS, "site_t": 7}, "site_t"),
    ],
)
def test_a_field_that_does_not_fit_the_scheme_is_named(office: Office, fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(office, fields=fields)
    assert refused.value.field == field
    assert refused.value.told_in("zh") != refused.value.told_in("en")


def test_fields_that_fit_are_kept(office: Office) -> None:
    given = {**FIELDS, "signed_d": date(2024, 3, 5), "amount_n": 12.5, "common_k": "yes", "site_t": ""}
    assert opened(office, fields=given).fields == {name: value for name, value in given.items() if value != ""}


def test_a_dossier_without_its_parameter_table_cannot_be_closed_and_the_clause_of_that_is_quoted(
    office: Office,
) -> None:
    made = opened(office)
    with pytest.raises(Refused) as refused:
        dossiers.take_step(office.ports, office.desk, made.id, "complete")
    assert (refused.value.rule, refused.value.clause) == ("completion.parameter_table", "规范 二、3")
    assert "缺：电话交换机安装参数一览表。" in refused.value.told_in("zh")
    assert "without it the dossier cannot be closed. Rule 规范 二、3." in refused.value.told_in("en")


def test_where_several_rules_ask_for_what_is_missing_each_piece_has_its_clause(office: Office) -> None:
    made = opened(office)
    read = office.ports.index.get(Dossier, made.id)
    last = audit.event(office.ports, office.desk, "step")
    audit.change(office.ports, read, read.record.model_copy(update={"state": "completed", "last": last}))
    with pytest.raises(Refused) as refused:
        dossiers.take_step(office.ports, office.desk, made.id, "shelve")
    told = refused.value.told_in("zh")
    assert refused.value.clause == "规范 二、4"
    for piece in ("合同（规范 二、4）", "电话交换机安装参数一览表（规范 二、3）"):
        assert piece in told


def test_the_final_acceptance_names_what_is_not_signed_and_passes_once_it_is(office: Office) -> None:
    campus = office.ports.schemes["campus-construction"]
    made = dossiers.create(office.ports, office.desk, scheme=campus.id, name="东校区食堂")
    for want in campus.checklist:
        if "complete" in want.blocks or "inspect_construction" in want.blocks:
            dossiers.waive(office.ports, office.desk, made.id, want.id, reason="测试")
    paper = make_document(office.ports, made.number, 1, "minutes", campus.id)
    filing.file_document(
        office.ports, office.desk, paper.id, phase="construction", title="例会纪要", unsigned=("contractor",)
    )
    for step in ("inspect_construction", "complete"):
        with pytest.raises(Refused) as refused:
            dossiers.take_step(office.ports, office.desk, made.id, step)
        assert refused.value.clause == "办法 二、5"
        assert "例会纪要（缺施工单位签名）" in refused.value.told_in("zh")
    filing.file_document(office.ports, office.desk, paper.id, unsigned=())
    assert dossiers.take_step(office.ports, office.desk, made.id, "inspect_construction").state == "collecting"
    assert dossiers.take_step(office.ports, office.desk, made.id, "complete").state == "completed"


def test_a_step_is_not_taken_for_a_day_to_come(office: Office) -> None:
    step = office.ports.schemes[SCHEME].life_cycle.transitions[0]
    with pytest.raises(InvalidInput):
        dossiers.take_step(office.ports, office.desk, opened(office).id, step.id, on=date(2030, 1, 1))


def test_the_parameter_table_cannot_be_waived(office: Office) -> None:
    want = next(w for w in office.ports.schemes[SCHEME].checklist if w.rule.id == "completion.parameter_table")
    with pytest.raises(Refused):
        dossiers.waive(office.ports, office.desk, opened(office).id, want.id, reason="没有")


def test_what_a_person_says_of_a_document_ends_its_review(office: Office) -> None:
    made = opened(office)
    paper = loose(office, made.number)
    filed = filing.file_document(office.ports, office.desk, paper.id, title="安装合同", date=date(2024, 3, 5)).record
    assert (filed.title, filed.date, filed.review) == ("安装合同", date(2024, 3, 5), "done")
    assert filed.guesses["title"].source == "person"


def test_a_document_moves_to_another_dossier(office: Office) -> None:
    here, there = opened(office), opened(office)
    paper = loose(office, here.number)
    moved = filing.file_document(office.ports, office.desk, paper.id, dossier=there.id).record
    assert moved.dossier == there.id
    assert [one.id for one in dossiers.documents_of(office.ports, office.desk.access, there.id)] == [paper.id]


def test_a_type_that_the_scheme_does_not_know_is_refused(office: Office) -> None:
    paper = loose(office, opened(office).number)
    with pytest.raises(InvalidInput) as refused:
        filing.file_document(office.ports, office.desk, paper.id, type="poem")
    assert refused.value.field == "type"


def test_a_document_in_a_fixed_volume_stays_there(office: Office) -> None:
    made, there = make_dossier(office.ports, volumes=1), opened(office)
    assert made.volumes[0].place == Place(cabinet="甲柜", shelf="2 层", box="盒 07")
    with pytest.raises(Refused) as refused:
        filing.file_document(office.ports, office.desk, made.volumes[0].items[0].document, dossier=there.id)
    assert refused.value.clause


def test_a_paper_for_a_dossier_with_fixed_volumes_must_be_said_to_be_late(office: Office) -> None:
    paper = loose(office, opened(office).number, 9)
    made = make_dossier(office.ports, volumes=1)
    fixed = office.ports.index.get(Dossier, made.id)
    phase = {"phase": "contract"}
    volumes = tuple(volume.model_copy(update=phase) for volume in fixed.record.volumes)
    audit.change(office.ports, fixed, fixed.record.model_copy(update={"volumes": volumes}))
    with pytest.raises(Refused):
        filing.file_document(office.ports, office.desk, paper.id, dossier=made.id)
    assert filing.file_document(office.ports, office.desk, paper.id, dossier=made.id, late=True).record.late
