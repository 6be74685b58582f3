"""One's own password and settings, for everybody who is signed in."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from archive.domain.people import User
from archive.errors import ArchiveError
from archive.services import people
from webui.errors import status_of
from webui.language import words
from webui.people import new_password, role_pairs
from webui.session import current_actor, current_user, end, ports

screen = Blueprint("own", __name__, url_prefix="/account")


@screen.get("")
def settings() -> Response:
    """One's own password, language, theme and keys."""
    return own_page()


def own_page(fault: ArchiveError | None = None) -> Response:
    shown = render_template("people/own.html", account=_me(), fault=fault, roles=dict(role_pairs()))
    return make_response(shown, status_of(fault) if fault else 200)


def _me() -> User:
    user = current_user()
    assert user is not None  # the frame lets nobody else in here
    return user


@screen.post("/password")
def password() -> Response:
    try:
        people.set_password(ports(), current_actor(), _me().id, new_password(), old=request.form.get("old", ""))
    except ArchiveError as error:
        return own_page(error)
    end()
    session["ended"] = "password_changed"  # said once on the sign-in screen
    return redirect(url_for("signin.form"))


@screen.post("/settings")
def save() -> Response:
    form = request.form
    people.set_preferences(
        ports(), current_actor(), language=form.get("language", ""), theme=form.get("theme", ""),
        letter_keys=form.get("letter_keys") == "yes",
    )  # fmt: skip
    answer = redirect(url_for("own.settings"))
    for cookie in ("language", "theme"):
        answer.delete_cookie(cookie, samesite="Lax")  # what was chosen for this browser gives way to the setting
    flash(words("Saved."), "song")
    return answer
