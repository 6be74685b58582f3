"""Counting what comes back: how it differs from the record. Pure.

Sheets, pages, condition and missing pages are compared; what differs blocks closing the loan (see
`archive.domain.lending`).
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.domain.condition import condition_label, read_condition, worse
from archive.domain.copy import Copy, CopyState, Counted
from archive.domain.scheme import Label
from archive.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Difference:
    """Counted less recorded; what is newly wrong; the pages said to be missing."""

    sheets: int
    pages: int
    condition: tuple[str, ...]
    missing: tuple[int, ...]


def difference_of(copy: Copy) -> Difference | None:
    """How the last count differs from the record; None where it does not. What was not counted yet does not differ
    from itself: a copy that was lost while out and is found again must be counted first (guard)."""
    counted = copy.loan.counted if copy.loan else None
    return None if counted is None else compare(copy, counted)


def compare(copy: Copy, counted: Counted) -> Difference | None:
    """How what was counted differs from the record; None where it does not."""
    found = Difference(
        sheets=counted.sheets - copy.sheets,
        pages=counted.pages - copy.pages,
        condition=worse(counted.condition, copy.condition),
        missing=counted.missing_pages,
    )
    return found if found.sheets or found.pages or found.condition or found.missing else None


def difference_label(copy: Copy) -> Label:
    """The difference in words: "差 2 张、2 页，新有折损"."""
    found = difference_of(copy)
    if found is None:
        return Label(
            zh="下落不明" if copy.state == CopyState.MISSING else "尚未清点",
            en="not here to be counted",
        )
    zh, en = _amounts(found)
    if found.missing:
        pages = "、".join(str(page) for page in found.missing)
        zh.append(f"缺第 {pages} 页")
        en.append(f"pages {pages.replace('、', ', ')} missing")
    if found.condition:
        label = condition_label(" ".join(found.condition))
        zh.append(f"新有{label.zh}")
        en.append(f"newly {label.en}")
    return Label(zh="，".join(zh), en=", ".join(en))


def short_label(copy: Copy, sheets: int | None, pages: int | None) -> Label | None:
    """What is gone of the sheets and pages on record, in words; None where nothing is. None counts as on record."""
    found = Difference(
        sheets=0 if sheets is None else sheets - copy.sheets,
        pages=0 if pages is None else pages - copy.pages,
        condition=(),
        missing=(),
    )
    if found.sheets >= 0 and found.pages >= 0:
        return None
    zh, en = _amounts(found)
    return Label(zh="，".join(zh), en=", ".join(en))


def _amounts(found: Difference) -> tuple[list[str], list[str]]:
    zh, en = [], []
    for number, unit, word in (
        (found.sheets, "张", "sheets"),
        (found.pages, "页", "pages"),
    ):
        if number:
            zh.append(f"{'差' if number < 0 else '多'} {abs(number)} {unit}")
            en.append(f"{abs(number)} {word} {'short' if number < 0 else 'too many'}")
    return zh, en


def check_counted(counted: Counted) -> Counted:
    """The count with its condition in kept form. Raises InvalidInput for numbers that cannot be."""
    for name, number in (("sheets", counted.sheets), ("pages", counted.pages)):
        if number < 0:
            raise InvalidInput("count_below_zero", field=name, given=number)
    pages = tuple(sorted(set(counted.missing_pages)))
    return counted.model_copy(update={"condition": read_condition(counted.condition), "missing_pages": pages})
