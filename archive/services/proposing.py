"""Which dossier an unfiled document may belong to, from what stands in it: proposed to a person, who files it.

Asks the index a few times a document, however many dossiers there are. What is proposed must be shown only to those
who may see the dossier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archive.domain.access import Access, Actor
from archive.domain.document import Document, Guess
from archive.domain.dossier import Dossier
from archive.domain.numbering import numbers_in, tidy
from archive.domain.query import Both, Contains, Either, Is, Where
from archive.domain.scheme import Scheme
from archive.ports import Paper, Ports
from archive.services.numbers import bearers

BY_NUMBER = 0.9  # it names the dossier's number, or a former one
BY_FIELD = 0.85  # a number of its own stands in the dossier's record: of the contract, of a permit
BY_NAME = 0.7  # it names the project or the customer
DOUBTFUL = 0.5  # more than one dossier fits, or what it names points to different ones
MOST_NUMBERS, MOST_NAMES = 12, 3  # looked up of one document
SHORTEST_NUMBER = 5
FIRST_PAGES = 2
MOST = 3  # dossiers that fit alike; a name or number that more have tells nothing


def proposal(ports: Ports, guesses: Mapping[str, Guess], paper: Paper) -> Guess | None:
    """The dossier that a paper with these guesses names, as its id. Looks at its first pages and its file's name."""
    said = guesses.get("scheme")
    schemes = [one for one in ports.schemes.values() if said is None or one.id == said.value]
    text = "\n".join([paper.file_name, *(reading.text for reading in paper.readings[:FIRST_PAGES] if reading)])
    found = _by_number(ports, schemes, guesses, text)
    sure = BY_NUMBER
    if not found:
        found, sure = _by_field(ports, schemes, _values(guesses, "number")), BY_FIELD
    named = _by_name(ports, schemes, _values(guesses, "project"))
    if not found:
        found, sure = named, BY_NAME
    ids = list(dict.fromkeys([*found, *named]))
    if not ids:
        return None
    alone = len(found) == 1 and (not named or found[0] in named)
    return Guess(
        value=ids[0], confidence=sure if alone else DOUBTFUL, source="text", others=() if alone else tuple(ids[1:])
    )


def proposed(ports: Ports, actor: Actor, document: Document) -> Dossier | None:
    """The dossier proposed for a document that has none, as far as this person may see one."""
    guess = document.guesses.get("dossier")
    if guess is None or document.dossier:
        return None
    found = ports.index.get_many(Dossier, [guess.value, *guess.others])
    there = [found[id].record for id in (guess.value, *guess.others) if id in found]
    return next((dossier for dossier in there if actor.access.allows(dossier.mark)), None)


def _values(guesses: Mapping[str, Guess], field: str) -> list[str]:
    guess = guesses.get(field)
    return [guess.value, *guess.others] if guess else []


def _by_number(ports: Ports, schemes: Sequence[Scheme], guesses: Mapping[str, Guess], text: str) -> list[str]:
    named = [number for scheme in schemes for number in numbers_in(scheme.numbering, text)]
    asked = dict.fromkeys([*named, *map(tidy, _values(guesses, "number"))])
    found = bearers(ports, list(asked)[:MOST_NUMBERS])
    fits = {scheme.id for scheme in schemes}
    return list(dict.fromkeys(dossier.id for dossier in found.values() if dossier.scheme in fits))[:MOST]


def _by_field(ports: Ports, schemes: Sequence[Scheme], numbers: Sequence[str]) -> list[str]:
    """Dossiers whose record has one of these numbers in a field of its own."""
    long = [number for number in numbers if len(number) >= SHORTEST_NUMBER]
    names = _fields(schemes, "_k")
    return _few(ports, schemes, [Is.of(f"fields.{name}", *long) for name in names] if long else [])


def _by_name(ports: Ports, schemes: Sequence[Scheme], names: Sequence[str]) -> list[str]:
    """Dossiers that are called so, else those whose customer or owner is."""
    for name in names[:MOST_NAMES]:
        found = _few(ports, schemes, [Contains("name", name)])
        if found:
            return found
    fields = [f"fields.{field}" for field in _fields(schemes, "_t", required=True)]
    return _few(ports, schemes, [Contains(field, name) for field in fields for name in names[:MOST_NAMES]])


def _fields(schemes: Iterable[Scheme], ending: str, *, required: bool = False) -> list[str]:
    return list(
        dict.fromkeys(
            field.name
            for scheme in schemes
            for field in scheme.fields
            if field.kind == "text" and field.name.endswith(ending) and not field.sensitive
            if field.required or not required
        )
    )


def _few(ports: Ports, schemes: Sequence[Scheme], any_of: Sequence[Where]) -> list[str]:
    """The ids of the dossiers of these schemes that fit, none where too many do."""
    if not any_of:
        return []
    where = Both((Is.of("scheme", *(scheme.id for scheme in schemes)), Either(tuple(any_of))))
    found = ports.index.select(Dossier, where, Access.whole_archive(), order=("-number",), size=MOST)
    return [read.record.id for read in found.records] if found.total <= MOST else []
