"""What stands around every screen: the rail with its places, the search strip, language, theme, keys.

A screen tells the rail what waits in it by `waiting("intake")(count)`, where `count(ports, actor)` gives a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Actor, Permission
from archive.ports import Ports
from webui import keys as key_table
from webui import language as languages
from webui.session import current_actor, current_user, ports, safe_next

YEAR = 365 * 24 * 3600
screen = Blueprint("frame", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail: the blueprint it leads to, the letter after `g`, its words, who it is for. Of two places
    with one letter a person sees the first that is theirs."""

    blueprint: str
    endpoint: str
    letter: str
    words: str
    permission: Permission


PLACES = (
    Place("search", "search.home", "s", "Search", Permission.SEARCH),
    Place("dossiers", "dossiers.home", "d", "Dossiers", Permission.SEARCH),
    Place("intake", "intake.home", "i", "Intake", Permission.INTAKE),
    Place("arrange", "arrange.home", "a", "Arrange", Permission.ARRANGE),
    Place("desk", "desk.home", "l", "Lending", Permission.LEND),
    Place("register", "register.out", "l", "Lending", Permission.REPORT),
    Place("handover", "handover.home", "h", "Hand-over", Permission.REPORT),
    Place("reports", "reports.home", "r", "Reports", Permission.REPORT),
    Place("people", "people.home", "m", "Admin", Permission.PEOPLE),
)

Count = Callable[[Ports, Actor], int]
_COUNTS: dict[str, Count] = {}


def waiting(blueprint: str) -> Callable[[Count], Count]:
    """Says how much work waits in a place; shown beside its word when not 0."""

    def register(count: Count) -> Count:
        _COUNTS[blueprint] = count
        return count

    return register


def install(app: Flask) -> None:
    app.register_blueprint(screen)
    app.jinja_env.globals.update(asset=asset, theme=theme, key_groups=key_groups, has_endpoint=has_endpoint)
    app.context_processor(lambda: {"places": places, "today": ports().clock.today})


def places() -> list[tuple[Place, int]]:
    """The places this person may go to, each with how much waits there."""
    if current_user() is None:
        return []
    actor = current_actor()
    here: dict[str, Place] = {}
    for place in PLACES:
        if place.endpoint in current_app.view_functions and actor.may(place.permission):
            here.setdefault(place.letter, place)
    return [(p, _COUNTS[p.blueprint](ports(), actor) if p.blueprint in _COUNTS else 0) for p in here.values()]


def has_endpoint(name: str) -> bool:
    """Whether a screen answers under this name: a link to one that is not here is left out."""
    return name in current_app.view_functions


def theme() -> str:
    """light, dark, or nothing: then the machine's own setting holds."""
    chosen = request.cookies.get("theme", "")
    if chosen not in ("light", "dark"):
        user = current_user()
        chosen = user.theme if user else ""
    return chosen if chosen in ("light", "dark") else ""


def key_groups() -> list[tuple[str, key_table.Lines]]:
    """The keys that work on the page shown."""
    return key_table.groups(None if request.endpoint == "frame.keys" else request.blueprint)


@screen.get("/keys")
def keys() -> str:
    """All keys, as a page for those whose browser runs no scripts."""
    return render_template("keys.html")


@screen.post("/language")
def choose_language() -> Response:
    """Keeps the language in a cookie and comes back."""
    chosen = request.form.get("language", "")
    answer = redirect(safe_next(request.form.get("next", "/")))
    if chosen in ("zh", "en"):
        keep(answer, languages.COOKIE, chosen)
    return answer


@screen.post("/theme")
def choose_theme() -> Response:
    """Keeps light or dark in a cookie and comes back; system lets go of it."""
    chosen = request.form.get("theme", "")
    answer = redirect(safe_next(request.form.get("next", "/")))
    if chosen in ("light", "dark"):
        keep(answer, "theme", chosen)
    elif chosen == "system":
        answer.delete_cookie("theme", samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


@screen.get("/health")
def health() -> Response:
    """For whatever watches the process: 200 where the index answers, else 503. Says nothing else to strangers."""
    ports().index.health()
    return jsonify(ok=True)


def keep(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)


def asset(name: str) -> str:
    """The address of a static file, with a mark of its content, so that a new version is fetched at once."""
    return url_for("static", filename=name, v=_mark(name))


def _mark(name: str) -> str:
    marks: dict[str, tuple[int, str]] = current_app.extensions.setdefault("asset_marks", {})
    path = Path(str(current_app.static_folder)) / name
    written = path.stat().st_mtime_ns
    if name not in marks or marks[name][0] != written:
        marks[name] = (written, sha256(path.read_bytes()).hexdigest()[:10])
    return marks[name][1]
