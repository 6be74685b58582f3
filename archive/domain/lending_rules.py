"""What a scheme's lending rules say about one copy: allowed or not, whose consent, when due, how many stay. Pure.

Where a scheme is silent the product's own rules hold: read on the premises, registered, due the same day. A refusal
quotes the rule, its clause in the office's regulation, and what would be possible instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from archive.domain.access import Role
from archive.domain.copy import Copy, CopyKind, CopyState, Loan
from archive.domain.people import ROLE_NAMES
from archive.domain.scheme import Label, LendingRule, Rule, Scheme
from archive.errors import InvalidInput, Refused

PREMISES, OUTSIDE = "premises", "outside"
WHERE = {
    PREMISES: Label(zh="室内查阅", en="read on the premises"),
    OUTSIDE: Label(zh="外借", en="outside"),
}
END_OF_DAY = time(23, 59, 59)
MOST_SIGNATURE = 20_000  # characters of a drawn signature's path
MOST_TYPED = 100  # characters of a typed one
MOST_TEXT = 500
_DRAWN = re.compile(r"[Mm][\d\s.,+\-eMmLlHhVvCcSsQqTtZz]*\d[\d\s.,+\-eMmLlHhVvCcSsQqTtZz]*")

_DEFAULT_WORDS = Label(
    zh="方案没有规定的，只可登记后在室内查阅，当日归还",
    en="Where the scheme says nothing, papers are read on the premises after registration and due the same day",
)
DEFAULT_RULE = Rule(id="lending.default", clause="", words=_DEFAULT_WORDS)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an act on a copy depends on besides the copy: the moment, the office's time zone, the other copies of the
    same volume as read by id, the types of the documents in the volume, the dossier's fields where a rule asks for
    them, and the codes that go out together with it."""

    now: datetime
    zone: tzinfo
    others: Sequence[Copy] = ()
    types: Sequence[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    slip: Sequence[str] = ()

    def shelved(self, kind: str = "") -> list[str]:
        """Codes of the other copies that are on the shelf and stay there."""
        here = [c for c in self.others if c.state == CopyState.SHELVED and c.id not in self.slip]
        return [c.id for c in here if not kind or c.copy_kind == kind]

    @property
    def today(self) -> date:
        """The day in the office's time zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a loan."""

    login: str
    name: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is filled in when copies are issued. `due_on` None: the rule's day."""

    borrower: Person
    asked_for: str
    purpose: str
    where: str
    room: str
    consent: Person | None
    signature: str
    due_on: date | None = None
    due_reason: str = ""
    due_consent: Person | None = None
    fetched_by: str = ""


def rule_for(copy: Copy, scheme: Scheme, where: str, around: Circumstances) -> LendingRule:
    """The scheme's rule for this copy at this place, or the product's own where the scheme is silent."""
    found = scheme.lending.rule_for(copy.copy_kind, where, around.types, around.fields)
    if found is not None:
        return found
    kind: Literal["original", "photocopy"] = "original" if copy.copy_kind == CopyKind.ORIGINAL else "photocopy"
    if where == PREMISES:
        return LendingRule(
            copy_kind=kind,
            where="premises",
            allowed=True,
            consent=(Role.ARCHIVIST,),
            rule=DEFAULT_RULE,
        )
    return LendingRule(copy_kind=kind, where="outside", allowed=False, rule=DEFAULT_RULE)


def refusal(key: str, rule: Rule, **data: object) -> Refused:
    """A refusal that quotes the rule: its words as a sentence and where it stands are gaps of the sentence."""
    quoted = {"words": _sentence(rule.words), "source": source_of(rule)}
    return Refused(key, rule=rule.id, clause=rule.clause, **quoted, **data)


def source_of(rule: Rule) -> Label:
    """Where a rule stands, for the end of a sentence: "规则「规范 三、3」"."""
    if not rule.clause:
        return Label(zh="系统默认规则", en="The product's own rule")
    return Label(zh=f"规则「{rule.clause}」", en=f"Rule {rule.clause}")


def _sentence(words: Label) -> Label:
    return Label(zh=words.zh.rstrip("。") + "。", en=words.en.rstrip(".") + ".")


# --- may it be lent ---------------------------------------------------------------------------------------------


def check_allowed(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> None:
    """Raises Refused where the scheme does not let this kind of copy go there."""
    rule = rule_for(copy, scheme, where, around)
    if not rule.allowed:
        instead = instead_of(copy, scheme, around, where)
        raise refusal("lending_not_allowed", rule.rule, code=copy.id, instead=instead)


def check_kept(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> None:
    """Raises Refused where too few copies of the volume would stay on the shelf."""
    rule = rule_for(copy, scheme, where, around)
    if not _is_kept(rule, around):
        raise refusal("lending_keeps", rule.rule, code=copy.id, keep=rule.keep, instead=_until_kept(rule, around))


def _is_kept(rule: LendingRule, around: Circumstances) -> bool:
    return len(around.shelved()) >= rule.keep


def _until_kept(rule: LendingRule, around: Circumstances) -> Label:
    """What would leave enough copies of the volume on the shelf, in words."""
    ways = [*_off_the_slip(around), *_on_their_way(around)]
    more = rule.keep - len(around.shelved())
    ways.append(
        Label(
            zh=f"再登记 {more} 份常备复印件",
            en=f"register {more} more standing {'photocopy' if more == 1 else 'photocopies'}",
        )
    )
    return _one_of(ways, "可以", "You may ")


def _off_the_slip(around: Circumstances) -> Iterator[Label]:
    """The copies of this volume that would go out together with the one refused."""
    together = [c.id for c in around.others if c.id in around.slip and c.state == CopyState.SHELVED]
    if together:
        codes = "、".join(together)
        yield Label(zh=f"把 {codes} 留在架上", en=f"leave {codes.replace('、', ', ')} on the shelf")


def _on_their_way(around: Circumstances) -> Iterator[Label]:
    """The copies of this volume that come back to the shelf by themselves."""
    for other in around.others:
        loan = other.open_loan
        if other.state == CopyState.RETURNED:
            yield Label(zh=f"先把 {other.id} 归架", en=f"put {other.id} back in its place first")
        if other.state == CopyState.OUT and loan is not None and other.id not in around.slip:
            due = moment_label(loan.due_at, around)
            yield Label(zh=f"等 {other.id} 归还（{due.zh} 前还）", en=f"wait for {other.id} (due {due.en})")


def instead_of(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> Label:
    """What can be done instead of lending this copy there, in words."""
    other = PREMISES if where == OUTSIDE else OUTSIDE
    ways = []
    if _may_go(copy, scheme, around, other):
        en = "read it on the premises" if other == PREMISES else "lend it outside"
        ways.append(Label(zh=WHERE[other].zh, en=en))
    for code in _photocopies(copy, scheme, around, where)[:1]:
        ways.append(Label(zh=f"借常备复印件 {code}", en=f"lend the standing photocopy {code}"))
    return _one_of(ways, "可改为", "Instead: ") if ways else Label(zh="可在检索中查看扫描件。", en=_SCANS)


_SCANS = "The scans can be read in the search."


def _one_of(ways: Sequence[Label], zh: str, en: str) -> Label:
    return Label(zh=f"{zh}{'，或'.join(way.zh for way in ways)}。", en=f"{en}{', or '.join(way.en for way in ways)}.")


def _may_go(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> bool:
    rule = rule_for(copy, scheme, where, around)
    return copy.state == CopyState.SHELVED and rule.allowed and _is_kept(rule, around)


def _photocopies(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> list[str]:
    """Standing photocopies of the volume on the shelf that may go there."""
    rule = scheme.lending.rule_for(CopyKind.PHOTOCOPY, where, around.types, around.fields)
    if rule is None or not rule.allowed or copy.copy_kind != CopyKind.ORIGINAL:
        return []
    left = len(around.shelved()) - 1 + (copy.state == CopyState.SHELVED)
    return around.shelved(CopyKind.PHOTOCOPY) if left >= rule.keep else []


# --- on which terms ---------------------------------------------------------------------------------------------


def check_form(terms: Terms) -> None:
    """What must be filled in whatever the copies are. Raises InvalidInput naming the field."""
    needed = {
        "asked_for": terms.asked_for,
        "purpose": terms.purpose,
        "signature": terms.signature,
    }
    if terms.where not in WHERE:
        raise InvalidInput("unknown_where", field="where", given=terms.where)
    if terms.where == OUTSIDE:
        needed["room"] = terms.room
    for name, value in needed.items():
        if not value.strip():
            raise InvalidInput(f"{name}_needed", field=name)
    limits = {
        "asked_for": terms.asked_for,
        "purpose": terms.purpose,
        "room": terms.room,
        "due_reason": terms.due_reason,
    }
    for name, value in limits.items():
        if len(value) > MOST_TEXT:
            raise InvalidInput("text_too_long", field=name, most=MOST_TEXT, given=len(value))
    _check_signature(terms.signature.strip())


def _check_signature(signature: str) -> None:
    if len(signature) > MOST_SIGNATURE:
        raise InvalidInput("signature_too_long", field="signature", most=MOST_SIGNATURE)
    if len(signature) > MOST_TYPED and not is_drawn(signature):
        raise InvalidInput("signature_unreadable", field="signature", most=MOST_TYPED)


def is_drawn(signature: str) -> bool:
    """Whether a signature was drawn (it is the path of an SVG drawing) and not typed."""
    return _DRAWN.fullmatch(signature) is not None


def check_terms(copy: Copy, scheme: Scheme, around: Circumstances, terms: Terms) -> None:
    """Consent and due day against the rule. Raises Refused, or InvalidInput where the day is in the past."""
    rule = rule_for(copy, scheme, terms.where, around)
    if rule.consent and (terms.consent is None or not _may_consent(terms.consent, rule)):
        given = terms.consent.name if terms.consent else ""
        key = "consent_wrong" if given else "consent_needed"
        raise refusal(key, rule.rule, code=copy.id, roles=_roles(rule), given=given)
    if terms.due_on is None:
        return
    if terms.due_on < around.today:
        raise InvalidInput("due_in_past", field="due_on", day=terms.due_on.isoformat())
    if terms.due_on > due_day(rule, around):
        _check_exception(copy, rule, around, terms)


def _may_consent(person: Person, rule: LendingRule) -> bool:
    return any(role in rule.consent for role in person.roles)


def _check_exception(copy: Copy, rule: LendingRule, around: Circumstances, terms: Terms) -> None:
    day = due_day(rule, around).isoformat()
    if not rule.exceptions:
        raise refusal("due_no_exception", rule.rule, code=copy.id, day=day)
    if not terms.due_reason.strip() or terms.due_consent is None:
        raise refusal("due_exception_needs", rule.rule, code=copy.id, day=day)
    if rule.consent and not _may_consent(terms.due_consent, rule):
        given = terms.due_consent.name
        raise refusal("consent_wrong", rule.rule, code=copy.id, roles=_roles(rule), given=given)


def _roles(rule: LendingRule) -> Label:
    names = [ROLE_NAMES[Role(role)] for role in rule.consent]
    return Label(
        zh="或".join(name.zh for name in names),
        en=" or ".join(name.en.lower() for name in names),
    )


def due_day(rule: LendingRule, around: Circumstances) -> date:
    """The day the rule sets."""
    return around.today + timedelta(days=rule.due_days)


def due_at(
    copy: Copy,
    scheme: Scheme,
    around: Circumstances,
    where: str,
    day: date | None = None,
) -> datetime:
    """When a copy issued now is due (UTC): on the rule's day, or `day`, at the office's closing time; what is issued
    after closing is due at the end of that day."""
    wanted = day or due_day(rule_for(copy, scheme, where, around), around)
    due = datetime.combine(wanted, time.fromisoformat(scheme.lending.closes), around.zone)
    if due <= around.now:
        due = datetime.combine(wanted, END_OF_DAY, around.zone)
    return due.astimezone(UTC)


def terms_label(copy: Copy, scheme: Scheme, around: Circumstances, where: str) -> Label:
    """On which terms it may go there, in words: "今日 17:30 前还，档案管理员同意即可"."""
    rule = rule_for(copy, scheme, where, around)
    due = moment_label(due_at(copy, scheme, around, where), around)
    zh, en = f"{due.zh} 前还", f"due {due.en}"
    if not rule.consent:
        return Label(zh=zh, en=en)
    roles = _roles(rule)
    return Label(zh=f"{zh}，{roles.zh}同意即可", en=f"{en}, with the consent of the {roles.en}")


def moment_label(moment: datetime, around: Circumstances) -> Label:
    """A moment as one says it in the office: with the day only where it is not today."""
    local = moment.astimezone(around.zone)
    clock = local.strftime("%H:%M")
    if local.date() == around.today:
        return Label(zh=f"今日 {clock}", en=f"today {clock}")
    if local.year == around.today.year:
        return Label(
            zh=f"{local.month} 月 {local.day} 日 {clock}",
            en=f"{local.day} {_MONTHS[local.month - 1]} {clock}",
        )
    return Label(
        zh=f"{local.date().isoformat()} {clock}",
        en=f"{local.date().isoformat()} {clock}",
    )


_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def is_overdue(loan: Loan, now: datetime) -> bool:
    """Whether the loan was past its due time at `now` and not yet back; of any moment, past ones too."""
    back = loan.returned_at is not None and loan.returned_at <= now
    return loan.issued_at <= now and loan.due_at < now and not back


def days_overdue(loan: Loan, around: Circumstances) -> int:
    """Whole days past the due day; 0 on the day itself and while not overdue."""
    if not is_overdue(loan, around.now):
        return 0
    return (around.today - loan.due_at.astimezone(around.zone).date()).days
