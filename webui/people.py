"""People: accounts with their roles, for those who give them; one's own password and settings, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Permission, Role
from archive.domain.people import ROLE_NAMES
from archive.errors import ArchiveError, InvalidInput
from archive.services import people
from webui.errors import status_of
from webui.language import label, words
from webui.session import current_actor, ports

screen = Blueprint("people", __name__, url_prefix="/people")
SHOWN = 500


@screen.get("")
def home() -> Response:
    """The list of accounts, and the form for a new one."""
    return page({})


def page(given: Mapping[str, Any], fault: ArchiveError | None = None) -> Response:
    text = request.args.get("q", "")
    found = people.users(ports(), current_actor(), text, size=SHOWN)
    about = {"accounts": found, "text": text, "roles": role_pairs(), "given": given, "chosen": _roles(given)}
    shown = render_template("people/home.html", fault=fault, **about)
    return make_response(shown, status_of(fault) if fault else 200)


def role_pairs() -> list[tuple[str, str]]:
    return [(role.value, label(name)) for role, name in ROLE_NAMES.items()]


def _roles(given: Mapping[str, Any]) -> list[str]:
    getlist = getattr(given, "getlist", None)
    return list(getlist("roles")) if getlist else []


def _chosen_roles() -> list[Role]:
    """The roles ticked. Raises InvalidInput for one that is not there."""
    try:
        return [Role(role) for role in request.form.getlist("roles")]
    except ValueError as wrong:
        raise InvalidInput("unknown_role", field="roles", given=str(wrong)) from None


@screen.post("")
def add() -> Response:
    form = request.form
    try:
        made = people.create_user(
            ports(), current_actor(), form.get("login", ""), name=form.get("name", ""), roles=_chosen_roles(),
            password=new_password(), department=form.get("department", ""),
        )  # fmt: skip
    except ArchiveError as error:
        return page(form, error)
    flash(words("Account {login} is open. Give {name} the password in person.", login=made.id, name=made.name), "song")
    return redirect(url_for("people.home"))


def new_password() -> str:
    """The password typed twice. Raises InvalidInput where the two differ."""
    first, second = request.form.get("password", ""), request.form.get("again", "")
    if first != second:
        raise InvalidInput("web_passwords_differ", field="again")
    return first


@screen.get("/<login>")
def one(login: str) -> Response:
    return account(login, {})


def account(login: str, given: Mapping[str, Any], fault: ArchiveError | None = None) -> Response:
    """One account: name, department, roles; password; closing. For those who give accounts."""
    current_actor().must(Permission.PEOPLE)
    found = people.user(ports(), login)
    chosen = _roles(given) or list(found.roles)
    shown = render_template(
        "people/one.html", account=found, roles=role_pairs(), given=given, chosen=chosen, fault=fault
    )
    return make_response(shown, status_of(fault) if fault else 200)


@screen.post("/<login>")
def change(login: str) -> Response:
    """Name, department and roles; or, by the button pressed, password, closing, opening again, ending sessions."""
    try:
        said = _changed(login, request.form.get("act", ""))
    except ArchiveError as error:
        return account(login, request.form, error)
    flash(said, "song")
    return redirect(url_for("people.one", login=login))


def _changed(login: str, act: str) -> str:
    actor, form = current_actor(), request.form
    if act == "password":
        actor.must(Permission.PEOPLE)
        people.set_password(ports(), actor, login, new_password(), old=form.get("old", ""))
        return words("New password for {login}. Old sign-ins have ended.", login=login)
    if act == "close":
        people.deactivate(ports(), actor, login)
        return words("Account {login} is closed.", login=login)
    if act == "open":
        people.reactivate(ports(), actor, login)
        return words("Account {login} is open again.", login=login)
    if act == "sign_out":
        people.sign_out_everywhere(ports(), actor, login)
        return words("All sign-ins of {login} have ended.", login=login)
    if act != "save":
        raise InvalidInput("unknown_choice", field="act", given=act)
    people.edit_user(
        ports(), actor, login, name=form.get("name", ""), department=form.get("department", ""), roles=_chosen_roles()
    )
    return words("Saved.")
