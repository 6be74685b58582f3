"""Arranging: the papers of a dossier that are in no volume, its volumes, and the acts on them. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.dossier import Dossier, Place, Volume
from archive.errors import ArchiveError, InvalidInput
from archive.services import appraising, arranging, dossiers
from webui import arranging_view as view
from webui import dossiers_view
from webui.errors import status_of
from webui.language import label, words
from webui.remarks import remark_lines
from webui.session import current_actor, ports

screen = Blueprint("arrange", __name__, url_prefix="/arrange")


@screen.get("")
def home() -> str:
    """The dossiers with papers in no volume, or volumes that are not fixed."""
    return render_template("arrange/home.html", lines=view.to_arrange())


@screen.get("/<number>")
def show(number: str) -> Response:
    """The board of one dossier. The look is recorded."""
    return page(dossiers.looked_up(ports(), current_actor(), number))


def _dossier(number: str) -> Dossier:
    return dossiers.by_number(ports(), current_actor().access, number)


def page(dossier: Dossier, fault: ArchiveError | None = None) -> Response:
    shown = render_template("arrange/show.html", fault=fault, **view.board(dossier, _phase(dossier), _chosen()))
    return make_response(shown, status_of(fault) if fault else 200)


def _phase(dossier: Dossier) -> str:
    """The phase shown: the one asked for, else the first that has something to arrange."""
    return request.args.get("phase") or view.first_phase(dossier)


def _chosen() -> int:
    return request.args.get("volume", 0, type=int)


# --- acts ---------------------------------------------------------------------------------------------------------


@screen.post("/<number>")
def act(number: str) -> Response:
    """Does what was chosen; a refusal comes back with the board as it is."""
    dossier = _dossier(number)
    name = request.form.get("act", "")
    try:
        if name not in ACTS:
            raise InvalidInput("unknown_choice", field="act", given=name)
        volume = ACTS[name](dossier, request.form)
    except ArchiveError as error:
        return page(_dossier(number), error)
    phase = request.args.get("phase", "")
    return redirect(url_for("arrange.show", number=dossier.number, phase=phase, volume=volume or None))


def _number(form: Mapping[str, str], name: str) -> int:
    """A number as typed. Raises InvalidInput."""
    text = form.get(name, "").strip()
    if not text:
        raise InvalidInput("web_volume_unchosen", field=name)
    if not text.isdigit():
        raise InvalidInput("web_not_a_number", field=name, given=text)
    return int(text)


def _all_as_proposed(dossier: Dossier, form: Mapping[str, str]) -> int:
    changed = arranging.as_proposed(ports(), current_actor(), dossier.id)
    return changed.volumes[-1].number if changed.volumes else 0


def _as_proposed(dossier: Dossier, form: Mapping[str, str]) -> int:
    changed = arranging.as_proposed(ports(), current_actor(), dossier.id, [form.get("document", "")])
    return _holding(changed, form.get("document", ""))


def _holding(dossier: Dossier, document: str) -> int:
    held = (v.number for v in dossier.volumes if any(item.document == document for item in v.items))
    return next(held, 0)


def _put(dossier: Dossier, form: Mapping[str, str]) -> int:
    document = form.get("document", "")
    volume = None if form.get("volume") == "new" else _number(form, "volume")
    at = _number(form, "at") if form.get("at") else None
    return _holding(arranging.put(ports(), current_actor(), dossier.id, document, volume, at), document)


def _move(by: int) -> Callable[[Dossier, Mapping[str, str]], int]:
    def move(dossier: Dossier, form: Mapping[str, str]) -> int:
        volume, at = _number(form, "volume"), _number(form, "at")
        arranging.put(ports(), current_actor(), dossier.id, form.get("document", ""), volume, max(1, at + by))
        return volume

    return move


def _take_out(dossier: Dossier, form: Mapping[str, str]) -> int:
    arranging.take_out(ports(), current_actor(), dossier.id, form.get("document", ""))
    return _number(form, "volume")


def _not_kept(dossier: Dossier, form: Mapping[str, str]) -> int:
    appraising.not_keep(ports(), current_actor(), dossier.id, form.get("document", ""), form.get("reason", ""))
    return _chosen()


def _keep(dossier: Dossier, form: Mapping[str, str]) -> int:
    appraising.keep(ports(), current_actor(), dossier.id, form.get("document", ""))
    return _chosen()


def _number_pages(dossier: Dossier, form: Mapping[str, str]) -> int:
    volume = _number(form, "volume")
    changed = arranging.number_pages(ports(), current_actor(), dossier.id, volume).volume(volume)
    last = changed.pages if changed else 0
    flash(words("Pages of volume {n} are numbered, 1 to {last}.", n=f"{volume:02d}", last=last), "song")
    return volume


def _rename(dossier: Dossier, form: Mapping[str, str]) -> int:
    volume = _number(form, "volume")
    arranging.rename(ports(), current_actor(), dossier.id, volume, form.get("title", ""))
    return volume


def _remark(dossier: Dossier, form: Mapping[str, str]) -> int:
    volume = _number(form, "volume")
    arranging.remark(ports(), current_actor(), dossier.id, volume, form.get("text", ""))
    return volume


def _fix(dossier: Dossier, form: Mapping[str, str]) -> int:
    volume = _number(form, "volume")
    place = Place(**{part: form.get(part, "").strip() for part in ("cabinet", "shelf", "box")})
    sheets = form.get("sheets", "").strip()
    if sheets and not sheets.isdigit():
        raise InvalidInput("web_not_a_number", field="sheets", given=sheets)
    arranging.fix(ports(), current_actor(), dossier.id, volume, sheets=int(sheets or 0), place=place)
    flash(words("Volume {n} is fixed, its original registered at {place}.", n=f"{volume:02d}", place=place), "song")
    return volume


ACTS: Mapping[str, Callable[[Dossier, Mapping[str, str]], int]] = {
    "all_as_proposed": _all_as_proposed,
    "as_proposed": _as_proposed,
    "put": _put,
    "up": _move(-1),
    "down": _move(1),
    "take_out": _take_out,
    "not_kept": _not_kept,
    "keep": _keep,
    "number_pages": _number_pages,
    "rename": _rename,
    "remark": _remark,
    "fix": _fix,
}


# --- on paper -----------------------------------------------------------------------------------------------------


@screen.get("/<number>/<int:volume>/contents")
def contents(number: str, volume: int) -> str:
    """The list of contents of a volume (卷内目录), as it is printed."""
    return _sheet("arrange/contents.html", number, volume)


@screen.get("/<number>/<int:volume>/remarks")
def remarks(number: str, volume: int) -> str:
    """The remarks sheet of a volume (卷内备考表), as it is printed; lines can be added."""
    return _sheet("arrange/remarks.html", number, volume)


def _sheet(template: str, number: str, volume: int) -> str:
    dossier = dossiers.looked_up(ports(), current_actor(), number)
    found = dossier.volume(volume)
    if found is None:
        raise InvalidInput("volume_unknown", field="volume", number=volume)
    scheme = ports().schemes[dossier.scheme]
    return render_template(template, dossier=dossier, scheme=scheme, volume=found, **_about(dossier, found))


def _about(dossier: Dossier, volume: Volume) -> dict[str, Any]:
    known = {d.id: d for d in dossiers.documents_of(ports(), current_actor().access, dossier.id)}
    lines = [dossiers_view.line_of(item, known[item.document]) for item in volume.items if item.document in known]
    phase = ports().schemes[dossier.scheme].phase(volume.phase or "")
    return {
        "lines": lines,
        "remarks": remark_lines(volume, known),
        "phase": label(phase.label) if phase else "",
        "now": ports().clock.now(),
    }
