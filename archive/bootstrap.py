"""Builds the application out of settings. The only module that may import everything."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

import schemes as shipped_schemes
from archive.config import Settings
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme
from archive.errors import InvalidInput, Unavailable
from archive.ports import Index, Ports, TaskQueue
from archive.services.rebuild import NOT_WHOLE, check_whole
from ingest.classification import SchemeClassifier
from ingest.decoder import SubprocessDecoder
from ingest.ocr import careful_engine, choose_engine
from ingest.page_images import LocalPageImages
from ingest.scan_store import open_store
from search.embedded import open_index
from workers.queue import CeleryTaskQueue

log = logging.getLogger(__name__)


class OfficeClock:
    """The machine's clock, and the office's day."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    @property
    def zone(self) -> tzinfo:
        return self._zone

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(self._zone).date()


@dataclass(frozen=True)
class Application:
    """What an entrance (web, worker, command line) holds on to."""

    ports: Ports
    settings: Settings
    secret_key: bytes

    def close(self) -> None:
        """Ends child processes and closes files."""
        self.ports.decoder.close()
        self.ports.index.close()


def build(settings: Settings, *, queue: TaskQueue | None = None) -> Application:
    """The application on `settings.data`, which is made if it is not there. Opens nothing that cannot be opened
    after a fork: adapters open lazily, a process."""
    folder = settings.data
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings)
    ports = Ports(
        index=choose_index(settings),
        store=store,
        images=LocalPageImages(store),
        decoder=SubprocessDecoder(settings),
        ocr=choose_engine(settings),
        classifier=SchemeClassifier(),
        queue=queue or CeleryTaskQueue(settings),
        clock=OfficeClock(settings.zone),
        schemes=load_schemes(settings.schemes),
        settings=settings,
        careful=careful_engine(settings),
    )
    return Application(ports, settings, secret_key(folder / "secret.key"))


def build_whole(settings: Settings) -> Application:
    """As `build`, for a process of a deployment, which nothing starts that has looked before. Raises Unavailable where
    the index is lost, or a move or rebuild has left only a part of it. A cluster that does not answer at the moment
    keeps no process from starting."""
    application = build(settings)
    if settings.index:
        try:
            check_whole(application.ports.index, application.ports.store)
        except Unavailable as reason:
            if reason.key in NOT_WHOLE:
                application.close()
                raise
            log.warning("the index could not be looked at: %s", reason)
    return application


def choose_index(settings: Settings) -> Index:
    """The cluster that is named, else the index in the data folder."""
    if settings.index:
        from search.cluster import open_cluster  # its client takes half a second that one machine need not wait

        return open_cluster(settings)
    return open_index(settings.data / "index")


def load_schemes(own: Path | None) -> Mapping[str, Scheme]:
    """The shipped schemes, and the office's own from the folder `own`, which win where the id is the same.

    Raises InvalidInput with the file and the place in it.
    """
    texts = dict(shipped_schemes.shipped())
    if own is not None:
        if not own.is_dir():
            raise InvalidInput("schemes_folder_missing", folder=str(own))
        texts |= {path.stem: path.read_text("utf-8") for path in sorted(own.glob("*.yaml"))}
    found = [read_scheme(text, name) for name, text in texts.items()]
    return {scheme.id: scheme for scheme in found}


def secret_key(path: Path) -> bytes:
    """The key that signs cookies: made at first start, readable by its owner alone. Safe when several processes
    start at once: the first link wins and none is ever seen half."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
