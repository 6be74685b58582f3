"""An archive whose scans lie in a bucket: the main job, and the archive made anew on another machine from the bucket
alone."""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.audit import AuditEvent
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.record import Record
from archive.ports import Ports
from archive.services import intake, retrieval
from tests import object_server, small_pdf
from tests.integration.conftest import ROOT, opened

PAGES = 3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return object_server.settings(tmp_path / "first", secrets.token_hex(6))


def everything(ports: Ports) -> dict[str, Record]:
    kinds: tuple[type[Record], ...] = (IntakeJob, Document, Page, AuditEvent)
    return {f"{kind.kind}/{read.record.id}": read.record for kind in kinds for read in ports.index.changes(kind, 0)}


def _take(ports: Ports) -> str:
    file = io.BytesIO(small_pdf.agreement(PAGES))
    job = intake.receive(ports, SYSTEM, file, "协议.pdf", channel="upload", batch="b").job
    done = ports.index.get(IntakeJob, job.id).record
    assert done.state == JobState.DONE
    ports.index.refresh(10**12, wait=20)
    return done.documents[0]


def _is_found_and_shown(ports: Ports, document: str) -> None:
    found = retrieval.search(ports, SYSTEM, "harbour").result
    assert (found.documents, found.pages) == (1, PAGES)
    page = found.found[0].pages[0].page
    assert ports.images.region(page.image, None, (200, 280)).startswith(b"\xff\xd8")
    with retrieval.original(ports, SYSTEM, document) as (_, path):
        assert path.read_bytes() == small_pdf.agreement(PAGES)


def test_a_file_is_taken_in_found_and_shown_with_nothing_of_it_in_the_data_folder_but_copies(settings):
    with opened(settings) as ports:
        _is_found_and_shown(ports, _take(ports))
    assert not (settings.data / "store").exists()


def test_an_archive_is_made_anew_on_another_machine_from_the_bucket_alone(settings, tmp_path):
    with opened(settings) as ports:
        document = _take(ports)
        before = everything(ports)
    other = settings.model_copy(update={"data": tmp_path / "second"})
    told = _rebuild(other)
    assert told["pages"] == PAGES and told["broken"] == []
    with opened(other) as ports:
        assert everything(ports) == before
        _is_found_and_shown(ports, document)


def _rebuild(settings: Settings) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", "rebuild", "--from-store", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
        env={
            **os.environ,
            "DOSSIER_DATA": str(settings.data),
            "DOSSIER_STORE": settings.store,
            "DOSSIER_STORE_ENDPOINT": settings.store_endpoint,
            "DOSSIER_STORE_KEY_FILE": str(settings.store_key_file),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told
