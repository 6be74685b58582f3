"""Intake: files and folders come in, their reading is followed page by page, what failed is tried again.

A file is sent as the body of its own request and goes straight into the store; the answer comes when it lies there.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Actor, Permission
from archive.domain.intake_job import Wish
from archive.errors import ArchiveError, InvalidInput
from archive.ports import Ports
from archive.sentences import sentence
from archive.services import intake, progress, splitting
from archive.services.progress import Standing
from ingest import watching
from webui import review
from webui.dossier_choice import dossier_of, known_dossiers
from webui.frame import waiting
from webui.language import current_language, label, words
from webui.session import application, current_actor, ports

screen = Blueprint("intake", __name__, url_prefix="/intake")
TOGETHER = 200  # files of one form without scripts


@waiting("intake")
def waits(ports: Ports, actor: Actor) -> int:
    return progress.to_review(ports, actor)


@screen.get("")
def home() -> str:
    """What came in today, what is being read, and what waits for review."""
    return page()


def page(card: review.Card | None = None, fault: ArchiveError | None = None) -> str:
    actor = current_actor()
    return render_template(
        "intake/home.html",
        today=progress.day(ports(), actor),
        jobs=shown_jobs(),
        batch=new_batch(),
        dossiers=known_dossiers(),
        schemes=list(ports().schemes.values()),
        scheme_pairs=[(one.id, label(one)) for one in ports().schemes.values()],
        into=request.args.get("dossier", ""),
        folder=watched_folder(),
        largest=application().settings.max_file_bytes,
        **review.panel(card, fault),
    )


def new_batch() -> str:
    return f"{ports().clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


# --- files come in ------------------------------------------------------------------------------------------------


@screen.post("/file")
def take_file() -> Response:
    """One file as the body of the request; name, folder and wishes stand in the address. Answers with its job."""
    name = Path(request.args.get("name", "")).name
    if not name:
        raise InvalidInput("web_file_unnamed", field="name")
    body = cast(BinaryIO, request.stream)
    batch = request.args.get("batch", "") or new_batch()
    received = intake.receive(
        ports(), current_actor(), body, name, channel="upload", batch=batch, wish=wish_of(request.args)
    )
    return told(received)


def wish_of(given: Any) -> Wish:
    """What was chosen for the files. Raises InvalidInput where the dossier's number is unknown."""
    dossier = dossier_of(given.get("dossier", ""))
    return Wish(
        dossier=dossier.id if dossier else "",
        scheme=dossier.scheme if dossier else given.get("scheme", ""),
        phase=given.get("phase", ""),
        type=given.get("type", ""),
        folder=given.get("folder", "")[:300],
        split=given.get("split", "") if given.get("split", "") in splitting.WAYS else "",
    )


def told(received: intake.Received) -> Response:
    job = received.job
    answer = jsonify(
        job="" if received.hidden else job.id,
        batch=job.batch,
        name=job.file_name,
        known=received.known,
        state="known" if received.hidden else job.state,
        said=said_of(received),
    )
    answer.status_code = 200 if received.known else 201
    return answer


def said_of(received: intake.Received) -> str:
    """What is said of a file that came in: where it is known, also what may not be told or was not done."""
    if not received.known:
        return words("taken in")
    note = "file_known_elsewhere" if received.hidden else received.note
    said = words("known already, kept once")
    return f"{said}. {sentence(note, current_language(), {})}" if note else said


@screen.post("/upload")
def take_form() -> Response:
    """The same for browsers without scripts: several files in one form."""
    batch, wish, taken, known = new_batch(), wish_of(request.form), 0, 0
    files = [file for file in request.files.getlist("files") if file.filename][:TOGETHER]
    for file in files:
        name = Path(file.filename or "").name
        try:
            received = intake.receive(
                ports(), current_actor(), cast(BinaryIO, file.stream), name, channel="upload", batch=batch, wish=wish
            )
        except ArchiveError as error:
            flash(f"{name}  {error.told_in(current_language())}", "zhu")
            continue
        taken, known = taken + (not received.known), known + received.known
        if received.hidden or received.note:
            flash(f"{name}  {said_of(received)}", "zhe")
    if not files:
        flash(words("No file was chosen. Choose files, or drop them here."), "zhe")
    if taken:
        flash(words("{n} {n?file|files} taken in.", n=taken), "song")
    if known:
        flash(words("{n} {n?file was|files were} known already and kept once.", n=known), "")
    return redirect(url_for("intake.home"))


# --- how far they are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A file as the list shows it: `failures` pairs of page number and sentence, `why` the sentence of its failure."""

    standing: Standing
    channel: str
    failures: list[tuple[int, str]]
    why: str
    warnings: list[str]


CHANNELS = {"upload": "Upload", "folder": "Watched folder", "command": "Command line"}


def shown_jobs() -> list[ShownJob]:
    return [shown(one) for one in progress.standings(ports(), current_actor())]


def shown(one: Standing) -> ShownJob:
    language = current_language()
    job = one.job
    return ShownJob(
        standing=one,
        channel=words(CHANNELS.get(job.channel, "Upload")),
        failures=[(page.number, sentence(page.failure, language, page.failure_data)) for page in one.failures],
        why=sentence(job.failure, language, job.failure_data) if job.failure else "",
        warnings=[sentence(key, language, {}) for key in job.warnings],
    )


@screen.get("/jobs")
def jobs() -> str:
    """The list of files alone, for following it."""
    return render_template("intake/jobs.html", jobs=shown_jobs())


@screen.get("/jobs.json")
def jobs_data() -> Response:
    """Files with their counts; those of one batch where it is given."""
    batch = request.args.get("batch", "")
    found = (
        progress.of_batch(ports(), current_actor(), batch) if batch else progress.standings(ports(), current_actor())
    )
    return jsonify(jobs=[data_of(one) for one in found])


def data_of(one: Standing) -> dict[str, object]:
    made = shown(one)
    return {
        "job": one.job.id,
        "name": one.job.file_name,
        "state": one.job.state,
        "pages": one.job.pages,
        "read": one.read,
        "failed": one.failed,
        "per_minute": one.per_minute,
        "seconds_left": one.seconds_left,
        "documents": [document.id for document in one.documents],
        "failures": [{"page": number, "message": said} for number, said in made.failures],
        "message": made.why,
    }


@screen.post("/jobs/<id>/retry")
def retry(id: str) -> Response:
    """Reads a failed file, or the pages of it that failed, again."""
    job = intake.retry(ports(), current_actor(), id)
    flash(words("{name} is read again.", name=job.file_name), "song")
    return redirect(url_for("intake.home"))


@screen.post("/retry")
def retry_all() -> Response:
    """Tries everything that failed again."""
    failed = progress.failed_jobs(ports(), current_actor())
    for job in failed:
        intake.retry(ports(), current_actor(), job.id)
    flash(words("{n} {n?file is|files are} read again.", n=len(failed)), "song")
    return redirect(url_for("intake.home"))


@dataclass(frozen=True, slots=True)
class Folder:
    """The watched folder: `files` wait in it, `failures` could not be taken: pairs of path and sentence."""

    path: str
    here: bool
    files: int
    failures: list[tuple[str, str]]


def watched_folder() -> Folder:
    """The watched folder, whether it is there, and what lies in it."""
    path = application().settings.inbox
    here = path.is_dir()
    language = current_language()
    failed = watching.failures(path) if here else []
    told = [(one.path, sentence(one.key, language, one.data)) for one in failed if (path / one.path).is_file()]
    lying = sum(1 for one in path.iterdir() if one.is_file()) if here else 0
    return Folder(str(path), here, max(0, lying - sum("/" not in name for name, _ in told)), told)


@screen.post("/folder")
def folder_failure() -> Response:
    """Tries a file of the watched folder that could not be taken again, or puts it aside."""
    current_actor().must(Permission.INTAKE)
    name, inbox = request.form.get("name", ""), application().settings.inbox
    if request.form.get("act") == "aside":
        watching.put_aside(inbox, name)
        flash(words("{name} is put aside into the folder refused.", name=name), "song")
    else:
        watching.try_again(inbox, name)
        flash(words("{name} is looked at again in a moment.", name=name), "song")
    return redirect(url_for("intake.home"))
