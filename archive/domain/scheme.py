"""A filing scheme (档案方案) as the archive uses it: what one kind of dossier is made of and which rules hold. Pure.

Schemes are data: `schemes/*.yaml` is validated into these models by `archive.domain.scheme_file`. Every rule carries
the clause of the office's own regulation it comes from, and a refusal quotes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from archive.domain.record import Part

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Label(Part):
    """A name in both languages. In a scheme's file it may be written `中文 | English`."""

    zh: Words
    en: Words

    @model_validator(mode="before")
    @classmethod
    def _from_one_line(cls, value: object) -> object:
        if isinstance(value, str) and value.count("|") == 1:
            chinese, english = value.split("|")
            return {"zh": chinese, "en": english}
        return value

    def in_(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


When = dict[str, tuple[str, ...]]  # name of a field of the dossier → values under which something holds


def holds(when: When, fields: Mapping[str, object]) -> bool:
    """Whether a dossier with these fields is one that `when` speaks of; an empty one speaks of all."""
    return all(str(fields.get(name) or "") in values for name, values in when.items())


class Party(Label):
    """Somebody who signs or owes papers: owner, designer, contractor, supervisor, a department."""

    id: str


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

    @model_validator(mode="before")
    @classmethod
    def _choices_as_pairs(cls, value: object) -> object:
        if isinstance(value, Mapping) and isinstance(value.get("choices"), Mapping):
            return {**value, "choices": tuple(value["choices"].items())}
        return value


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


class Specialty(Part):
    """A specialty of drawings and works (structure, drainage, electrical …)."""

    id: str
    label: Label
    words: tuple[str, ...] = ()


class DocumentType(Part):
    """A type of document. `words` recognise it: found at the top of the first page they weigh most. Those in
    `signatures` must have signed it, by `signatures_rule` before a step that needs what is `signed`; `owed_by` has to
    supply it."""

    id: str
    label: Label
    phase: str  # id; where it belongs unless said otherwise
    retention: str = "permanent"  # id of a retention period
    words: tuple[str, ...] = ()
    drawing: bool = False  # drawings stand after texts
    original: bool = True
    owed_by: Party | None = None
    signatures: tuple[Party, ...] = ()
    signatures_rule: Rule | None = None
    level: str = ""  # empty = the scheme's default
    order: Literal["time", "number", "drawing_list"] = "time"


class Retention(Part):
    """How long something is kept. A scheme lists them from the longest to the shortest."""

    id: str  # permanent, D30, D10
    label: Label
    code: str  # Y, D30, D10
    aliases: tuple[str, ...] = ()
    years: int | None = None  # None = for ever


class Level(Part):
    """Who may see what. A scheme lists them from the widest to the narrowest."""

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
    when: When = {}
    waivable: bool = True  # a person may say that it does not apply here, with a reason
    per: Literal["", "month", "quarter", "year"] = ""  # `least` in each such period …
    between: tuple[str, str] | None = None  # … from and to the days in these two fields, both included
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
    rule: Rule


class VolumeGroup(Part):
    """Papers that share volumes: documents of `types` in `phase`. `apart`: one
    volume for each building, specialty or part; `order`: how they follow each other inside."""

    id: str
    label: Label
    phase: str
    types: tuple[str, ...]
    apart: tuple[Literal["building", "specialty", "part"], ...] = ()
    order: tuple[Literal["type", "building", "specialty", "part", "number", "time"], ...] = ("type", "time")


class Arrangement(Part):
    """How documents go into volumes. `phases_apart`: documents of different phases never share a volume, unless the
    whole dossier is one. `max_sheets`: how thick a volume may be; `sheet_mm` tells it in millimetres.
    `pages_per_sheet` estimates sheets from scanned pages until somebody counts them. `one_volume_sheets`: a dossier
    up to this thickness is proposed as one volume. `groups` name the volumes and what stands in them, in order."""

    phases_apart: bool = True
    max_sheets: int = 200
    sheet_mm: float = 0.2
    pages_per_sheet: int = 1
    one_volume_sheets: int = 0
    groups: tuple[VolumeGroup, ...] = ()
    rule: Rule
    phases_rule: Rule | None = None  # quoted where phases would be mixed
    order_rule: Rule | None = None  # why documents stand as they do
    fixed_rule: Rule  # a fixed volume never shifts

    def looks_at(self, name: str) -> bool:
        """Whether its groups part or order documents by this field of theirs."""
        return any(name in (*group.apart, *group.order) for group in self.groups)


class LendingRule(Part):
    """What the scheme allows for one kind of copy at one place. `consent` names the roles one of which must have
    consented; `due_days` 0 = the same day, at `Lending.closes`; `keep` copies must stay on the shelf.

    A rule with `types` or `when` is a special one and goes before the general. One that keeps copies speaks of volumes
    that hold nothing but its `types`: in a volume of many papers it would keep all the others too. Any other speaks of
    volumes that hold one of them."""

    copy_kind: Literal["original", "photocopy"]
    where: Literal["premises", "outside"]
    allowed: bool
    consent: tuple[str, ...] = ()
    due_days: int = 0
    exceptions: bool = True  # another due day, with reason and who consented
    keep: int = 0
    types: tuple[str, ...] = ()
    when: When = {}
    rule: Rule

    @property
    def is_special(self) -> bool:
        return bool(self.types or self.when)

    def speaks_of(self, types: Sequence[str]) -> bool:
        """Whether it is a rule for volumes that hold documents of these types, as far as these decide it."""
        if not self.types:
            return True
        held = set(types)
        return held.issubset(self.types) and bool(held) if self.keep else bool(held.intersection(self.types))


class Lending(Part):
    rules: tuple[LendingRule, ...]
    closes: str = "17:30"  # local time at which things due a day are due
    check_rule: Rule  # what comes back is checked against the record

    def rule_for(
        self, copy_kind: str, where: str, types: Sequence[str] = (), fields: Mapping[str, object] | None = None
    ) -> LendingRule | None:
        """The rule for a copy of a volume that holds documents of `types`, in a dossier with these fields: the special
        one before the general."""
        fitting = [r for r in self.rules if r.copy_kind == copy_kind and r.where == where]
        special = [r for r in fitting if r.is_special and r.speaks_of(types) and holds(r.when, fields or {})]
        return next(iter(special or [r for r in fitting if not r.is_special]), None)

    def asks_fields(self, types: Sequence[str]) -> bool:
        """Whether what holds for a volume with these types depends on fields of its dossier."""
        return any(rule.when and rule.speaks_of(types) for rule in self.rules)


class Keys(Part):
    """Who holds keys of the cabinets, and which of them are spare: each use of a spare key is recorded and told."""

    holders: tuple[Party, ...]
    spare: tuple[str, ...] = ()  # ids of holders
    told: str = ""  # role that is told of a spare key's use
    rule: Rule


class Custody(Part):
    """Where paper stands, in the office's words for the three parts of a place."""

    cabinet: Label
    shelf: Label
    box: Label
    keys: Keys | None = None
    damage_rule: Rule  # damage found is a repair at once; not lent until repaired


class Handing(Part):
    """A hand-over (移交) the scheme asks for: from whom, to whom, when."""

    id: str
    label: Label
    giver: Party
    receiver: Party
    when: Label
    rule: Rule


class DueReport(Part):
    """A list that is due by a day of every month, to a role."""

    id: str
    label: Label
    day: int
    to: str
    rule: Rule


class Appraisal(Part):
    """Papers that are not to be kept (鉴定): listed, with a reason, taken back where need be."""

    by: tuple[str, ...]  # roles
    reasons: tuple[Label, ...]
    rule: Rule


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
    parties: tuple[Party, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    custody: Custody
    handings: tuple[Handing, ...] = ()
    reports: tuple[DueReport, ...] = ()
    appraisal: Appraisal
    forms: Literal["GB/T 11822", "GB/T 50328"] = "GB/T 11822"
    rules: tuple[Rule, ...] = ()  # all of them, as the file lists them

    def type(self, id: str) -> DocumentType | None:
        return next((t for t in self.types if t.id == id), None)

    def phase(self, id: str) -> Phase | None:
        return next((p for p in self.phases if p.id == id), None)

    def specialty(self, id: str) -> Specialty | None:
        return next((s for s in self.specialties if s.id == id), None)

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)

    def retention(self, name: str) -> Retention | None:
        """The period with this id, code or old name."""
        return next((r for r in self.retentions if name in (r.id, r.code, *r.aliases)), None)

    def rule(self, id: str) -> Rule | None:
        return next((r for r in self.rules if r.id == id), None)

    def class_path(self, code: str) -> tuple[str, ...]:
        """The codes above `code` and itself, outermost first; empty if there is no such class."""
        for top in self.classes:
            for found, above in top.walk():
                if found.code == code:
                    return (*above, code)
        return ()

    def find_class(self, code: str) -> Class | None:
        return next((c for top in self.classes for c, _ in top.walk() if c.code == code), None)

    def leaves(self) -> Iterator[Class]:
        """The classes a dossier may sit at."""
        return (found for top in self.classes for found, _ in top.walk() if not found.children)

    def mark(self, level: str) -> str:
        """The access mark of a record of this scheme at `level`."""
        return f"{self.id}/{level or self.default_level}"

    def narrowest(self, levels: Iterable[str]) -> str:
        """The narrowest of these levels; empty ones do not count, and none at all means the default."""
        order = [level.id for level in self.levels]
        known = [level for level in levels if level in order]
        return max(known, key=order.index, default=self.default_level)
