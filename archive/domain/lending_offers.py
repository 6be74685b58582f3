"""What the desk may do with a copy now, as a list: buttons, the API's actions and keys derive from it. Pure.

What is possible comes first; what is refused stands last, with its rule and what would be possible instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.domain.condition import condition_label
from archive.domain.copy import Copy
from archive.domain.counting import difference_label
from archive.domain.lending import ACTIONS, Action, Transition, allowed, rows_of
from archive.domain.lending_rules import (
    OUTSIDE,
    PREMISES,
    Circumstances,
    instead_of,
    terms_label,
)
from archive.domain.scheme import Label, Scheme
from archive.errors import Refused

_PLACES = {Action.ISSUE: PREMISES, Action.LEND_OUTSIDE: OUTSIDE}
_OWN_KEYS = {Action.RETURN: "y", Action.COUNT_AGAIN: "c", Action.OPEN_FINDING: "q"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One act. `key` chooses it ("" where it is refused); `terms` say what it means or takes (where possible);
    `refusal` why not, with rule and clause; `instead` what is possible then."""

    key: str
    action: Action
    label: Label
    terms: Label | None = None
    refusal: Refused | None = None
    instead: Label | None = None

    @property
    def possible(self) -> bool:
        return self.refusal is None

    @property
    def rule(self) -> str:
        return self.refusal.rule if self.refusal else ""

    @property
    def clause(self) -> str:
        return self.refusal.clause if self.refusal else ""

    def why(self, language: str) -> str:
        """The refusal in words, empty where it is possible."""
        return self.refusal.told_in("zh" if language == "zh" else "en") if self.refusal else ""


def actions_for(copy: Copy, scheme: Scheme, around: Circumstances) -> list[Offer]:
    """The acts on this copy now: those of its state, and lending, which says why not where its state forbids it."""
    actions = [row.action for row in rows_of(copy)]
    actions += [action for action in _PLACES if action not in actions]
    offers = [_offer(copy, scheme, around, action) for action in actions]
    refused = [offer for offer in offers if not offer.possible]
    return [*_with_keys([offer for offer in offers if offer.possible]), *refused]


def _offer(copy: Copy, scheme: Scheme, around: Circumstances, action: Action) -> Offer:
    label = ACTIONS[action]
    try:
        row = allowed(copy, action, scheme, around)
    except Refused as refusal:
        return Offer("", action, label, None, refusal, _instead(copy, scheme, around, action, refusal))
    return Offer("", action, label, _terms(copy, scheme, around, row))


def _instead(copy: Copy, scheme: Scheme, around: Circumstances, action: Action, refusal: Refused) -> Label | None:
    """What the refusal says would be possible, else what there is instead of lending it there."""
    said = refusal.data.get("instead")
    if isinstance(said, Label):
        return said
    where = _PLACES.get(action)
    return instead_of(copy, scheme, around, where) if where and refusal.rule else None


def _with_keys(offers: list[Offer]) -> Iterator[Offer]:
    """Each with the key that chooses it: its own letter, else the next digit."""
    digit = 0
    for offer in offers:
        key = _OWN_KEYS.get(offer.action, "")
        if not key:
            digit += 1
            key = str(digit)
        yield Offer(key, offer.action, offer.label, offer.terms)


def _terms(copy: Copy, scheme: Scheme, around: Circumstances, row: Transition) -> Label:
    if row.action in _PLACES:
        return terms_label(copy, scheme, around, _PLACES[row.action])
    if row.action == Action.RETURN:
        condition = condition_label(copy.condition)
        return Label(
            zh=f"{copy.sheets} 张 {copy.pages} 页，{condition.zh}：一键归还并注销登记",
            en=f"{copy.sheets} sheets, {copy.pages} pages, {condition.en}: gives it back and closes the loan",
        )
    if row.action == Action.RESHELVE:
        return Label(
            zh=f"扫描此件，再扫描位置：{copy.place}",
            en=f"Scan the piece, then its place: {copy.place}",
        )
    if row.action == Action.OPEN_FINDING:
        found = difference_label(copy)
        return Label(
            zh=f"{found.zh}；另编号，结清前不再借出",
            en=f"{found.en}; numbered, not lent until settled",
        )
    return _PLAIN_TERMS[row.action]


_PLAIN_TERMS = {
    Action.RETURN_DIFFERENT: Label(
        zh="清点张数、页数、状况；有差不能注销登记",
        en="Count sheets, pages, condition; a difference keeps the loan open",
    ),
    Action.COUNT_AGAIN: Label(zh="相符即注销登记", en="Closes the loan where all is as recorded"),
    Action.CLOSE: Label(
        zh="按缺损登记所记注销，登记数改为清点数",
        en="Closes it with the finding; the record says what was counted",
    ),
    Action.SEND_TO_REPAIR: Label(zh="修好前不能再借", en="Not lent until it is repaired"),
    Action.REPAIRED: Label(
        zh="重新清点，转待归架；少了的先开缺损登记",
        en="Counted anew, then to be reshelved; what is gone needs a finding",
    ),
    Action.REPORT_MISSING: Label(zh="写明经过，找到前不能借", en="Say what happened; not lent until it is found"),
    Action.FOUND: Label(
        zh="借阅未注销的先清点，修复未完的接着修复，其余待归架",
        en="Counted where its loan is open, in repair where that is not done, else to be reshelved",
    ),
}
