"""The dossier a person names on the command line: found by its number, made where a scheme says how, or the nearest
numbers told."""

from __future__ import annotations

from archive.commands.opening import Opened
from archive.domain.dossier import Dossier
from archive.domain.numbering import tidy
from archive.domain.query import Anything
from archive.errors import InvalidInput, NotFound

MOST_NUMBERS = 5_000  # numbers that are looked through for the nearest
OFFERED = 3


def find_dossier(archive: Opened, typed: str) -> Dossier:
    """The dossier of a number as typed. Raises NotFound with the nearest numbers."""
    from archive.services import dossiers

    try:
        return dossiers.by_number(archive.ports, archive.actor.access, typed)
    except NotFound:
        near = nearest_numbers(archive, tidy(typed))
    if near:
        raise NotFound("no_such_dossier_near", number=typed, near=", ".join(near))
    raise NotFound("no_such_dossier", number=typed)


def dossier_for(archive: Opened, typed: str, scheme: str) -> Dossier:
    """The dossier of this number, made by the scheme where there is none and a scheme is named. Raises NotFound,
    InvalidInput where it is one of another scheme."""
    try:
        found = find_dossier(archive, typed)
    except NotFound:
        if not scheme:
            raise
        from archive.services import dossiers

        return dossiers.create(archive.ports, archive.actor, scheme=scheme, number=tidy(typed), name=tidy(typed))
    if scheme and found.scheme != scheme:
        raise InvalidInput("dossier_of_another_scheme", field="scheme", number=found.number, scheme=found.scheme)
    return found


def nearest_numbers(archive: Opened, number: str) -> list[str]:
    """The numbers most like this one, of dossiers that may be seen."""
    from difflib import get_close_matches

    select = archive.ports.index.select
    there = select(Dossier, Anything(), archive.actor.access, order=("-number",), size=MOST_NUMBERS).records
    return get_close_matches(number, [read.record.number for read in there], n=OFFERED)
