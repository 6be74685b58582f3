"""A filing scheme (档案方案) as the archive uses it: what one kind of dossier is made of and which rules hold. Pure.

Schemes are data: `schemes/*.yaml` is validated into these models by `archive.domain.scheme_file`. Every rule carries
the clause of the office's own regulation it comes from, and a refusal quotes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archive.domain.record import Part


class Label(Part):
    """A name in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Rule(Part):
    """Where a rule stands: `id` is the product's name of it ("lending.3.1"), `clause` the office's own ("规范 三、3"),
    `words` what it says, quoted in refusals."""

    id: str
    clause: str
    words: Label


class Field(Part):
    """A field of the dossier. `name` ends in its type (`_k` keyword or choice, `_t` text, `_n` number or money in
    yuan, `_d` date)."""

    name: str
    label: Label
    kind: Literal["text", "number", "money", "date", "choice", "person_id", "phone"]
    required: bool = False
    searchable: bool = True
    listed: bool = False
    sensitive: bool = False
    choices: tuple[tuple[str, Label], ...] = ()


class Class(Part):
    """A class of the tree. `code` is the whole code, unique in the scheme ("JJ.JX.GPS")."""

    code: str
    label: Label
    words: tuple[str, ...] = ()
    children: tuple[Class, ...] = ()

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[Class, tuple[str, ...]]]:
        """This class and all below it, each with the codes above it, outermost first."""
        yield self, above
        for child in self.children:
            yield from child.walk((*above, self.code))


class Phase(Part):
    id: str
    label: Label
    words: tuple[str, ...] = ()


class DocumentType(Part):
    """A type of document. `words` recognise it: found at the top of the first page they weigh most."""

    id: str
    label: Label
    phase: str  # id; where it belongs unless said otherwise
    retention: str = "permanent"  # id of a retention period
    words: tuple[str, ...] = ()
    drawing: bool = False  # drawings stand after texts
    original: bool = True
    owed_by: Label | None = None
    signatures: tuple[Label, ...] = ()
    level: str = ""  # empty = the scheme's default
    order: Literal["time", "number", "drawing_list"] = "time"


class Retention(Part):
    id: str  # permanent, D30, D10
    label: Label
    code: str  # Y, D30, D10
    aliases: tuple[str, ...] = ()


class Level(Part):
    id: str
    label: Label
    seen_by: tuple[str, ...]  # roles


class Want(Part):
    """A line of the checklist: at least `least` documents of one of `types`."""

    id: str
    label: Label
    types: tuple[str, ...]
    least: int = 1
    phase: str = ""
    blocks: tuple[str, ...] = ()  # transitions of the life cycle it blocks while missing
    when: dict[str, tuple[str, ...]] = {}  # field name → values under which it holds; empty = always
    rule: Rule


class Transition(Part):
    """A step of the dossier's life cycle. `needs` are names of `archive.domain.life_cycle.NEEDS`."""

    id: str
    label: Label
    before: tuple[str, ...]
    after: str
    needs: tuple[str, ...] = ()
    deadline_days: int | None = None  # for the next state's step, calendar days from this one
    rule: Rule


class State(Part):
    id: str
    label: Label


class LifeCycle(Part):
    states: tuple[State, ...]  # in order; the first is where a dossier begins
    transitions: tuple[Transition, ...]


class Numbering(Part):
    """Patterns with gaps {prefix} {year} {counter:03d} {dossier} {volume:02d} {kind} {n}."""

    dossier: str
    copy_code: str = "{dossier}-{volume:02d}-{kind}{n}"
    prefix: str
    fonds: str = ""
    rule: Rule


class Arrangement(Part):
    """How documents go into volumes. `phases_apart`: documents of different phases never share a volume, unless the
    whole dossier is one. `max_sheets`: how thick a volume may be."""

    phases_apart: bool = True
    text_and_drawings: Literal["together", "apart"] = "together"
    group_by: tuple[Literal["phase", "type", "class"], ...] = ("phase",)
    order: tuple[Literal["phase", "drawing_last", "number", "time", "type"], ...] = ("phase", "drawing_last", "time")
    max_sheets: int = 200
    rule: Rule


class LendingRule(Part):
    """What the scheme allows for one kind of copy at one place. `consent` names the roles one of which must have
    consented; `due_days` 0 = the same day, at `Lending.closes`; `keep` copies must stay on the shelf."""

    copy_kind: Literal["original", "photocopy"]
    where: Literal["premises", "outside"]
    allowed: bool
    consent: tuple[str, ...] = ()
    due_days: int = 0
    exceptions: bool = True  # another due day, with reason and who consented
    keep: int = 0
    rule: Rule


class Lending(Part):
    rules: tuple[LendingRule, ...]
    closes: str = "17:30"  # local time at which things due a day are due
    check_rule: Rule  # what comes back is checked against the record

    def rule_for(self, copy_kind: str, where: str) -> LendingRule | None:
        return next((r for r in self.rules if r.copy_kind == copy_kind and r.where == where), None)


class Scheme(Part):
    """One filing scheme. Lookups by id return None where there is no such thing."""

    id: str
    label: Label
    unit: Label
    regulation: Label  # name of the office's regulation the clauses refer to
    fields: tuple[Field, ...]
    classes: tuple[Class, ...]
    phases: tuple[Phase, ...]
    types: tuple[DocumentType, ...]
    retentions: tuple[Retention, ...]
    levels: tuple[Level, ...]
    default_level: str
    checklist: tuple[Want, ...]
    life_cycle: LifeCycle
    numbering: Numbering
    arrangement: Arrangement
    lending: Lending

    def type(self, id: str) -> DocumentType | None:
        return next((t for t in self.types if t.id == id), None)

    def phase(self, id: str) -> Phase | None:
        return next((p for p in self.phases if p.id == id), None)

    def class_path(self, code: str) -> tuple[str, ...]:
        """The codes above `code` and itself, outermost first; empty if there is no such class."""
        for top in self.classes:
            for found, above in top.walk():
                if found.code == code:
                    return (*above, code)
        return ()

    def find_class(self, code: str) -> Class | None:
        return next((c for top in self.classes for c, _ in top.walk() if c.code == code), None)

    def mark(self, level: str) -> str:
        """The access mark of a record of this scheme at `level`."""
        return f"{self.id}/{level or self.default_level}"
