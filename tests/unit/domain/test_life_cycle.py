"""The life of a dossier: which steps there are, what each still needs, until when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import schemes
from archive.domain.dossier import Dossier, StateChange
from archive.domain.life_cycle import NEEDS, Facts, Missing, deadline, first_state, is_late, steps_of, transitions_from
from archive.domain.record import Event
from archive.domain.scheme import Label
from archive.domain.scheme_file import read_scheme

LAST = Event(at=datetime(2026, 11, 23, tzinfo=UTC), by="test", action="create")
CUSTOMER = read_scheme(schemes.shipped()["engineering-customer"], "engineering-customer")
CAMPUS = read_scheme(schemes.shipped()["campus-construction"], "campus-construction")
NAME = Label(zh="合同", en="contract")


def dossier(state: str, *, due: date | None = None, done: tuple[str, ...] = ()) -> Dossier:
    history = tuple(StateChange(state=state, at=LAST.at, by="test", step=step) for step in done)
    return Dossier(
        id="d", number="D-1", scheme="s", name="d", level="x", mark="x", state=state, created_at=LAST.at, last=LAST,
        due_on=due, history=history,
    )  # fmt: skip


def test_a_dossier_begins_as_a_temporary_one() -> None:
    assert first_state(CUSTOMER).id == "temporary"


def test_shelving_is_due_five_calendar_days_after_the_completion_documents_came() -> None:
    step = next(t for t in CUSTOMER.life_cycle.transitions if t.deadline_days is not None)
    assert deadline(step, date(2024, 2, 27)) == date(2024, 3, 3)


def test_a_step_without_a_deadline_sets_none() -> None:
    step = next(t for t in CUSTOMER.life_cycle.transitions if t.deadline_days is None)
    assert deadline(step, date(2024, 2, 27)) is None


def test_the_deadline_may_be_met_on_the_day_itself() -> None:
    day = date(2024, 3, 3)
    assert not is_late(dossier("temporary", due=day), day)
    assert is_late(dossier("temporary", due=day), date(2024, 3, 4))
    assert not is_late(dossier("temporary"), day)


def test_what_is_in_the_way_of_a_step_is_named() -> None:
    step = next(t for t in CUSTOMER.life_cycle.transitions if "checklist" in t.needs)
    wanting = Missing(NAME, CUSTOMER.checklist[0].rule)
    facts = Facts(missing={step.id: [wanting]})
    found = next(s for s in steps_of(CUSTOMER, dossier(step.before[0]), facts) if s.transition == step)
    assert [(lack.need, list(lack.missing)) for lack in found.lacks] == [("checklist", [wanting])]
    assert not found.is_possible


def test_what_no_rule_of_its_own_asks_for_is_asked_for_by_the_rule_of_the_step() -> None:
    step = next(t for t in CUSTOMER.life_cycle.transitions if "fixed" in t.needs)
    found = next(s for s in steps_of(CUSTOMER, dossier(step.before[0]), Facts(missing={}, unfixed=[NAME])))
    assert [(lack.need, list(lack.missing)) for lack in found.lacks] == [("fixed", [Missing(NAME, step.rule)])]


def test_a_step_with_nothing_in_its_way_is_possible() -> None:
    steps = steps_of(CUSTOMER, dossier("temporary"), Facts(missing={}))
    assert steps
    assert all(step.is_possible for step in steps)


def test_every_need_of_the_shipped_schemes_is_known() -> None:
    for scheme in (CUSTOMER, CAMPUS):
        assert {need for t in scheme.life_cycle.transitions for need in t.needs} <= set(NEEDS)


def test_an_inspection_is_made_once() -> None:
    step = next(t for t in CAMPUS.life_cycle.transitions if t.after in t.before)
    fresh, inspected = dossier(step.after), dossier(step.after, done=(step.id,))
    assert next(s for s in steps_of(CAMPUS, fresh, Facts(missing={})) if s.transition == step).is_inspection
    assert step in transitions_from(CAMPUS, fresh)
    assert step not in transitions_from(CAMPUS, inspected)
