"""Dossiers: opening one under a number that only it has, its record, its life, and how it stands with its checklist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from archive.domain import arrangement, checklist, life_cycle
from archive.domain.access import Access, Actor, Permission
from archive.domain.checklist import Checked
from archive.domain.document import Document, Review
from archive.domain.dossier import Dossier, FieldValue, StateChange
from archive.domain.life_cycle import Facts, Missing, Step
from archive.domain.numbering import tidy
from archive.domain.page_filing import mark_of
from archive.domain.query import Is
from archive.domain.scheme import Label, Scheme
from archive.domain.titles import joined, titles_for
from archive.errors import InvalidInput, NotFound, Refused
from archive.ports import Ports
from archive.services import audit, copies, filing, numbers, offering
from archive.services.revising import revise

PART = 500  # documents asked for at once
MOST_NAME = 300


# --- finding ------------------------------------------------------------------------------------------------------


def by_number(ports: Ports, access: Access, number: str) -> Dossier:
    """The dossier of a number as typed, a former one too. Raises NotFound where there is none, or none for this
    person."""
    found = numbers.bearers(ports, [tidy(number)])
    for dossier in found.values():
        if access.allows(dossier.mark):
            return dossier
    raise NotFound("not_found", what=number.strip())


def documents_of(ports: Ports, access: Access, id: str) -> list[Document]:
    """The documents of a dossier, as far as they may be seen; each as it is now."""
    ids: list[str] = []
    while True:
        part = ports.index.select(Document, Is.of("dossier", id), access, order=("id",), size=PART, start=len(ids))
        ids += [read.record.id for read in part.records]
        if not part.records or len(ids) >= part.total:
            break
    found = [read.record for read in ports.index.get_many(Document, ids).values()]
    return [one for one in found if one.dossier == id and access.allows(one.mark)]


def looked_up(ports: Ports, actor: Actor, number: str) -> Dossier:
    """The dossier of a number for somebody who opens it: as `by_number`, and the look is recorded."""
    dossier = by_number(ports, actor.access, number)
    audit.look(ports, actor, dossier.id, kind=Dossier.kind)
    return dossier


# --- opening and changing -----------------------------------------------------------------------------------------


def create(
    ports: Ports,
    actor: Actor,
    *,
    scheme: str,
    name: str,
    number: str = "",
    cls: str = "",
    fields: Mapping[str, FieldValue] | None = None,
    level: str = "",
    responsible: str = "",
    aliases: Sequence[str] = (),
) -> Dossier:
    """Opens a dossier; without a number it gets the scheme's next. Fields that are given are checked, and then none
    that the scheme requires may be missing. `aliases` are its former numbers. Raises Forbidden, InvalidInput, Conflict
    where another dossier bears a number."""
    actor.must(Permission.FILE)
    rules = _scheme(ports, scheme)
    record = {
        **_checked(rules, name=name, cls=cls, fields=fields, level=level or rules.default_level),
        "responsible": responsible.strip(),
    }
    former = _former(aliases)
    numbers.refuse_borne(ports, former)
    wanted = tidy(number)
    if wanted:
        numbers.claim_number(ports, actor, rules, wanted, record["name"])
    else:
        wanted = numbers.next_dossier_number(ports, actor, rules, record["name"])
    former = _former(aliases, but=wanted)
    numbers.claim_former(ports, actor, rules, numbers.dossier_id(wanted), former)
    return _opened(ports, actor, rules, wanted, {**record, "aliases": former})


def _former(aliases: Sequence[str], *, but: str = "") -> tuple[str, ...]:
    """Former numbers as they are kept, without the dossier's own."""
    tidied = dict.fromkeys(tidy(alias) for alias in aliases)
    return tuple(alias for alias in tidied if alias not in ("", but))


def _scheme(ports: Ports, id: str) -> Scheme:
    if id not in ports.schemes:
        raise InvalidInput("filing_unknown", field="scheme", value=id, known=", ".join(ports.schemes))
    return ports.schemes[id]


def _opened(ports: Ports, actor: Actor, scheme: Scheme, number: str, record: Mapping[str, Any]) -> Dossier:
    now = ports.clock.now()
    state = life_cycle.first_state(scheme).id
    dossier = Dossier(
        id=numbers.dossier_id(number),
        number=number,
        scheme=scheme.id,
        mark=scheme.mark(record["level"]),
        state=state,
        history=(StateChange(state=state, at=now, by=actor.login, on=ports.clock.today()),),
        created_at=now,
        last=audit.event(ports, actor, "create", number=number, name=record["name"]),
        **record,
    )
    made = audit.create(ports, dossier)
    ports.index.refresh(made.seq)
    offering.offer(ports, made.record)
    return made.record


def _checked(
    scheme: Scheme, *, name: str, cls: str, fields: Mapping[str, FieldValue] | None, level: str
) -> dict[str, Any]:
    if not name.strip() or len(name.strip()) > MOST_NAME:
        raise InvalidInput("dossier_name_needed", field="name", most=MOST_NAME)
    if cls and cls not in [leaf.code for leaf in scheme.leaves()]:
        raise InvalidInput("filing_unknown", field="cls", value=cls, known=", ".join(x.code for x in scheme.leaves()))
    if level not in [one.id for one in scheme.levels]:
        raise InvalidInput("filing_unknown", field="level", value=level, known=", ".join(x.id for x in scheme.levels))
    kept = {} if fields is None else _checked_fields(scheme, fields)
    return {"name": name.strip(), "cls": cls, "classes": scheme.class_path(cls), "level": level, "fields": kept}


def _checked_fields(scheme: Scheme, fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    for name, value in fields.items():
        field = scheme.field(name)
        if field is None:
            raise InvalidInput("filing_unknown", field=name, value=name, known=", ".join(f.name for f in scheme.fields))
        choices = [id for id, _ in field.choices]
        if field.kind == "choice" and value not in (None, "", *choices):
            raise InvalidInput("filing_unknown", field=name, value=str(value), known=", ".join(choices))
        if value not in (None, "") and not _is_of_kind(field.kind, value):
            raise InvalidInput("dossier_field_wrong", field=name, name=field.label, value=str(value))
    for field in scheme.fields:
        if field.required and fields.get(field.name) in (None, ""):
            raise InvalidInput("dossier_field_needed", field=field.name, name=field.label)
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _is_of_kind(kind: str, value: FieldValue) -> bool:
    """Whether a value can stand in a field of this kind; kept records give days as ISO text."""
    if kind in ("number", "money"):
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if kind == "date":
        return isinstance(value, date) or (isinstance(value, str) and _is_day(value))
    return isinstance(value, str)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def edit(
    ports: Ports, actor: Actor, id: str, *, name: str, cls: str, fields: Mapping[str, FieldValue], level: str,
    responsible: str = "", aliases: Sequence[str] | None = None,
) -> Dossier:  # fmt: skip
    """Changes a dossier's record; its documents, pages and copies follow. None leaves its former numbers. Raises
    NotFound, Forbidden, InvalidInput, Conflict where another dossier bears a number."""
    actor.must(Permission.FILE)
    before = dossier_at(ports, actor, id)
    scheme = ports.schemes[before.scheme]
    record = _checked(scheme, name=name, cls=cls, fields=fields, level=level or scheme.default_level)
    former = before.aliases if aliases is None else _former(aliases, but=before.number)
    numbers.refuse_borne(ports, former, but=id)
    dropped = numbers.former_claims(ports, id, set(before.aliases) - set(former))
    numbers.claim_former(ports, actor, scheme, id, former)
    changes = {**record, "responsible": responsible.strip(), "mark": scheme.mark(record["level"]), "aliases": former}
    raised = scheme.narrowest((before.level, record["level"])) != before.level
    if raised:  # what becomes narrower is hidden before the dossier says so
        mark_documents(ports, actor, before.model_copy(update=changes), ahead=True)
    written = revise(ports, Dossier, id, lambda d: _edited(ports, actor, d, changes)).record
    numbers.release(ports, dropped)
    mark_documents(ports, actor, written)
    for document in documents_of(ports, Access.whole_archive(), id):
        filing.refile_pages(ports, ports.index.get(Document, document.id))
    copies.keep_in_step(ports, id)
    ports.index.refresh(ports.index.get(Dossier, id).seq)
    return written


def _edited(ports: Ports, actor: Actor, dossier: Dossier, changes: Mapping[str, Any]) -> Dossier:
    changed = [name for name, value in changes.items() if getattr(dossier, name) != value]
    return dossier.model_copy(update={**changes, "last": audit.event(ports, actor, "edit", changed=changed)})


def mark_documents(
    ports: Ports, actor: Actor, dossier: Dossier, documents: Sequence[Document] | None = None, *, ahead: bool = False
) -> int:
    """Closes or opens a dossier's documents (as read before, or all) to view as its record says; how many were
    changed. What it says now decides, unless `ahead`: then it is about to say what `dossier` does."""
    scheme = ports.schemes[dossier.scheme]
    read = documents_of(ports, Access.whole_archive(), dossier.id) if documents is None else documents
    differing = [one.id for one in read if one.mark != mark_of(one, dossier, scheme)]
    changed = sum(_marked(ports, actor, id, dossier, ahead=ahead) for id in differing)
    now = dossier if ahead else ports.index.get(Dossier, dossier.id).record
    if now.level == dossier.level:
        return changed
    return changed + mark_documents(ports, actor, now)  # who changed it may have been quicker


def _marked(ports: Ports, actor: Actor, id: str, dossier: Dossier, *, ahead: bool) -> bool:
    told = {"changed": False}

    def change(document: Document) -> Document | None:
        told["changed"] = False
        if document.dossier != dossier.id:
            return None  # moved meanwhile: another dossier says it
        now = dossier if ahead else ports.index.get(Dossier, dossier.id).record
        mark = mark_of(document, now, ports.schemes[now.scheme])
        if mark == document.mark:
            return None
        told["changed"] = True
        last = audit.event(ports, actor, "follow_dossier", mark=mark)
        return document.model_copy(update={"mark": mark, "last": last})

    revise(ports, Document, id, change)
    return told["changed"]


def dossier_at(ports: Ports, actor: Actor, id: str) -> Dossier:
    """The dossier with this id, if this person may see it. Raises NotFound for both reasons alike."""
    dossier = ports.index.get(Dossier, id).record
    if not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=id)
    return dossier


# --- how it stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A dossier with its checklist and the steps of its life, each with what it still needs. `documents` are those
    this person may see; checklist and steps count all."""

    dossier: Dossier
    documents: Sequence[Document]
    checklist: Sequence[Checked]
    steps: Sequence[Step]


def standing(ports: Ports, actor: Actor, id: str) -> Standing:
    """How a dossier stands now. Raises NotFound."""
    actor.must(Permission.SEARCH)
    dossier = dossier_at(ports, actor, id)
    scheme = ports.schemes[dossier.scheme]
    documents = documents_of(ports, Access.whole_archive(), id)
    checked = checklist.check(scheme, dossier, documents, ports.clock.today())
    steps = life_cycle.steps_of(scheme, dossier, _facts(ports, actor.access, dossier, documents, checked))
    return Standing(dossier, [d for d in documents if actor.access.allows(d.mark)], checked, steps)


def _facts(
    ports: Ports, access: Access, dossier: Dossier, documents: Sequence[Document], checked: Sequence[Checked]
) -> Facts:
    there = copies.copies_of(ports, Access.whole_archive(), dossier.id)
    unfixed = [volume for volume in dossier.volumes if volume.items and not volume.is_fixed]
    return Facts(
        missing=checklist.missing_by_step(checked),
        unsigned=checklist.unsigned(ports.schemes[dossier.scheme], documents, access),
        unreviewed=titles_for(access, [d for d in documents if d.review == Review.WAITING]),
        unarranged=titles_for(access, [d for d in documents if arrangement.is_loose(dossier, d)]),
        unfixed=[_named(f"{dossier.number}-{volume.number:02d}") for volume in unfixed],
        placeless=[_named(copy.id) for copy in there if not str(copy.place).strip()],
        lent=[_named(copy.id) for copy in there if copy.open_loan],
    )


def _named(name: str) -> Label:
    return Label(zh=name, en=name)


def take_step(ports: Ports, actor: Actor, id: str, step: str, *, on: date | None = None, reason: str = "") -> Dossier:
    """Takes a step of the dossier's life; `on` is the day of the event itself, today where None. Raises Refused with
    what is wanting, InvalidInput, NotFound, Forbidden."""
    actor.must(Permission.FILE)
    today = ports.clock.today()
    day = on or today
    if day > today:
        raise InvalidInput("step_in_future", field="on", day=day.isoformat())

    def change(dossier: Dossier) -> Dossier:
        wanted = _step(ports, actor, dossier, step)
        if wanted.reason and not reason.strip():
            raise InvalidInput("reason_needed", field="reason")
        made = StateChange(
            state=wanted.transition.after,
            at=ports.clock.now(),
            by=actor.login,
            step=step,
            on=day,
            reason=reason.strip(),
        )
        last = audit.event(ports, actor, "step", step=step, to=wanted.transition.after, on=day.isoformat())
        due = dossier.due_on if wanted.is_inspection else life_cycle.deadline(wanted.transition, day)
        update = {"state": made.state, "history": (*dossier.history, made), "due_on": due, "last": last}
        return dossier.model_copy(update=update)

    written = revise(ports, Dossier, id, change)
    ports.index.refresh(written.seq)
    return written.record


def _step(ports: Ports, actor: Actor, dossier: Dossier, id: str) -> Step:
    found = next((s for s in standing(ports, actor, dossier.id).steps if s.transition.id == id), None)
    if found is None:
        raise Refused("step_not_now", number=dossier.number)
    if found.lacks:
        raise _lacking(found)
    return found


def _lacking(step: Step) -> Refused:
    """What a step lacks; the rule of the first is quoted, and where they differ each has its clause."""
    missing = [one for lack in step.lacks for one in lack.missing]
    rule = missing[0].rule
    said = [one.name if all(other.rule == rule for other in missing) else _with_clause(one) for one in missing]
    return Refused(
        "step_lacks", rule=rule.id, clause=rule.clause, words=rule.words, step=step.transition.label, lacks=joined(said)
    )


def _with_clause(missing: Missing) -> Label:
    name, clause = missing.name, missing.rule.clause
    return Label(zh=f"{name.zh}（{clause}）", en=f"{name.en} ({clause})")


def waive(ports: Ports, actor: Actor, id: str, want: str, *, reason: str = "", back: bool = False) -> Dossier:
    """Says that a line of the checklist does not apply here, with the reason; `back` takes that back. Raises
    InvalidInput, Refused where it cannot be waived, NotFound, Forbidden."""
    actor.must(Permission.FILE)
    dossier_at(ports, actor, id)

    def change(dossier: Dossier) -> Dossier:
        line = next((one for one in ports.schemes[dossier.scheme].checklist if one.id == want), None)
        if line is None:
            raise InvalidInput("filing_unknown", field="want", value=want, known="")
        if not line.waivable:
            raise Refused(
                "want_not_waivable", rule=line.rule.id, clause=line.rule.clause, words=line.rule.words, name=line.label
            )
        if not back and not reason.strip():
            raise InvalidInput("reason_needed", field="reason")
        waived = [one for one in dossier.waived if one != want]
        because = {one: said for one, said in dossier.waived_because.items() if one != want}
        if not back:
            waived.append(want)
            because[want] = reason.strip()
        last = audit.event(ports, actor, "unwaive" if back else "waive", want=want, reason=reason.strip())
        return dossier.model_copy(update={"waived": tuple(waived), "waived_because": because, "last": last})

    return revise(ports, Dossier, id, change).record
