"""Lending as a table: what may be done with a copy in which state, and where it leads. Pure; no clock, no I/O.

Buttons (`archive.domain.lending_offers`), API actions, the acts (`archive.domain.lending_acts`) and the table in
`docs/lending.md` derive from `TABLE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive.domain.condition import condition_label
from archive.domain.copy import Copy, CopyState
from archive.domain.counting import difference_label, difference_of
from archive.domain.lending_rules import (
    OUTSIDE,
    PREMISES,
    WHERE,
    Circumstances,
    check_allowed,
    check_kept,
    moment_label,
    refusal,
)
from archive.domain.scheme import Label, Scheme
from archive.errors import Refused


class Action(StrEnum):
    ISSUE = "issue"
    LEND_OUTSIDE = "lend_outside"
    RETURN = "return"
    RETURN_DIFFERENT = "return_different"
    COUNT_AGAIN = "count_again"
    OPEN_FINDING = "open_finding"
    CLOSE = "close"
    RESHELVE = "reshelve"
    SEND_TO_REPAIR = "send_to_repair"
    REPAIRED = "repaired"
    REPORT_MISSING = "report_missing"
    FOUND = "found"


ACTIONS: dict[Action, Label] = {
    Action.ISSUE: Label(zh="室内查阅", en="Read on the premises"),
    Action.LEND_OUTSIDE: Label(zh="外借", en="Lend outside"),
    Action.RETURN: Label(zh="与登记相符", en="As recorded"),
    Action.RETURN_DIFFERENT: Label(zh="有出入", en="With a difference"),
    Action.COUNT_AGAIN: Label(zh="再清点", en="Count again"),
    Action.OPEN_FINDING: Label(zh="开缺损登记", en="Open a finding"),
    Action.CLOSE: Label(zh="注销登记", en="Close the loan"),
    Action.RESHELVE: Label(zh="归架", en="Put back in its place"),
    Action.SEND_TO_REPAIR: Label(zh="送修复", en="Send to repair"),
    Action.REPAIRED: Label(zh="修复完毕", en="Repaired"),
    Action.REPORT_MISSING: Label(zh="登记下落不明", en="Report missing"),
    Action.FOUND: Label(zh="已找到", en="Found"),
}

STATES: dict[CopyState, Label] = {
    CopyState.SHELVED: Label(zh="在架", en="on the shelf"),
    CopyState.OUT: Label(zh="借出", en="out"),
    CopyState.CHECKING: Label(zh="归还核对", en="being checked"),
    CopyState.RETURNED: Label(zh="待归架", en="to be reshelved"),
    CopyState.REPAIR: Label(zh="修复", en="in repair"),
    CopyState.MISSING: Label(zh="下落不明", en="missing"),
}

# --- guards: what may refuse ------------------------------------------------------------------------------------

Check = Callable[[Copy, Scheme, Circumstances], None]


@dataclass(frozen=True, slots=True)
class Guard:
    """A check that raises Refused; `words` say when it lets through."""

    words: Label
    check: Check


def _allowed(where: str) -> Check:
    return lambda copy, scheme, around: check_allowed(copy, scheme, around, where)


def _kept(where: str) -> Check:
    return lambda copy, scheme, around: check_kept(copy, scheme, around, where)


def _has_counted(copy: Copy, scheme: Scheme, around: Circumstances) -> None:
    if copy.loan is None or copy.loan.counted is None:
        raise refusal("not_counted", scheme.lending.check_rule, code=copy.id)


def _no_finding(copy: Copy, scheme: Scheme, around: Circumstances) -> None:
    if copy.finding is not None:
        raise Refused("finding_open", code=copy.id, number=copy.finding.number)


def _has_finding(copy: Copy, scheme: Scheme, around: Circumstances) -> None:
    if copy.finding is None:
        raise refusal(
            "missing_open" if copy.state == CopyState.MISSING else "difference_open",
            scheme.lending.check_rule,
            code=copy.id,
            difference=difference_label(copy),
        )


def _undamaged(copy: Copy, scheme: Scheme, around: Circumstances) -> None:
    found = difference_of(copy)
    if found is not None and found.condition:
        raise refusal(
            "repair_first",
            scheme.custody.damage_rule,
            code=copy.id,
            condition=condition_label(" ".join(found.condition)),
        )


PREMISES_ALLOWED = Guard(
    Label(zh="方案允许室内查阅", en="the scheme allows it on the premises"),
    _allowed(PREMISES),
)
OUTSIDE_ALLOWED = Guard(Label(zh="方案允许外借", en="the scheme allows it outside"), _allowed(OUTSIDE))
KEPT_PREMISES = Guard(
    Label(zh="架上留足规定份数", en="as many copies stay as the scheme says"),
    _kept(PREMISES),
)
KEPT_OUTSIDE = Guard(KEPT_PREMISES.words, _kept(OUTSIDE))
COUNTED = Guard(Label(zh="已清点", en="it has been counted"), _has_counted)
NO_FINDING = Guard(Label(zh="尚未开缺损登记", en="no finding is open"), _no_finding)
HAS_FINDING = Guard(Label(zh="已开缺损登记", en="a finding is open"), _has_finding)
UNDAMAGED = Guard(Label(zh="没有新的损坏", en="no new damage"), _undamaged)

# --- the table --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """What chooses between two rows of the same state and action."""

    words: Label
    holds: Callable[[Copy], bool]


ON_LOAN = When(
    Label(zh="借阅未注销", en="its loan is open"),
    lambda copy: copy.open_loan is not None,
)
IN_REPAIR = When(
    Label(zh="修复未完", en="its repair is not done"),
    lambda copy: copy.open_loan is None and copy.repair is not None,
)
NEITHER = When(
    Label(zh="无未注销的借阅，也不在修复", en="no loan is open and no repair"),
    lambda copy: copy.open_loan is None and copy.repair is None,
)
AS_RECORDED = When(
    Label(zh="清点与登记相符", en="counted as recorded"),
    lambda copy: difference_of(copy) is None,
)
DIFFERENT = When(
    Label(zh="清点有出入", en="counted with a difference"),
    lambda copy: difference_of(copy) is not None,
)


@dataclass(frozen=True, slots=True)
class Transition:
    before: CopyState
    action: Action
    after: CopyState
    guards: tuple[Guard, ...] = ()
    when: When | None = None

    def fits(self, copy: Copy, action: Action) -> bool:
        """Whether this row speaks of the copy as it is."""
        return copy.state == self.before and action == self.action and (self.when is None or self.when.holds(copy))


_S = CopyState
TABLE: tuple[Transition, ...] = (
    Transition(_S.SHELVED, Action.ISSUE, _S.OUT, (PREMISES_ALLOWED, KEPT_PREMISES)),
    Transition(_S.SHELVED, Action.LEND_OUTSIDE, _S.OUT, (OUTSIDE_ALLOWED, KEPT_OUTSIDE)),
    Transition(_S.SHELVED, Action.SEND_TO_REPAIR, _S.REPAIR),
    Transition(_S.SHELVED, Action.REPORT_MISSING, _S.MISSING),
    Transition(_S.OUT, Action.RETURN, _S.RETURNED),
    Transition(_S.OUT, Action.RETURN_DIFFERENT, _S.CHECKING),
    Transition(_S.OUT, Action.REPORT_MISSING, _S.MISSING),
    Transition(_S.CHECKING, Action.OPEN_FINDING, _S.CHECKING, (COUNTED, NO_FINDING)),
    Transition(_S.CHECKING, Action.COUNT_AGAIN, _S.RETURNED, when=AS_RECORDED),
    Transition(_S.CHECKING, Action.COUNT_AGAIN, _S.CHECKING, when=DIFFERENT),
    Transition(_S.CHECKING, Action.CLOSE, _S.RETURNED, (COUNTED, HAS_FINDING, UNDAMAGED)),
    Transition(_S.CHECKING, Action.SEND_TO_REPAIR, _S.REPAIR, (COUNTED, HAS_FINDING)),
    Transition(_S.RETURNED, Action.RESHELVE, _S.SHELVED),
    Transition(_S.RETURNED, Action.SEND_TO_REPAIR, _S.REPAIR),
    Transition(_S.RETURNED, Action.REPORT_MISSING, _S.MISSING),
    Transition(_S.REPAIR, Action.REPAIRED, _S.RETURNED),
    Transition(_S.REPAIR, Action.REPORT_MISSING, _S.MISSING),
    Transition(_S.MISSING, Action.FOUND, _S.CHECKING, when=ON_LOAN),
    Transition(_S.MISSING, Action.FOUND, _S.REPAIR, when=IN_REPAIR),
    Transition(_S.MISSING, Action.FOUND, _S.RETURNED, when=NEITHER),
    Transition(_S.MISSING, Action.OPEN_FINDING, _S.MISSING, (NO_FINDING,), when=ON_LOAN),
    Transition(_S.MISSING, Action.CLOSE, _S.MISSING, (HAS_FINDING,), when=ON_LOAN),
)


def rows_of(copy: Copy) -> Iterator[Transition]:
    """The rows of the table that speak of the copy as it is, each action once."""
    seen: set[Action] = set()
    for row in TABLE:
        if row.action not in seen and row.fits(copy, row.action):
            seen.add(row.action)
            yield row


def allowed(copy: Copy, action: Action, scheme: Scheme, around: Circumstances) -> Transition:
    """The row for this action. Raises Refused where there is none, or a guard of it says no."""
    row = next((row for row in rows_of(copy) if row.action == action), None)
    if row is None:
        raise refused_by_state(copy, scheme, around)
    for guard in row.guards:
        guard.check(copy, scheme, around)
    return row


def refused_by_state(copy: Copy, scheme: Scheme, around: Circumstances, *, just_now: bool = False) -> Refused:
    """Why a copy in this state cannot be had: who has it, or what has to happen first. `just_now`: somebody was
    quicker a moment ago."""
    loan = copy.open_loan
    if copy.state == CopyState.OUT and loan is not None:
        since, due = (
            moment_label(loan.issued_at, around),
            moment_label(loan.due_at, around),
        )
        key = "copy_just_out" if just_now else "copy_out"
        return Refused(
            key,
            code=copy.id,
            holder=loan.borrower_name,
            where=WHERE[loan.where],
            since=since,
            due=due,
        )
    if copy.state == CopyState.CHECKING:
        return refusal("copy_checking", scheme.lending.check_rule, code=copy.id)
    if copy.state == CopyState.REPAIR:
        return refusal("copy_in_repair", scheme.custody.damage_rule, code=copy.id)
    return Refused(f"copy_is_{copy.state}", code=copy.id, place=str(copy.place))
