"""Dossiers: the list, opening one, its record, and one of them with its life, checklist, volumes and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.dossier import Dossier, Place
from archive.domain.life_cycle import NEEDS, is_late
from archive.domain.numbering import tidy
from archive.domain.query import Anything, Both, Contains, Either, Is, Where
from archive.domain.scheme import Scheme
from archive.errors import ArchiveError, NotFound
from archive.services import copies, dossiers, history
from webui import dossiers_checklist as checklist_view
from webui import dossiers_numbers as numbers_view
from webui import dossiers_view as view
from webui.dossiers_form import fields_typed, form_page, former_numbers
from webui.dossiers_trail import looks, trail, waiver_reasons
from webui.errors import status_of
from webui.language import label, words
from webui.review import read_day
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
        number = tidy(asked["q"])
        parts.append(Either((Is.of("number", number), Is.of("aliases", number), Contains("name", asked["q"]))))
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
    shown = [dossier.responsible] if dossier.responsible else []
    listed = [field for field in scheme.fields if field.listed]
    return shown + [told for _, told in view.fields(dossier, listed, whole_ones=False)]


# --- opening one, and its record ----------------------------------------------------------------------------------


@screen.get("/new")
def new() -> Response:
    """The form for a new dossier of a scheme, with what is known already: from a paper that waits for its dossier."""
    known = {name: request.args[name] for name in ("cls", "name") if name in request.args}
    return form_page(_scheme_asked(), None, known)


def _scheme_asked() -> Scheme:
    id = request.args.get("scheme", "")
    if id not in ports().schemes:
        raise NotFound("not_found", what=id)
    return ports().schemes[id]


@screen.post("/new")
def create() -> Response:
    scheme, form = _scheme_asked(), request.form
    try:
        made = dossiers.create(
            ports(), current_actor(), scheme=scheme.id, number=form.get("number", ""), name=form.get("name", ""),
            cls=form.get("cls", ""), fields=fields_typed(scheme, form), level=form.get("level", ""),
            responsible=form.get("responsible", ""), aliases=former_numbers(form),
        )  # fmt: skip
    except ArchiveError as error:
        return form_page(scheme, None, form, error)
    flash(words("Dossier {number} is open.", number=made.number), "song")
    paper = request.args.get("paper", "")
    if paper:
        return redirect(url_for("review.home", review=paper, opened=made.number, _anchor="review"))
    return redirect(url_for("dossiers.show", number=made.number))


@screen.get("/<number>/record")
def edit(number: str) -> Response:
    """The form of its record."""
    dossier = dossiers.looked_up(ports(), current_actor(), number)
    return form_page(ports().schemes[dossier.scheme], dossier, {})


@screen.post("/<number>/record")
def save(number: str) -> Response:
    dossier, form = dossier_at(number), request.form
    scheme = ports().schemes[dossier.scheme]
    try:
        dossiers.edit(
            ports(), current_actor(), dossier.id, name=form.get("name", ""), cls=form.get("cls", ""),
            fields=fields_typed(scheme, form), level=form.get("level", ""), responsible=form.get("responsible", ""),
            aliases=former_numbers(form) if "aliases" in form else None,
        )  # fmt: skip
    except ArchiveError as error:
        return form_page(scheme, dossier, form, error)
    flash(words("Saved."), "song")
    return redirect(url_for("dossiers.show", number=dossier.number))


@screen.get("/numbers/<scheme>")
def register_of_numbers(scheme: str) -> str:
    """Every number of a scheme and year, with its dossier or why it is not used."""
    rules = ports().schemes.get(scheme)
    if rules is None:
        raise NotFound("not_found", what=scheme)
    year = request.args.get("year", ports().clock.today().year, type=int)
    only = request.args.get("only", "")
    lines, total, gaps = numbers_view.lines(rules, year, gaps_only=bool(only))
    return render_template(
        "dossiers/numbers.html", scheme=rules, year=year, only=only, lines=lines, total=total, gaps=gaps
    )


# --- one dossier --------------------------------------------------------------------------------------------------


@screen.get("/<number>")
def show(number: str) -> Response:
    """One dossier: its life, checklist, volumes with their documents, where each stands, what happened to it."""
    return page(dossiers.looked_up(ports(), current_actor(), number))


def dossier_at(number: str) -> Dossier:
    """The dossier of a number. Raises NotFound where there is none, or none for this person."""
    return dossiers.by_number(ports(), current_actor().access, number)


def page(dossier: Dossier, fault: ArchiveError | None = None) -> Response:
    now = dossiers.standing(ports(), current_actor(), dossier.id)
    dossier, scheme = now.dossier, ports().schemes[dossier.scheme]
    groups = view.phases(dossier, scheme, now.documents)
    events = history.of_dossier(ports(), current_actor(), dossier.id)
    shown = render_template(
        "dossiers/show.html",
        dossier=dossier,
        scheme=scheme,
        class_names=view.class_names(dossier, scheme),
        facts=facts_line(dossier, scheme),
        track=view.track(dossier, scheme),
        steps=now.steps,
        check=checklist_view.shown(scheme, now.checklist, {**waiver_reasons(events), **dossier.waived_because}),
        needs=NEEDS,
        phases=groups,
        spines=view.spines(groups, dossier),
        stands=view.places(groups),
        fields=view.fields(dossier, scheme.fields, whole_ones=may("file")),
        trail=trail(dossier, scheme, events),
        looks=looks(dossier, now.documents),
        loans=view.loans(groups) if may("lend") else {},
        opened=request.args.get("volume", 0, type=int),
        fault=fault,
    )
    return make_response(shown, status_of(fault) if fault else 200)


@screen.post("/<number>/step")
def advance(number: str) -> Response:
    """Takes a step of the dossier's life."""
    dossier = dossier_at(number)
    step = request.form.get("step", "")
    try:
        day = read_day(request.form.get("on", ""))
        dossiers.take_step(ports(), current_actor(), dossier.id, step, on=day, reason=request.form.get("reason", ""))
    except ArchiveError as error:
        return page(dossier, error)
    labels = {one.id: label(one.label) for one in ports().schemes[dossier.scheme].life_cycle.transitions}
    flash(words("{step} is recorded.", step=labels.get(step, step)), "song")
    return redirect(url_for("dossiers.show", number=dossier.number))


@screen.post("/<number>/waive")
def waive(number: str) -> Response:
    """Says that a required document does not apply here, or that it does after all."""
    dossier, form = dossier_at(number), request.form
    back = form.get("back") == "yes"
    try:
        dossiers.waive(
            ports(), current_actor(), dossier.id, form.get("want", ""), reason=form.get("reason", ""), back=back
        )
    except ArchiveError as error:
        return page(dossier, error)
    return redirect(url_for("dossiers.show", number=dossier.number, _anchor="checklist"))


@screen.post("/<number>/copy")
def add_copy(number: str) -> Response:
    """Registers the original of a fixed volume, or one more standing photocopy of it."""
    dossier, form = dossier_at(number), request.form
    volume = int(form["volume"]) if form.get("volume", "").isdigit() else 0
    try:
        made = copies.register_copy(ports(), current_actor(), dossier.id, volume, kind=form.get("kind", ""))
    except ArchiveError as error:
        return page(dossier, error)
    flash(words("{code} is registered.", code=made.id), "song")
    return redirect(url_for("dossiers.show", number=dossier.number, volume=volume, _anchor=f"vol-{volume}"))


@screen.post("/<number>/place")
def move_copy(number: str) -> Response:
    """Puts another place of a copy on record."""
    dossier, form = dossier_at(number), request.form
    place = Place(**{part: form.get(part, "").strip() for part in ("cabinet", "shelf", "box")})
    try:
        moved = copies.set_place(ports(), current_actor(), form.get("code", ""), place)
    except ArchiveError as error:
        return page(dossier, error)
    flash(words("{code} stands at {place} now.", code=moved.id, place=moved.place), "song")
    return redirect(url_for("dossiers.show", number=dossier.number, volume=moved.volume, _anchor=f"vol-{moved.volume}"))
