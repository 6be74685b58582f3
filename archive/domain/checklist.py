"""The checklist of a dossier (应归档文件): what of it is here, what is missing by name, what was waived. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.domain.access import Access
from archive.domain.document import Document, Review
from archive.domain.dossier import Dossier, FieldValue
from archive.domain.life_cycle import Missing
from archive.domain.scheme import DocumentType, Field, Label, Party, Rule, Scheme, Want, holds
from archive.domain.titles import joined, titles_for


class WantState(StrEnum):
    HERE = "here"
    MISSING = "missing"
    IN_HAND = "hand"  # there, but not reviewed yet
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the checklist. `missing` names what is wanting: the line itself, or each period that lacks it."""

    want: Want
    state: WantState
    here: int
    missing: Sequence[Label] = ()


def check(scheme: Scheme, dossier: Dossier, documents: Iterable[Document], today: date) -> list[Checked]:
    """The lines that hold for this dossier, in the order of the scheme."""
    kept = [document for document in documents if document.kept]
    return [
        _checked(want, scheme, dossier, kept, today) for want in scheme.checklist if holds(want.when, dossier.fields)
    ]


def _checked(want: Want, scheme: Scheme, dossier: Dossier, documents: Sequence[Document], today: date) -> Checked:
    fitting = [document for document in documents if document.type in want.types]
    if want.id in dossier.waived and want.waivable:
        return Checked(want, WantState.WAIVED, len(fitting))
    missing = _missing(want, scheme, dossier, fitting, today)
    if missing:
        return Checked(want, WantState.MISSING, len(fitting), missing)
    unsure = any(document.review == Review.WAITING for document in fitting)
    return Checked(want, WantState.IN_HAND if unsure else WantState.HERE, len(fitting))


def _missing(want: Want, scheme: Scheme, dossier: Dossier, fitting: Sequence[Document], today: date) -> list[Label]:
    if want.between is not None and _day(dossier.fields.get(want.between[0])) is None:
        return [_without_its_day(want, scheme.field(want.between[0]))]
    periods = _periods(want, dossier, today)
    if not periods:
        short = want.least - len(fitting)
        return [want.label] if short > 0 else []
    filled = [_period(want, document.date) for document in fitting if document.date]
    return [
        Label(zh=f"{want.label.zh} {period}", en=f"{want.label.en} {period}")
        for period in periods
        if filled.count(period) < want.least
    ]


def _without_its_day(want: Want, field: Field | None) -> Label:
    """Nobody can tell which periods are wanted, so the day itself is missing."""
    zh, en = (field.label.zh, field.label.en) if field else ("", "")
    return Label(zh=f"{want.label.zh}（「{zh}」未填）", en=f"{want.label.en} (“{en}” is not given)")


def _periods(want: Want, dossier: Dossier, today: date) -> list[str]:
    """The periods in which it is wanted; none where it is not asked for by period."""
    if not want.per or want.between is None:
        return []
    first, last = (_day(dossier.fields.get(name)) for name in want.between)
    if first is None:
        return []
    end = min(last, today) if last else today
    months = range(first.year * 12 + first.month - 1, end.year * 12 + end.month)
    return list(dict.fromkeys(_period(want, date(at // 12, at % 12 + 1, 1)) for at in months))


def _day(value: FieldValue) -> date | None:
    """A day as a field holds it: kept records give days as ISO text."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _period(want: Want, day: date) -> str:
    if want.per == "year":
        return f"{day.year}"
    return f"{day.year}-Q{(day.month + 2) // 3}" if want.per == "quarter" else f"{day:%Y-%m}"


def missing_by_step(checked: Iterable[Checked]) -> dict[str, Sequence[Missing]]:
    """What is missing, each with its line's rule, by the id of the step of the life cycle that it blocks."""
    found: dict[str, list[Missing]] = {}
    for line in checked:
        if line.state == WantState.MISSING:
            for step in line.want.blocks:
                found.setdefault(step, []).extend(Missing(name, line.want.rule) for name in line.missing)
    return dict(found)


def unsigned(scheme: Scheme, documents: Iterable[Document], access: Access) -> list[Missing]:
    """The documents that lack signatures which a rule asks for, each with those that have not signed; of those that
    may not be seen only how many."""
    lacking = [(one, type_, rule) for one in documents for type_, rule in _signing(scheme, one) if one.kept]
    seen = [(one, type_, rule) for one, type_, rule in lacking if access.allows(one.mark)]
    unseen = [(one, rule) for one, _, rule in lacking if not access.allows(one.mark)]
    untold = [Missing(name, unseen[0][1]) for name in titles_for(access, [one for one, _ in unseen])]
    return [*untold, *(Missing(_unsigned_by(one, type_), rule) for one, type_, rule in seen)]


def _signing(scheme: Scheme, document: Document) -> list[tuple[DocumentType, Rule]]:
    """Its type with the rule by which it must be signed, where it is not by all."""
    type_ = scheme.type(document.type)
    if type_ is None or type_.signatures_rule is None or not _lacks(document, type_):
        return []
    return [(type_, type_.signatures_rule)]


def _lacks(document: Document, type_: DocumentType) -> list[Party]:
    return [party for party in type_.signatures if party.id in document.unsigned]


def _unsigned_by(document: Document, type_: DocumentType) -> Label:
    lacks = joined([Label(zh=party.zh, en=party.en) for party in _lacks(document, type_)])
    zh, en = document.title or type_.label.zh, document.title or type_.label.en
    return Label(zh=f"{zh}（缺{lacks.zh}签名）", en=f"{en} (not signed by {lacks.en})")
