"""The checklist of a dossier as the screen shows it: a cell a required document, grouped by phase; what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.domain.checklist import Checked, WantState
from archive.domain.scheme import Scheme
from webui.language import label, words


@dataclass(frozen=True, slots=True)
class Cell:
    """One required document: `state` as the parts draw it."""

    id: str
    label: str
    state: str
    href: str


@dataclass(frozen=True, slots=True)
class PhaseCells:
    label: str
    here: int
    wanted: int
    waived: int
    items: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Wanting:
    """A required document that is missing or waived; `words` who owes it, and the clause; `reason` why it is waived."""

    id: str
    label: str
    words: str
    waivable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    groups: Sequence[PhaseCells]
    here: int
    wanted: int
    waived: int
    missing: Sequence[Wanting]
    waivers: Sequence[Wanting]


def shown(scheme: Scheme, checked: Sequence[Checked], reasons: Mapping[str, str]) -> Shown:
    """The checklist; `reasons` are those of what is waived, by the line's id."""
    groups = [_group(name, [line for line in checked if line.want.phase == id]) for id, name in _phases(scheme)]
    groups = [group for group in groups if group.items]
    return Shown(
        groups=groups,
        here=sum(group.here for group in groups),
        wanted=sum(group.wanted for group in groups),
        waived=sum(group.waived for group in groups),
        missing=[one for line in checked if line.state == WantState.MISSING for one in _wanting(scheme, line, reasons)],
        waivers=[one for line in checked if line.state == WantState.WAIVED for one in _wanting(scheme, line, reasons)],
    )


def _phases(scheme: Scheme) -> list[tuple[str, str]]:
    return [*((phase.id, label(phase.label)) for phase in scheme.phases), ("", words("Phase not settled"))]


def _group(name: str, lines: Sequence[Checked]) -> PhaseCells:
    cells = [Cell(line.want.id, label(line.want.label), line.state.value, _place(line)) for line in lines]
    return PhaseCells(
        label=name,
        here=sum(line.state in (WantState.HERE, WantState.IN_HAND) for line in lines),
        wanted=sum(line.state != WantState.WAIVED for line in lines),
        waived=sum(line.state == WantState.WAIVED for line in lines),
        items=cells,
    )


def _place(line: Checked) -> str:
    """Where on the page more is said of it."""
    named = line.state == WantState.MISSING
    return f"#want-{line.want.id}" if named else "#checklist"


def _wanting(scheme: Scheme, line: Checked, reasons: Mapping[str, str]) -> list[Wanting]:
    """The line, or each of its periods that lacks it; only the first carries the form to waive it."""
    want = line.want
    owers = [t.owed_by for id in want.types if (t := scheme.type(id)) and t.owed_by]
    owed = words("owed by {who}", who=label(owers[0])) if owers else ""
    said = "\u3000".join(part for part in (owed, want.rule.clause) if part)
    names = [label(name) for name in line.missing] or [label(want.label)]
    reason = reasons.get(want.id, "")
    return [Wanting(want.id, name, said, want.waivable and n == 0, reason) for n, name in enumerate(names)]
