"""Who is signed in. The signed cookie holds login and token; whether they still hold is asked of the archive at every
request. Nothing else about a person is kept in the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Actor, Permission
from archive.domain.people import User
from archive.errors import Forbidden
from archive.ports import Ports
from archive.services import people

if TYPE_CHECKING:
    from archive.bootstrap import Application

# Endpoints for everybody. All others ask for a sign-in before the view is reached.
PROBES = frozenset({"probes.alive", "probes.ready", "probes.figures"})
OPEN = PROBES | {
    "static", "signin.form", "signin.enter", "frame.choose_language", "frame.choose_theme", "frame.health"
}  # fmt: skip


def install(app: Flask) -> None:
    app.before_request(ask_to_sign_in)
    app.context_processor(lambda: {"user": current_user(), "may": may, "office": application().settings.office})


def application() -> Application:
    """The archive this web application stands before."""
    return cast("Application", current_app.extensions["archive"])


def ports() -> Ports:
    return application().ports


def current_user() -> User | None:
    """The person signed in, or None; read once a request."""
    if "user" not in g:
        g.user = _read_user()
    return cast("User | None", g.user)


def _read_user() -> User | None:
    login, token = session.get("login"), session.get("token")
    if not login or not token:
        return None
    user = people.session_user(ports(), login, token)
    if user is None:
        session.clear()
        session["ended"] = "session_ended"  # said once on the sign-in screen
    return user


def current_actor() -> Actor:
    """Who acts, with what they may see. Raises Forbidden where nobody is signed in."""
    if "actor" not in g:
        user = current_user()
        if user is None:
            raise Forbidden("sign_in_first")
        g.actor = people.actor_for(user, ports().schemes)
    return cast(Actor, g.actor)


def may(permission: str) -> bool:
    """Whether the person signed in may do what `permission` (a value of `Permission`) names."""
    return current_user() is not None and current_actor().may(Permission(permission))


def begin(login: str, token: str, *, remember: bool) -> None:
    """Puts a new sign-in into the cookie. What an earlier visitor left in it goes."""
    session.clear()
    session.permanent = remember
    session["login"], session["token"] = login, token
    g.pop("user", None)
    g.pop("actor", None)


def end() -> None:
    """Ends the sign-in here and in the archive."""
    user = current_user()
    if user is not None:
        people.sign_out(ports(), user.id, session["token"])
    session.clear()
    g.pop("user", None)
    g.pop("actor", None)


def ask_to_sign_in() -> Response | None:
    """Sends who is not signed in to the sign-in screen; a program or a picture is refused."""
    if request.endpoint is None or request.endpoint in OPEN or current_user() is not None:
        return None
    if request.method == "GET" and wants_page():
        return redirect(url_for("signin.form", next=here()))
    raise Forbidden("sign_in_first")


def wants_page() -> bool:
    """Whether a person's browser asks for a page, and not a program or an image element."""
    return "text/html" in request.headers.get("Accept", "")


def here() -> str:
    """This request's path with its query, for coming back to."""
    return request.full_path.rstrip("?")


def safe_next(path: str) -> str:
    """`path` where it leads inside this site, else home."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path and "\n" not in path
    return path if inside else "/"
