"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from archive.errors import ArchiveError, Unavailable
from archive.sentences import sentence
from archive.services import people
from webui.errors import status_of
from webui.language import current_language
from webui.session import application, begin, current_user, end, ports, safe_next

screen = Blueprint("signin", __name__)


@screen.get("/sign-in")
def form() -> Response:
    """The form; who is signed in already goes on."""
    wanted = safe_next(request.args.get("next", "/"))
    if current_user() is not None:
        return redirect(wanted)
    key = session.pop("ended", "")
    return page(wanted, ended=sentence(key, current_language(), {}) if key else "")


@screen.post("/sign-in")
def enter() -> Response:
    """Checks login and password and begins a session, else says why not and shows the form again."""
    wanted = safe_next(request.form.get("next", "/"))
    login = request.form.get("login", "").strip()
    address, agent = request.remote_addr or "", request.user_agent.string[:200]
    try:
        user, token = people.sign_in(ports(), login, request.form.get("password", ""), address, agent)
    except Unavailable:
        raise
    except ArchiveError as error:
        return page(wanted, login=login, message=error.told_in(current_language()), status=status_of(error))
    begin(user.id, token, remember=request.form.get("remember") == "yes")
    return redirect(wanted)


@screen.post("/sign-out")
def leave() -> Response:
    end()
    return redirect(url_for("signin.form"))


def page(wanted: str, *, login: str = "", message: str = "", ended: str = "", status: int = 200) -> Response:
    hours = round(application().settings.session_hours)
    shown = render_template("signin/form.html", next=wanted, login=login, message=message, ended=ended, hours=hours)
    return make_response(shown, status)
