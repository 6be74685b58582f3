"""The life cycle of a dossier: which steps are possible, what each still needs, and until when. Pure.

A step that leads back to the state it starts from is an inspection: it is recorded and done once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.domain.dossier import Dossier
from archive.domain.scheme import Label, Rule, Scheme, State, Transition

NEEDS = {
    "checklist": Label(zh="应归档文件齐全", en="the required documents are there"),
    "signed": Label(zh="该签名的都已签名", en="what must be signed is signed"),
    "reviewed": Label(zh="没有待核的著录", en="nothing waits for review"),
    "arranged": Label(zh="文件都已入卷", en="every document is in a volume"),
    "fixed": Label(zh="各卷都已定卷", en="every volume is fixed"),
    "places": Label(zh="各卷位置都已登记", en="every volume's place is recorded"),
    "returned": Label(zh="没有借出未还", en="nothing is lent"),
    "reason": Label(zh="写明理由", en="a reason is given"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing, and the rule that asks for it."""

    name: Label
    rule: Rule


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a step still needs. `need` is a key of NEEDS, `missing` what exactly."""

    need: str
    missing: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that starts from the dossier's state, with what it still needs. `reason` asks for a reason."""

    transition: Transition
    lacks: Sequence[Lack]
    reason: bool

    @property
    def is_possible(self) -> bool:
        return not self.lacks

    @property
    def is_inspection(self) -> bool:
        return self.transition.after in self.transition.before


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dossier when its steps are asked for. Each names what is in the way; empty: nothing."""

    missing: dict[str, Sequence[Missing]]  # by transition: what of the checklist it lacks
    unsigned: Sequence[Missing] = ()
    unreviewed: Sequence[Label] = ()  # titles
    unarranged: Sequence[Label] = ()
    unfixed: Sequence[Label] = ()  # volumes
    placeless: Sequence[Label] = ()  # copies
    lent: Sequence[Label] = ()


def transitions_from(scheme: Scheme, dossier: Dossier) -> list[Transition]:
    """The steps that start from the dossier's state, without inspections that are done."""
    done = {change.step for change in dossier.history}
    found = [t for t in scheme.life_cycle.transitions if dossier.state in t.before]
    return [t for t in found if t.after != dossier.state or t.id not in done]


def steps_of(scheme: Scheme, dossier: Dossier, facts: Facts) -> list[Step]:
    """The steps from the dossier's state with what each still needs, in the order of the scheme."""
    return [
        Step(transition, lacks_of(transition, facts), "reason" in transition.needs)
        for transition in transitions_from(scheme, dossier)
    ]


def lacks_of(transition: Transition, facts: Facts) -> list[Lack]:
    """What is in the way of this step. What no rule of its own asks for, the step's does. A reason is given with the
    step and is none of it."""
    named = {
        "reviewed": facts.unreviewed,
        "arranged": facts.unarranged,
        "fixed": facts.unfixed,
        "places": facts.placeless,
        "returned": facts.lent,
    }
    found = {need: [Missing(name, transition.rule) for name in names] for need, names in named.items()}
    found |= {"checklist": list(facts.missing.get(transition.id, ())), "signed": list(facts.unsigned)}
    return [Lack(need, found[need]) for need in transition.needs if found.get(need)]


def first_state(scheme: Scheme) -> State:
    """Where a dossier begins."""
    return scheme.life_cycle.states[0]


def deadline(transition: Transition, event: date) -> date | None:
    """The day by which the next step is due: calendar days after `event`, the day this one was made."""
    return event + timedelta(days=transition.deadline_days) if transition.deadline_days is not None else None


def is_late(dossier: Dossier, today: date) -> bool:
    """Whether the deadline of the present state is past; it may still be met on the day itself."""
    return dossier.due_on is not None and dossier.due_on < today
