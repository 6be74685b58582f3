"""What is told to whatever watches the process."""

from __future__ import annotations

import re
import threading
import time

import pytest

from archive.errors import Unavailable
from tests.web.conftest import Office
from webui.probes import SECONDS, Readiness

FAR = {"REMOTE_ADDR": "8.8.4.4"}  # no example network: those count as private


def away() -> None:
    raise Unavailable("broker_away")


def test_a_process_that_answers_lives_and_says_nothing_else(office: Office) -> None:
    assert office.app.test_client().get("/healthz").get_json() == {"ok": True}


def test_an_archive_whose_parts_answer_is_ready(office: Office) -> None:
    answer = office.app.test_client().get("/readyz")
    assert answer.status_code == 200 and answer.get_json() == {"ok": True, "missing": []}


def test_a_part_that_is_away_is_named_and_so_is_one_that_hangs_within_a_second(office: Office) -> None:
    hang = threading.Event()
    office.app.extensions["readiness"] = Readiness({"index": away, "store": hang.wait, "queue": lambda: None})
    begun = time.monotonic()
    answer = office.app.test_client().get("/readyz")
    assert time.monotonic() - begun < SECONDS + 2
    assert answer.status_code == 503 and answer.get_json() == {"ok": False, "missing": ["index", "store"]}
    hang.set()


def test_a_part_that_hangs_is_not_asked_again_meanwhile() -> None:
    hang, asked = threading.Event(), []
    readiness = Readiness({"store": lambda: (asked.append(1), hang.wait(60))})
    for _ in range(3):
        readiness._asked_at = float("-inf")
        assert readiness.missing() == ["store"]
    assert asked == [1]
    hang.set()


def test_what_was_just_asked_is_not_asked_again() -> None:
    asked: list[int] = []
    readiness = Readiness({"index": lambda: asked.append(1)})
    assert [readiness.missing() for _ in range(5)] == [[]] * 5
    assert asked == [1]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "172.18.0.3", "::1", "fd00::1"])
def test_figures_are_shown_to_this_machine_and_its_private_network(office: Office, address: str) -> None:
    answer = office.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    assert "dossier_up 1.0" in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_figures_are_not_shown_from_afar_nor_through_a_proxy(office: Office, header: str) -> None:
    client = office.app.test_client()
    assert client.get("/metrics", environ_overrides=FAR).status_code == 404
    assert client.get("/metrics", headers={header: "10.0.0.7"}).status_code == 404


def test_every_answer_says_its_requests_id_and_takes_over_none_that_could_forge_a_line(office: Office) -> None:
    client = office.app.test_client()
    assert client.get("/healthz", headers={"X-Request-ID": "proxy-17.a"}).headers["X-Request-ID"] == "proxy-17.a"
    for forged in ("a b", "x" * 65, '"},{"', ""):
        made = client.get("/no-such-page", headers={"X-Request-ID": forged}).headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{16}", made)
