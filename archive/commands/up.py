"""`dossier up`: every process of the archive on this machine, from start to stop.

Starts and watches; what the processes do is theirs. Must open nothing that a child could inherit.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import click

from archive.commands.instance import only_one
from archive.commands.opening import read_settings, say
from archive.config import Settings
from archive.errors import Unavailable
from workers import broker
from workers.supervisor import Part, Supervisor, die_with_parent

PULSE = 0.1  # seconds
SECONDS_TO_ANSWER = 60.0  # for the web server to answer, on a busy machine
LIVELY = 3  # deaths of a part before the first answer that mean it will not start
LAST_PORT = 65535
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command(
    epilog="""\b
Examples:
  dossier up                       on http://127.0.0.1:8400
  dossier up --port 8500           on another port
  dossier --data /srv/archive up   on another data folder
"""
)
@click.option("--host", help="Address to bind to. Default: DOSSIER_HOST, else 127.0.0.1, this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port. Default: DOSSIER_PORT, else 8400; 0: a free one.")
@click.option("--samples", is_flag=True, help="File the sample dossiers if the archive is empty.")
def command(host: str | None, port: int | None, samples: bool) -> None:
    """Start everything: broker, indexer, web, workers and schedule. A Redis or a cluster that the settings name is
    used in place of the own broker and index.

    Prints the address, keeps the processes running, and stops them all on Ctrl-C. Exit codes: 0 stopped, 5 the port
    is taken or the data folder cannot be written, 6 a dossier runs on this data folder already, 7 the index is damaged.
    """
    settings = read_settings()
    host = host or settings.host
    port = _port(settings.port if port is None else port, host)
    address = f"http://{_in_url(host)}:{port}"
    with only_one(settings, address):
        _check_port(host, port)
        _hand_down(settings, host, port)
        with _stop_signals() as stop, _supervisor(settings) as supervisor:
            _start_web(supervisor, settings, host, port)
            _check_index(settings)  # while the web server loads, which writes nothing by itself
            _wait_for_web(supervisor, host, port, stop)
            if not stop:
                _greet(settings, host, address)
                _start_work(supervisor, settings)
                _run(supervisor, stop, samples)
    say("Stopped.", "已停止。")


def _run(supervisor: _Watched, stop: list[int], samples: bool) -> None:
    """Watches until a stop signal; the sample dossiers are filed meanwhile by a process that has the terminal."""
    filing = _start_samples() if samples else None
    while not stop:
        supervisor.look()
        time.sleep(PULSE)
    if filing is not None and filing.poll() is None:
        filing.send_signal(signal.SIGINT)
        filing.wait()


def _start_samples() -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(
        [sys.executable, "-m", "archive.commands.samples"],
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (this process has no other thread)
    )


class _Watched(Supervisor):
    """The supervisor, with the number of deaths of each part."""

    def __init__(self, logs: Path) -> None:
        super().__init__(logs, self._note)
        self.deaths: dict[str, int] = {}

    def _note(self, name: str, status: int) -> None:
        self.deaths[name] = self.deaths.get(name, 0) + 1
        log = self.logs / f"{name}.log"
        how = f"signal {-status}" if status < 0 else f"status {status}"
        say(
            f"The part {name} ended ({how}) and is started again. Its log: {log}",
            f"{name} 意外结束（{how}），正在重新启动。日志：{log}",
        )


@contextmanager
def _supervisor(settings: Settings) -> Iterator[_Watched]:
    """The supervisor; at the end all parts are stopped, the one started last first."""
    supervisor = _Watched(settings.data / "logs")
    try:
        yield supervisor
    finally:
        supervisor.stop()
        if not settings.broker:
            broker.remove_socket(settings)


def _start_web(supervisor: Supervisor, settings: Settings, host: str, port: int) -> None:
    """What a person waits for comes first, with the machine to itself."""
    if not settings.broker:
        broker.empty(settings)
        supervisor.start(Part("broker", lambda: broker.command(settings), patience=5))
    web = ["gunicorn", "--config", "python:webui.server", "--bind", f"{_in_url(host)}:{port}", "--workers", "1",
           "--graceful-timeout", "3", "webui.wsgi:make()"]  # fmt: skip
    supervisor.start(_python("web", web, patience=6))


def _start_work(supervisor: Supervisor, settings: Settings) -> None:
    if not settings.index:  # a cluster makes its own pages searchable
        supervisor.start(_python("indexer", ["workers.indexer"], patience=5))
    supervisor.start(_python("worker", ["workers"], patience=15, settings=figures_at(settings, 0)))
    supervisor.start(_python("scheduler", ["workers.scheduler"], patience=5, settings=figures_at(settings, 1)))
    supervisor.start(_python("watcher", ["workers.watcher"], patience=5, settings=figures_at(settings, 2)))


def figures_at(settings: Settings, place: int) -> dict[str, str]:
    """Each process shows its figures on a port of its own: the one of the settings and those after it. None where none
    is named, or where there is no port of that number."""
    port = settings.metrics_port + place
    return {"DOSSIER_METRICS_PORT": str(port if settings.metrics_port and port <= LAST_PORT else 0)}


def _python(name: str, module: list[str], patience: float, settings: Mapping[str, str] = MappingProxyType({})) -> Part:
    return Part(name, lambda: [sys.executable, "-m", *module], patience, settings)


def _hand_down(settings: Settings, host: str, port: int) -> None:
    """Lets the children read the same settings."""
    os.environ.update(DOSSIER_DATA=str(settings.data), DOSSIER_HOST=host, DOSSIER_PORT=str(port))


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """The stop signals that have come, as a list that fills."""
    came: list[int] = []
    names = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants to outlive the terminal
        names.append(signal.SIGHUP)
    before = {name: signal.signal(name, lambda number, _: came.append(number)) for name in names}
    try:
        yield came
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _check_port(host: str, port: int) -> None:
    """Raises Unavailable where the address cannot be bound to."""
    try:
        with _bound(host, port):
            pass
    except PermissionError as reason:
        raise Unavailable("port_not_allowed", port=port) from reason
    except socket.gaierror as reason:
        raise Unavailable("host_unknown", host=host) from reason
    except OSError as reason:
        key = "port_taken" if reason.errno in (98, 48) else "host_unknown"  # EADDRINUSE on Linux, macOS
        raise Unavailable(key, host=host, port=port) from reason


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    made = socket.socket(family, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(1)
    except OSError:
        made.close()
        raise
    return made


def _port(wanted: int, host: str) -> int:
    """The port to bind to: the one that is wanted, a free one for 0."""
    if wanted:
        return wanted
    with _bound(host, 0) as made:
        return int(made.getsockname()[1])


def _check_index(settings: Settings) -> None:
    """Raises Unavailable where the index is damaged, lost, half rebuilt, or a cluster that does not answer."""
    from archive.bootstrap import choose_index
    from archive.services.rebuild import check_whole
    from ingest.scan_store import open_store

    index = choose_index(settings)
    try:
        check_whole(index, open_store(settings))
    finally:
        index.close()


def _wait_for_web(supervisor: _Watched, host: str, port: int, stop: list[int]) -> None:
    """Returns when the web server answers. Raises Unavailable where it does not start."""
    end = time.monotonic() + SECONDS_TO_ANSWER
    while not stop:
        supervisor.look()
        if _answers(host, port):
            return
        if time.monotonic() > end or supervisor.deaths.get("web", 0) >= LIVELY:
            raise Unavailable("part_does_not_start", part="web", log=str(supervisor.logs / "web.log"))
        time.sleep(PULSE)


def _answers(host: str, port: int) -> bool:
    """Whether a request gets any answer: the port is open before the application is there."""
    try:
        with socket.create_connection((_reachable(host), port), timeout=PULSE) as asked:
            asked.settimeout(5)
            asked.sendall(b"HEAD /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return bool(asked.recv(12))
    except OSError:
        return False


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _greet(settings: Settings, host: str, address: str) -> None:
    say(f"Dossier is up: {address}", f"卷宗已启动：{address}")
    say(f"Data: {settings.data}   Stop: Ctrl-C", f"数据：{settings.data}   停止：Ctrl-C")
    if host not in LOOPBACK:
        say(
            "Others can reach it. Without HTTPS in front of it, passwords cross the network as they are.",
            "其他机器也能访问。前面没有 HTTPS 时，密码在网上明文传送。",
        )
