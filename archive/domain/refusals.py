"""Refusals of several pieces at once: each distinct reason is said once and names the pieces it is about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.scheme import Label
from archive.errors import Refused

NAMED = 5  # codes written out in a sentence


def together(refusals: Sequence[Refused]) -> Refused:
    """These refusals, each about one piece (`code`), as one. Where there are several reasons they are its
    `refusals`."""
    reasons = [_naming(same) for same in _by_reason(refusals)]
    if len(reasons) == 1:
        return reasons[0]
    said = Label(zh="".join(one.told_in("zh") for one in reasons), en=" ".join(one.told_in("en") for one in reasons))
    return Refused("refused_each", reasons=said, refusals=reasons)


def _by_reason(refusals: Sequence[Refused]) -> list[list[Refused]]:
    found: list[list[Refused]] = []
    for one in refusals:
        same = next((group for group in found if _reason(group[0]) == _reason(one)), None)
        if same is None:
            found.append([one])
        else:
            same.append(one)
    return found


def _reason(refusal: Refused) -> tuple[str, dict[str, object]]:
    return refusal.key, {name: value for name, value in refusal.data.items() if name != "code"}


def _naming(same: Sequence[Refused]) -> Refused:
    """The first of them, naming the pieces of all."""
    codes = [str(one.data["code"]) for one in same if "code" in one.data]
    if len(codes) < 2:
        return same[0]
    said = {name: value for name, value in same[0].data.items() if name not in ("rule", "clause")}
    named = {**said, "code": _codes(codes), "codes": codes}
    return Refused(same[0].key, rule=same[0].rule, clause=same[0].clause, **named)


def _codes(codes: Sequence[str]) -> Label:
    named, more = codes[:NAMED], len(codes) - NAMED
    if more <= 0:
        return Label(zh="、".join(named), en=", ".join(named))
    return Label(zh=f"{'、'.join(named)} 等 {len(codes)} 件", en=f"{', '.join(named)} and {more} more")
