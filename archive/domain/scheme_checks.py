"""What must agree inside a scheme: names that are used exist, codes are single, the life cycle can be walked. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from string import Formatter

from archive.domain.access import Role
from archive.domain.life_cycle import NEEDS
from archive.domain.scheme import Class, Field, Scheme, When

Path = tuple[str | int, ...]
ENDINGS = {
    "text": ("_t", "_k"),
    "choice": ("_k",),
    "person_id": ("_k",),
    "phone": ("_k",),
    "number": ("_n",),
    "money": ("_n",),
    "date": ("_d",),
}
DOSSIER_GAPS = frozenset({"prefix", "year", "counter"})
COPY_GAPS = frozenset({"dossier", "volume", "kind", "n"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at `path`; `key` names the sentence, `data` fills it."""

    path: Path
    key: str
    data: dict[str, object] = field(default_factory=dict)


def problems_of(scheme: Scheme) -> Iterator[Problem]:
    """Everything in the scheme that does not agree, in the order of the file's parts."""
    yield from _doubles(scheme)
    yield from _fields(scheme)
    yield from _classes(scheme)
    yield from _types(scheme)
    yield from _levels(scheme)
    yield from _checklist(scheme)
    yield from _life_cycle(scheme)
    yield from _numbering(scheme)
    yield from _groups(scheme)
    yield from _lending(scheme)
    yield from _roles(scheme)


def _unknown(path: Path, value: str, known: Iterable[str]) -> Iterator[Problem]:
    names = list(known)
    if value not in names:
        yield Problem(path, "scheme_unknown_name", {"value": value, "known": ", ".join(names)})


def _unknown_each(path: Path, values: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    names = list(known)
    for at, value in enumerate(values):
        yield from _unknown((*path, at), value, names)


def _twice(part: str, names: Iterable[str], key: str) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for at, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            yield Problem((part, at, key), "scheme_twice", {"value": name})


def _doubles(scheme: Scheme) -> Iterator[Problem]:
    for part in ("rules", "parties", "specialties", "phases", "types", "retentions", "levels", "checklist"):
        yield from _twice(part, [one.id for one in getattr(scheme, part)], "id")
    yield from _twice("fields", [f.name for f in scheme.fields], "name")


def _fields(scheme: Scheme) -> Iterator[Problem]:
    for at, one in enumerate(scheme.fields):
        if not one.name.endswith(ENDINGS[one.kind]):
            yield Problem(("fields", at, "name"), "scheme_field_ending", _ending(one))
        if one.kind == "choice" and not one.choices:
            yield Problem(("fields", at, "choices"), "scheme_missing")


def _ending(one: Field) -> dict[str, object]:
    return {"value": one.name, "kind": one.kind, "known": ", ".join(ENDINGS[one.kind])}


def _classes(scheme: Scheme) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, one in _walked(scheme.classes, ("classes",)):
        if one.code in seen:
            yield Problem((*path, "code"), "scheme_twice", {"value": one.code})
        seen.add(one.code)
    if not seen:
        yield Problem(("classes",), "scheme_empty")


def _walked(classes: Iterable[Class], path: Path) -> Iterator[tuple[Path, Class]]:
    for at, one in enumerate(classes):
        yield (*path, at), one
        yield from _walked(one.children, (*path, at, "children"))


def _types(scheme: Scheme) -> Iterator[Problem]:
    phases, levels = [p.id for p in scheme.phases], [level.id for level in scheme.levels]
    for at, one in enumerate(scheme.types):
        yield from _unknown(("types", at, "phase"), one.phase, phases)
        yield from _unknown(("types", at, "retention"), one.retention, [r.id for r in scheme.retentions])
        yield from _unknown(("types", at, "level"), one.level, ["", *levels])
        if one.signatures_rule and not one.signatures:
            yield Problem(("types", at, "signatures"), "scheme_missing")


def _levels(scheme: Scheme) -> Iterator[Problem]:
    yield from _unknown(("default_level",), scheme.default_level, [level.id for level in scheme.levels])
    wider: frozenset[str] | None = None
    for at, level in enumerate(scheme.levels):
        seen_by = frozenset(level.seen_by)
        if wider is not None and not seen_by <= wider:
            yield Problem(("levels", at, "seen_by"), "scheme_level_wider", {"value": ", ".join(seen_by - wider)})
        wider = seen_by


def _checklist(scheme: Scheme) -> Iterator[Problem]:
    fields = [f.name for f in scheme.fields]
    steps = [t.id for t in scheme.life_cycle.transitions]
    for at, want in enumerate(scheme.checklist):
        here: Path = ("checklist", at)
        yield from _unknown_each((*here, "types"), want.types, [t.id for t in scheme.types])
        yield from _unknown((*here, "phase"), want.phase, ["", *(p.id for p in scheme.phases)])
        yield from _unknown_each((*here, "blocks"), want.blocks, steps)
        if bool(want.per) != bool(want.between):
            yield Problem((*here, "between" if want.per else "per"), "scheme_missing")
        yield from _unknown_each((*here, "between"), want.between or (), [n for n in fields if n.endswith("_d")])
        yield from _when(scheme, here, want.when)


def _when(scheme: Scheme, here: Path, when: When) -> Iterator[Problem]:
    fields = {f.name: f for f in scheme.fields}
    for name, values in when.items():
        yield from _unknown((*here, "when", name), name, fields)
        if name in fields and fields[name].choices:
            yield from _unknown_each((*here, "when", name), values, [v for v, _ in fields[name].choices])


def _life_cycle(scheme: Scheme) -> Iterator[Problem]:
    states = [s.id for s in scheme.life_cycle.states]
    if not states:
        yield Problem(("life_cycle", "states"), "scheme_empty")
        return
    for at, step in enumerate(scheme.life_cycle.transitions):
        here: Path = ("life_cycle", "transitions", at)
        yield from _unknown_each((*here, "before"), step.before, states)
        yield from _unknown((*here, "after"), step.after, states)
        yield from _unknown_each((*here, "needs"), step.needs, NEEDS)
    reached = _reached(scheme, states[0])
    for at, state in enumerate(states):
        if state not in reached:
            yield Problem(("life_cycle", "states", at), "scheme_state_unreached", {"value": state})


def _reached(scheme: Scheme, first: str) -> set[str]:
    reached, grown = {first}, True
    while grown:
        more = {t.after for t in scheme.life_cycle.transitions if reached & set(t.before)} - reached
        reached |= more
        grown = bool(more)
    return reached


def _numbering(scheme: Scheme) -> Iterator[Problem]:
    rules = scheme.numbering
    yield from _pattern(("numbering", "dossier"), rules.dossier, DOSSIER_GAPS, frozenset({"counter"}))
    yield from _pattern(("numbering", "copy_code"), rules.copy_code, COPY_GAPS, COPY_GAPS)


def _pattern(path: Path, pattern: str, known: frozenset[str], needed: frozenset[str]) -> Iterator[Problem]:
    try:
        gaps = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError:
        yield Problem(path, "scheme_pattern_broken", {"value": pattern})
        return
    for gap in sorted(gaps - known):
        yield Problem(path, "scheme_pattern_gap", {"value": gap, "known": ", ".join(sorted(known))})
    for gap in sorted(needed - gaps):
        yield Problem(path, "scheme_pattern_lacks", {"value": gap})


def _groups(scheme: Scheme) -> Iterator[Problem]:
    types = [t.id for t in scheme.types]
    seen: set[tuple[str, str]] = set()
    for at, group in enumerate(scheme.arrangement.groups):
        here: Path = ("arrangement", "groups", at)
        yield from _unknown((*here, "phase"), group.phase, [p.id for p in scheme.phases])
        yield from _unknown_each((*here, "types"), group.types, types)
        for place, type_ in enumerate(group.types):
            if (group.phase, type_) in seen:
                yield Problem((*here, "types", place), "scheme_twice", {"value": type_})
            seen.add((group.phase, type_))


def _lending(scheme: Scheme) -> Iterator[Problem]:
    types = [t.id for t in scheme.types]
    for at, rule in enumerate(scheme.lending.rules):
        here: Path = ("lending", "rules", at)
        yield from _unknown_each((*here, "types"), rule.types, types)
        yield from _when(scheme, here, rule.when)
    for place in (
        ("original", "premises"),
        ("original", "outside"),
        ("photocopy", "premises"),
        ("photocopy", "outside"),
    ):
        if scheme.lending.rule_for(*place) is None:
            yield Problem(("lending", "rules"), "scheme_lending_silent", {"value": f"{place[0]}, {place[1]}"})


def _roles(scheme: Scheme) -> Iterator[Problem]:
    roles = [role.value for role in Role]
    for at, level in enumerate(scheme.levels):
        yield from _unknown_each(("levels", at, "seen_by"), level.seen_by, roles)
    for at, rule in enumerate(scheme.lending.rules):
        yield from _unknown_each(("lending", "rules", at, "consent"), rule.consent, roles)
    for at, report in enumerate(scheme.reports):
        yield from _unknown(("reports", at, "to"), report.to, roles)
    yield from _unknown_each(("appraisal", "by"), scheme.appraisal.by, roles)
