"""Copies of volumes: registered, found by their code, kept in step with their dossier. Lends nothing.

A copy's code is its id, so it is unique. What stands in the copy of its dossier and volume (number, name, access
mark, types) follows from these and is written again by `keep_in_step`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.domain.access import SYSTEM, Access, Actor, Permission
from archive.domain.condition import GOOD, read_condition
from archive.domain.copy import Copy, CopyKind, CopyState
from archive.domain.document import Document
from archive.domain.dossier import LATE, Dossier, Place, Volume
from archive.domain.ids import DossierId, volume_key
from archive.domain.lending_rules import Circumstances
from archive.domain.numbering import ORIGINAL, PHOTOCOPY, copy_code, near_codes, tidy
from archive.domain.page_filing import mark_of
from archive.domain.query import Contains, Is
from archive.domain.record import Versioned
from archive.domain.scheme import Label
from archive.errors import Conflict, InvalidInput, NotFound
from archive.ports import Ports
from archive.services import audit
from archive.services.revising import revise

KIND_LETTERS = {CopyKind.ORIGINAL: ORIGINAL, CopyKind.PHOTOCOPY: PHOTOCOPY}
KIND_NAMES = {
    CopyKind.ORIGINAL: Label(zh="原件", en="Original"),
    CopyKind.PHOTOCOPY: Label(zh="常备复印件", en="Standing photocopy"),
}
MOST_COPIES = 99  # standing photocopies of one volume
NEAR_SHOWN = 5


# --- registering ------------------------------------------------------------------------------------------------


def register_copy(
    ports: Ports,
    actor: Actor,
    dossier_id: str,
    volume: int,
    *,
    kind: str = CopyKind.ORIGINAL,
    place: Place | None = None,
    sheets: int | None = None,
    pages: int | None = None,
    condition: str = GOOD,
) -> Copy:
    """Registers the original of a fixed volume, or one more standing photocopy of it, and gives it its code. The
    original is registered once: asked again, the one that is there is given. What is not said is the volume's.

    Raises NotFound, Forbidden, InvalidInput (no such volume, not fixed, unknown kind or condition).
    """
    actor.must(Permission.ARRANGE)
    kind_ = _kind(kind)
    dossier = _dossier(ports, actor, dossier_id)
    of = _fixed_volume(dossier, volume, kind_)
    given = {
        "copy_kind": kind_.value,
        "place": place or of.place,
        "sheets": of.sheets if sheets is None else sheets,
        "pages": of.pages if pages is None else pages,
        "condition": read_condition(condition),
    }
    for name in ("sheets", "pages"):
        if int(str(given[name])) < 0:
            raise InvalidInput("count_below_zero", field=name, given=given[name])
    return _first_free(
        ports,
        dossier,
        of,
        kind_,
        lambda code: _new(ports, actor, dossier, of, code, given),
    )


def register_originals(ports: Ports, actor: Actor, dossier_id: str) -> int:
    """Registers the original of every fixed volume that has none yet; how many that were. For whoever fixes a volume,
    and for reconciling. Raises NotFound, Forbidden."""
    dossier = _dossier(ports, actor, dossier_id)
    rules = ports.schemes[dossier.scheme].numbering
    fixed = {copy_code(rules, dossier.number, v.number, ORIGINAL, 1): v.number for v in dossier.volumes if v.is_fixed}
    there = ports.index.get_many(Copy, fixed)
    missing = [number for code, number in fixed.items() if code not in there]
    for number in missing:
        register_copy(ports, actor, dossier_id, number)
    return len(missing)


def _kind(kind: str) -> CopyKind:
    try:
        return CopyKind(kind)
    except ValueError:
        raise InvalidInput("copy_kind_unknown", field="kind", given=kind) from None


def _dossier(ports: Ports, actor: Actor, id: str) -> Dossier:
    dossier = ports.index.get(Dossier, id).record
    if not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=id)
    return dossier


def _fixed_volume(dossier: Dossier, number: int, kind: CopyKind) -> Volume:
    volume = dossier.volume(number)
    if volume is None:
        raise InvalidInput("copy_needs_volume", field="volume", number=dossier.number, volume=number)
    if not volume.is_fixed:
        raise InvalidInput(
            "copy_needs_fixed",
            field="volume",
            number=dossier.number,
            volume=number,
            what=KIND_NAMES[kind],
        )
    return volume


def _first_free(
    ports: Ports,
    dossier: Dossier,
    volume: Volume,
    kind: CopyKind,
    made: Callable[[str], Copy],
) -> Copy:
    """Creates the copy under the first code that is free; a volume has one original."""
    rules = ports.schemes[dossier.scheme].numbering
    for n in range(1, MOST_COPIES + 1):
        code = copy_code(rules, dossier.number, volume.number, KIND_LETTERS[kind], n)
        there = ports.index.get_many(Copy, [code]).get(code)
        if there is None:
            try:
                return audit.create(ports, made(code)).record
            except Conflict:
                there = ports.index.get(Copy, code)  # registered elsewhere at this moment
        if kind == CopyKind.ORIGINAL:
            return there.record
    raise Conflict("exists", what=code)


def _new(
    ports: Ports,
    actor: Actor,
    dossier: Dossier,
    volume: Volume,
    code: str,
    given: dict[str, Any],
) -> Copy:
    return Copy(
        id=code,
        dossier=dossier.id,
        volume=volume.number,
        volume_key=volume_key(DossierId(dossier.id), volume.number),
        scheme=dossier.scheme,
        state=CopyState.SHELVED.value,
        late=tuple(item.document for item in volume.items if item.remark == LATE),
        last=audit.event(ports, actor, "register", place=str(given["place"]), kind=given["copy_kind"]),
        **_following(ports, dossier, volume),
        **given,
    )


def _following(ports: Ports, dossier: Dossier, volume: Volume) -> dict[str, Any]:
    """What a copy says of its dossier and volume. A volume is as closed to view as its most closed document."""
    scheme = ports.schemes[dossier.scheme]
    documents = [read.record for read in ports.index.get_many(Document, [i.document for i in volume.items]).values()]
    marks = [
        dossier.mark,
        *(mark_of(document, dossier, scheme) for document in documents),
    ]
    level = scheme.narrowest(mark.partition("/")[2] for mark in marks)
    return {
        "dossier_number": dossier.number,
        "dossier_name": dossier.name,
        "title": volume.title,
        "mark": scheme.mark(level),
        "types": tuple(sorted({document.type for document in documents if document.type})),
    }


def set_place(ports: Ports, actor: Actor, code: str, place: Place) -> Copy:
    """Moves a copy's place on record. Raises NotFound, Forbidden, InvalidInput where it is empty."""
    actor.must(Permission.ARRANGE)
    if not str(place).strip():
        raise InvalidInput("place_needed", field="place")
    last = audit.event(ports, actor, "set_place", place=str(place))

    def change(copy: Copy) -> Copy:
        _check_seen(actor.access, copy)
        return copy.model_copy(update={"place": place, "last": last})

    return revise(ports, Copy, kept_code(code), change).record


def keep_in_step(ports: Ports, dossier_id: str) -> int:
    """Writes again what the dossier's copies say of it, where that is not so any more; how many were changed. For
    whoever changes a dossier's number, name, level or its volumes' titles, and for reconciling."""
    dossier = ports.index.get(Dossier, dossier_id).record
    return _kept_in_step(ports, dossier, Is.of("dossier", dossier_id))


def keep_in_step_with(ports: Ports, document: Document) -> int:
    """As `keep_in_step`, for the copies of the volume that holds a document. For whoever changes what the document
    is, or puts it into a fixed volume."""
    dossier = ports.index.get(Dossier, document.dossier).record if document.dossier else None
    held = dossier.holding(document.id) if dossier else None
    if dossier is None or held is None:
        return 0
    return _kept_in_step(ports, dossier, Is.of("volume_key", volume_key(DossierId(dossier.id), held.number)))


def _kept_in_step(ports: Ports, dossier: Dossier, which: Is) -> int:
    changed = 0
    for read in _copies_of(ports, Access.whole_archive(), which):
        volume = dossier.volume(read.record.volume)
        if volume is not None:
            changed += _follow(ports, read.record.id, _following(ports, dossier, volume))
    return changed


def _follow(ports: Ports, code: str, wanted: dict[str, Any]) -> int:
    last = audit.event(
        ports,
        SYSTEM,
        "follow_dossier",
        number=wanted["dossier_number"],
        mark=wanted["mark"],
    )
    told = {"changed": 0}

    def change(copy: Copy) -> Copy | None:
        if all(getattr(copy, name) == value for name, value in wanted.items()):
            return None
        told["changed"] = 1
        return copy.model_copy(update={**wanted, "last": last})

    revise(ports, Copy, code, change)
    return told["changed"]


# --- finding ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scanned:
    """A copy found by its code. `taken_as` says which character was taken for which, where the code was mistyped."""

    copy: Copy
    taken_as: InvalidInput | None = None


def find_copy(ports: Ports, access: Access, code: str) -> Scanned:
    """The copy with this code as scanned or typed; where there is none, the only one that it may have meant (a letter
    O for a zero), which is then said.

    Raises NotFound: "no_copy", or "no_copy_near" with those that are near.
    """
    wanted = kept_code(code)
    read = ports.index.get_many(Copy, [wanted]).get(wanted)
    if read is not None and access.allows(read.record.mark):
        return Scanned(read.record)
    meant = [c for c in _meant(ports, wanted) if access.allows(c.mark)]
    if len(meant) == 1:
        return Scanned(meant[0], _taken_as(code, wanted, meant[0].id))
    near = [copy.id for copy in meant] or _near(ports, access, wanted)
    if near:
        raise NotFound(
            "no_copy_near",
            code=code.strip(),
            near="、".join(near[:NEAR_SHOWN]),
            all_near=near,
        )
    raise NotFound("no_copy", code=code.strip())


def _meant(ports: Ports, code: str) -> list[Copy]:
    there = ports.index.get_many(Copy, near_codes(code))
    return [there[near].record for near in near_codes(code) if near in there]


def _taken_as(asked: str, code: str, found: str) -> InvalidInput:
    at = next((n for n, (a, b) in enumerate(zip(code, found, strict=False)) if a != b), 0)
    return InvalidInput(
        "code_taken_as",
        field="code",
        asked=asked.strip(),
        number=at + 1,
        given=code[at],
        wanted=found[at],
        code=found,
    )


def _near(ports: Ports, access: Access, code: str) -> list[str]:
    """Codes of copies of the dossier whose number the code begins with."""
    parts = code.split("-")
    for many in range(len(parts), 1, -1):
        found = _copies_of(
            ports,
            access,
            Is.of("dossier_number", "-".join(parts[:many])),
            most=NEAR_SHOWN * 4,
        )
        if found:
            return [read.record.id for read in found]
    return []


def copy_at(ports: Ports, access: Access, code: str) -> Versioned[Copy]:
    """The copy with exactly this code, read by id. Raises NotFound for a missing one and for one that may not be
    seen alike."""
    wanted = kept_code(code)
    read = ports.index.get_many(Copy, [wanted]).get(wanted)
    if read is None or not access.allows(read.record.mark):
        raise NotFound("no_copy", code=code.strip())
    return read


def copies_of(ports: Ports, access: Access, dossier_id: str) -> Sequence[Copy]:
    """The copies of a dossier's volumes, by code, as far as they may be seen."""
    return [read.record for read in _copies_of(ports, access, Is.of("dossier", dossier_id))]


def copies_named(ports: Ports, access: Access, text: str, *, size: int = 20) -> Sequence[Copy]:
    """Copies whose dossier's name holds `text`, for the desk's field."""
    found = ports.index.select(Copy, Contains("dossier_name", text.strip()), access, order=("id",), size=size)
    return [read.record for read in found.records]


def siblings(ports: Ports, copy: Copy) -> list[Copy]:
    """The other copies of the same volume, each read by id."""
    found = _copies_of(ports, Access.whole_archive(), Is.of("volume_key", copy.volume_key))
    ids = sorted({read.record.id for read in found} - {copy.id})
    return [read.record for read in ports.index.get_many(Copy, ids).values()]


def around(ports: Ports, copy: Copy, slip: Sequence[str] = ()) -> Circumstances:
    """What an act on the copy depends on besides it, as it is now; `slip` are the codes that go out together."""
    asked = ports.schemes[copy.scheme].lending.asks_fields(copy.types)
    fields = ports.index.get(Dossier, copy.dossier).record.fields if asked else {}
    return Circumstances(ports.clock.now(), ports.clock.zone, siblings(ports, copy), copy.types, fields, slip)


def _copies_of(ports: Ports, access: Access, where: Is, *, most: int = 1000) -> Sequence[Versioned[Copy]]:
    return ports.index.select(Copy, where, access, order=("id",), size=most).records


def _check_seen(access: Access, copy: Copy) -> None:
    if not access.allows(copy.mark):
        raise NotFound("no_copy", code=copy.id)


def kept_code(code: str) -> str:
    """A code as it is kept, from what was scanned or typed."""
    return tidy(code)
