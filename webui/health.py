"""Health: how index, work, room and pace stand, and what is stuck, for administrators. The page refreshes itself.

What is here is told by `archive.services.health` and by the watched folder; a part that is away is told in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Permission
from archive.errors import InvalidInput
from archive.ports import DeadLetter, WorkerSeen
from archive.sentences import SENTENCES, sentence
from archive.services import health, intake, stuck
from archive.services.health import Health
from ingest import watching
from webui.language import current_language, words
from webui.session import application, current_actor, ports

screen = Blueprint("health", __name__, url_prefix="/admin/health")

# Records by kind as they are told; what is not here goes together under the last.
KINDS = {
    "page": "Pages#records",
    "document": "Documents#records",
    "dossier": "Dossiers",
    "copy": "Copies#records",
    "register": "Lines of the register",
    "job": "Files taken in",
    "user": "Accounts",
    "event": "Events of the audit trail",
}
STATES = {"green": "in", "yellow": "out", "red": "late"}
STEPS = {
    "split": "look at the file",
    "read": "read pages",
    "finish": "file the document",
    "reread": "read again carefully",
}


@screen.get("")
def home() -> str:
    """Everything, as it stands now."""
    return render_template("health/home.html", **about())


@screen.get("/parts")
def parts() -> str:
    """The same without what stands around it, for following it."""
    return render_template("health/parts.html", **about())


def about() -> dict[str, object]:
    seen = health.look(ports(), current_actor())
    return {
        "health": seen,
        "records": records(seen),
        "engine_state": STATES.get(seen.index.value.state, "none") if seen.index.value else "none",
        "reasons": [(said(one.key, one.data), one.number) for one in seen.pace.value.reasons]
        if seen.pace.value
        else [],
        "open_files": open_files(seen),
        "failed": [(job, said(job.failure, job.failure_data)) for job in seen.stuck.value.failed]
        if seen.stuck.value
        else [],
        "letters": [shown_letter(one) for one in seen.stuck.value.letters] if seen.stuck.value else [],
        "folder": str(application().settings.inbox),
        "left": left_in_folder(),
        "doing": doing,
    }


def said(key: str, data: Mapping[str, str | int]) -> str:
    """The sentence of a record's failure; the key itself where an older or newer version wrote it."""
    return sentence(key, current_language(), data) if key in SENTENCES else key


def records(seen: Health) -> list[tuple[str, int]]:
    """Names of kinds with their numbers."""
    there = seen.index.value.records if seen.index.value else {}
    told = [(words(name), there[kind]) for kind, name in KINDS.items() if there.get(kind)]
    others = sum(number for kind, number in there.items() if kind not in KINDS)
    return [*told, (words("Other records"), others)] if others else told


def open_files(seen: Health) -> list[tuple[object, str]]:
    found = seen.stuck.value.jobs if seen.stuck.value else ()
    return [(one.job, said(one.key, {"tries": one.job.tries})) for one in found]


@dataclass(frozen=True, slots=True)
class Letter:
    letter: DeadLetter
    step: str
    why: str


def shown_letter(one: DeadLetter) -> Letter:
    step = words(STEPS[one.step]) if one.step in STEPS else one.step
    return Letter(one, step, said(one.reason, {}))


def doing(one: WorkerSeen) -> list[tuple[str, str]]:
    """The tasks a worker has under way: the step in words, and what it is about."""
    tasks = [task.partition(" ") for task in one.doing]
    return [(words(STEPS[step]) if step in STEPS else step, of) for step, _, of in tasks]


def left_in_folder() -> list[tuple[str, str]]:
    """Files of the watched folder that were not taken, with the sentence why."""
    found = watching.failures(application().settings.inbox)
    return [(one.path, said(one.key, one.data)) for one in found[: health.SHOWN]]


@screen.post("")
def again() -> Response:
    """Tries one thing again, or gives a message up; `what` says of which kind `id` is."""
    actor, id = current_actor(), request.form.get("id", "")
    actor.must(Permission.ADMINISTER)
    what = request.form.get("what", "")
    if what == "file":
        told = words("{name} is read again.", name=intake.retry(ports(), actor, id).file_name)
    elif what == "folder":
        watching.try_again(application().settings.inbox, id)
        told = words("{name} is looked at again in a moment.", name=id)
    elif what == "letter":
        stuck.try_again(ports(), actor, id)
        told = words("The step was sent again.")
    elif what == "drop":
        stuck.drop(ports(), actor, id)
        told = words("The message was given up.")
    else:
        raise InvalidInput("unknown_choice", field="what", given=what)
    flash(told, "song")
    return redirect(url_for("health.home"))
