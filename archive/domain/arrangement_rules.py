"""What a volume refuses, with the rule of the scheme: papers of another phase, out of the order of the phases, too many
of them; and what is in the way of fixing it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.domain import arrangement
from archive.domain.access import Access
from archive.domain.document import Document, Review
from archive.domain.dossier import Dossier, Volume
from archive.domain.numbering import has_page_numbers
from archive.domain.scheme import Rule, Scheme
from archive.domain.titles import joined, titles_for
from archive.errors import Refused

Known = Mapping[str, Document]


def refused(key: str, rule: Rule, **data: object) -> Refused:
    """A refusal that quotes the rule."""
    return Refused(key, rule=rule.id, clause=rule.clause, words=rule.words, **data)


def taken_out(scheme: Scheme, volumes: tuple[Volume, ...], held: Volume, document: str) -> tuple[Volume, ...]:
    """The volumes, this one without the document. Raises Refused where it holds it and is fixed."""
    if not any(item.document == document for item in held.items):
        return volumes
    if held.is_fixed:
        raise refused("document_in_fixed_volume", scheme.arrangement.fixed_rule, volume=f"{held.number:02d}")
    return arrangement.replaced(volumes, arrangement.without(held, document))


def out_of_others(scheme: Scheme, volumes: tuple[Volume, ...], number: int, document: str) -> tuple[Volume, ...]:
    """The volumes, none but the one of this number holding the document. Raises Refused where a fixed one does."""
    for held in volumes:
        if held.number != number:
            volumes = taken_out(scheme, volumes, held, document)
    return volumes


def check_phase(scheme: Scheme, volumes: Sequence[Volume], volume: Volume, paper: Document, known: Known) -> None:
    """Only the one volume that is the whole dossier may hold papers of several phases. Raises Refused."""
    rules = scheme.arrangement
    is_whole = volume.phase is None and not any(one.items for one in volumes if one.number != volume.number)
    phases = arrangement.phases_in(volume, known) if volume.phase is None else {volume.phase}
    if rules.phases_apart and not is_whole and phases - {paper.phase}:
        raise refused("phases_mixed", rules.phases_rule or rules.rule, volume=f"{volume.number:02d}")


def check_order(scheme: Scheme, volume: Volume, paper: Document, known: Known) -> None:
    """In a volume of all phases papers stand in the order of the phases. Raises Refused."""
    rules = scheme.arrangement
    if rules.phases_apart and not arrangement.stands_by_phase(scheme, volume, paper.id, known):
        raise refused("phases_out_of_order", rules.phases_rule or rules.rule, title=paper.title or paper.file_name)


def check_thickness(scheme: Scheme, volume: Volume, more: int, known: Known) -> None:
    """Raises Refused where so many sheets more make the volume too thick."""
    rules = scheme.arrangement
    sheets = arrangement.sheets_of(rules, volume, known)
    if sheets + more > rules.max_sheets:
        number = f"{volume.number:02d}"
        raise refused("volume_full", rules.rule, volume=number, sheets=sheets, more=more, most=rules.max_sheets)


def in_the_way(access: Access, scheme: Scheme, dossier: Dossier, volume: Volume, known: Known) -> Refused | None:
    """Why an open volume cannot be fixed now, told to one with this access; None where it can."""
    rules = scheme.arrangement
    number = f"{volume.number:02d}"
    if not volume.items:
        return Refused("volume_empty", volume=number)
    held = [known[item.document] for item in volume.items if item.document in known]
    unsure = [paper for paper in held if paper.review == Review.WAITING]
    if unsure:
        titles = joined(titles_for(access, unsure)[:3])
        return Refused("volume_unreviewed", volume=number, titles=titles, count=len(unsure))
    sheets = arrangement.sheets_of(rules, volume, known)
    if sheets > rules.max_sheets:
        return refused("volume_too_thick", rules.rule, volume=number, sheets=sheets, most=rules.max_sheets)
    if _is_mixed(scheme, dossier, volume, known):
        return refused("volume_mixed", rules.phases_rule or rules.rule, volume=number)
    if not has_page_numbers(volume):
        return Refused("volume_unnumbered", volume=number)
    return None


def _is_mixed(scheme: Scheme, dossier: Dossier, volume: Volume, known: Known) -> bool:
    """Whether it holds several phases though the dossier is not one volume."""
    rules = scheme.arrangement
    if not rules.phases_apart or volume.phase is not None or len(arrangement.phases_in(volume, known)) < 2:
        return False
    others = tuple(one for one in dossier.volumes if one.number != volume.number)
    counted = dossier.model_copy(update={"volumes": (*others, volume)})
    return not arrangement.is_one_volume(rules, counted, known)
