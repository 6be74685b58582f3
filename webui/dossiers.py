"""Dossiers: the list, opening one, its record, and one of them with its life, checklist, volumes and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.life_cycle import NEEDS, is_late
from archive.domain.query import Anything, Both, Contains, Either, Is, Where
from archive.domain.scheme import Scheme
from archive.errors import InvalidInput, NotFound
from webui import dossiers_view as view
from webui.dossier_choice import dossier_of
from webui.dossiers_trail import trail
from webui.language import label, words
from webui.session import current_actor, may, ports

screen = Blueprint("dossiers", __name__, url_prefix="/dossiers")
PAGE = 50
ORDERS = {"-number": ("-number",), "number": ("number",), "due_on": ("due_on", "number")}


# --- the list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListLine:
    """A dossier in the list, with its class and state in words; `kind` as the parts draw it."""

    dossier: Dossier
    cls: str
    state: str
    kind: str
    late: bool


@screen.get("")
def home() -> str:
    """The dossiers one may see, narrowed and ordered."""
    at = max(1, request.args.get("page", 1, type=int))
    asked = {name: request.args.get(name, "").strip() for name in ("q", "scheme", "state", "order")}
    order = ORDERS.get(asked["order"], ORDERS["-number"])
    found = ports().index.select(
        Dossier, _where(asked), current_actor().access, order=order, size=PAGE, start=(at - 1) * PAGE
    )
    schemes = list(ports().schemes.values())
    return render_template(
        "dossiers/home.html",
        lines=[_line(read.record) for read in found.records],
        total=found.total,
        page=at,
        pages=-(-found.total // PAGE),
        asked=asked,
        schemes=schemes,
        scheme_pairs=[("", words("All schemes")), *((one.id, label(one.label)) for one in schemes)],
        state_pairs=[("", words("All states")), *_states(schemes, asked["scheme"])],
    )


def _where(asked: Mapping[str, str]) -> Where:
    parts: list[Where] = [Is.of(name, asked[name]) for name in ("scheme", "state") if asked[name]]
    if asked["q"]:
        parts.append(Either((Is.of("number", asked["q"].upper()), Contains("name", asked["q"]))))
    return Both(tuple(parts)) if parts else Anything()


def _states(schemes: list[Scheme], only: str) -> list[tuple[str, str]]:
    pairs = [
        (state.id, label(state.label))
        for scheme in schemes
        if only in ("", scheme.id)
        for state in scheme.life_cycle.states
    ]
    return list(dict(pairs).items())


def _line(dossier: Dossier) -> ListLine:
    scheme = ports().schemes.get(dossier.scheme)
    cls = scheme.find_class(dossier.cls) if scheme else None
    late = is_late(dossier, ports().clock.today())
    last = bool(scheme) and dossier.state == scheme.life_cycle.states[-1].id  # type: ignore[union-attr]
    kind = "late" if late else "in" if last else "hand"
    return ListLine(dossier, label(cls) if cls else dossier.cls, view.state_name(dossier, scheme), kind, late)


def facts_line(dossier: Dossier, scheme: Scheme) -> list[str]:
    """What stands under the name: the responsible person and the fields lists show."""
    shown: list[Any] = [dossier.responsible] if dossier.responsible else []
    names = {field.name for field in scheme.fields if field.listed}
    listed = [field for field in scheme.fields if field.name in names]
    return [*shown, *(str(dossier.fields[f.name]) for f in listed if dossier.fields.get(f.name) not in (None, ""))]


# --- one dossier --------------------------------------------------------------------------------------------------


@screen.get("/<number>")
def show(number: str) -> str:
    """One dossier: its life, checklist, volumes with their documents, where each stands, what happened to it."""
    return page(dossier_at(number))


def dossier_at(number: str) -> Dossier:
    """The dossier of a number. Raises NotFound where there is none, or none for this person."""
    try:
        found = dossier_of(number)
    except InvalidInput:
        found = None
    if found is None:
        raise NotFound("not_found", what=number)
    return found


def page(dossier: Dossier) -> str:
    scheme = ports().schemes[dossier.scheme]
    groups = view.phases(dossier, scheme, documents_of(dossier))
    return render_template(
        "dossiers/show.html",
        dossier=dossier,
        scheme=scheme,
        class_names=view.class_names(dossier, scheme),
        facts=facts_line(dossier, scheme),
        track=view.track(dossier, scheme),
        steps=[],
        check=None,
        needs=NEEDS,
        phases=groups,
        spines=view.spines(groups, dossier),
        stands=view.places(groups),
        fields=view.fields(dossier, scheme, whole_ones=may("file")),
        trail=trail(dossier, scheme),
        opened=request.args.get("volume", 0, type=int),
        fault=None,
    )


def documents_of(dossier: Dossier) -> list[Document]:
    """The documents of a dossier that one may see."""
    found: list[Document] = []
    while True:
        part = ports().index.select(
            Document, Is.of("dossier", dossier.id), current_actor().access, order=("id",), size=500, start=len(found)
        )
        found += [read.record for read in part.records]
        if not part.records or len(found) >= part.total:
            return found
