"""How a cluster is reached: by what it says it is, with certificates, passwords and keys; nothing else is taken."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.errors import InvalidInput, Unavailable
from search.cluster.connection import Cluster
from tests.engines.certificates import Authority, Certificate

ELASTIC = {"tagline": "You Know, for Search", "version": {"number": "8.15.3"}}
OPEN = {"version": {"number": "2.19.1", "distribution": "opensearch"}}


class Told:
    """What a pretended server was asked: headers of each request."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []


@contextmanager
def server(
    about: dict[str, Any], *, status: int = 200, tls: Certificate | None = None, genuine: bool = True
) -> Iterator[tuple[int, Told]]:
    """A server that answers every request with `about`, on a free port of this machine."""
    told = Told()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            body = json.dumps(about).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if genuine:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.file, tls.key)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield made.server_address[1], told
    finally:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who vouches for the pretended servers."""
    return Authority(tmp_path_factory.mktemp("tls"))


def cluster(address: str, **settings: Any) -> Cluster:
    return Cluster(Settings(index=address, index_seconds=5, **settings))


@pytest.mark.parametrize(
    ("about", "product", "version"), [(ELASTIC, "elasticsearch", "8.15.3"), (OPEN, "opensearch", "2.19.1")]
)
def test_a_server_is_known_by_what_it_says(
    about: dict[str, Any], product: str, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with server(about, genuine=product == "elasticsearch") as (port, _):
        found = cluster(f"http://127.0.0.1:{port}")
        assert (found.product, found.version) == (product, version)
        assert f"the index is {product} {version}" in caplog.text
        found.close()


def test_each_product_is_spoken_to_in_its_own_types() -> None:
    said = {}
    for about in (ELASTIC, OPEN):
        with server(about) as (port, told):
            found = cluster(f"http://127.0.0.1:{port}")
            found.client().info()
            said[found.product] = told.headers[-1]["accept"]
            found.close()
    assert said == {
        "elasticsearch": "application/vnd.elasticsearch+json; compatible-with=8",
        "opensearch": "application/json",
    }


@pytest.mark.parametrize(
    "about",
    [
        {"tagline": "You Know, for Search", "version": {"number": "7.17.0"}},
        {"version": {"number": "1.3.0", "distribution": "opensearch"}},
        {"version": {"number": "4.0.0", "distribution": "opensearch"}},
        {"tagline": "something else", "version": {"number": "8.1.0"}},
        {"hello": "world"},
    ],
)
def test_another_product_or_version_is_refused(about: dict[str, Any]) -> None:
    with server(about) as (port, _), pytest.raises(Unavailable) as refused:
        cluster(f"http://127.0.0.1:{port}").client()
    assert refused.value.key == "cluster_product"
    assert "Elasticsearch 8 and 9" in str(refused.value)


def test_a_certificate_is_checked_against_the_given_one(authority: Authority) -> None:
    with server(ELASTIC, tls=authority.certificate()) as (port, _):
        trusted = cluster(f"https://127.0.0.1:{port}", index_ca=authority.file)
        assert trusted.product == "elasticsearch"
        trusted.close()
        with pytest.raises(Unavailable) as refused:
            cluster(f"https://127.0.0.1:{port}").client()
    assert refused.value.key == "cluster_not_trusted"
    assert "DOSSIER_INDEX_CA" in str(refused.value)


def test_certificates_do_no_harm_to_an_address_without_tls(authority: Authority, free_ports: Callable[[], int]) -> None:
    with server(OPEN) as (port, _):
        found = cluster(f"https://127.0.0.1:{free_ports()},http://127.0.0.1:{port}", index_ca=authority.file)
        assert found.product == "opensearch"
        found.close()


def test_who_speaks_plainly_to_a_server_with_tls_is_told_in_plain_words(authority: Authority) -> None:
    with server(ELASTIC, tls=authority.certificate()) as (port, _), pytest.raises(Unavailable) as refused:
        cluster(f"http://127.0.0.1:{port}").client()
    assert refused.value.key == "cluster_away"
    assert re.search(r"\([A-Za-z ]+\)\.$", str(refused.value))


def test_a_name_with_a_password_from_a_file_is_sent(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim 密\n", "utf-8")
    with server(ELASTIC) as (port, told):
        found = cluster(f"http://127.0.0.1:{port}", index_user="dossier", index_password_file=tmp_path / "password")
        found.client().info()
        found.close()
    kind, _, sent = told.headers[-1]["authorization"].partition(" ")
    assert (kind, base64.b64decode(sent).decode()) == ("Basic", "dossier:geheim 密")


def test_a_key_from_a_file_is_sent(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a2V5\n", "utf-8")
    with server(ELASTIC) as (port, told):
        found = cluster(f"http://127.0.0.1:{port}", index_api_key_file=tmp_path / "key")
        found.client().info()
        found.close()
    assert told.headers[-1]["authorization"] == "ApiKey a2V5"


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with server(ELASTIC) as (port, _), pytest.raises(Unavailable) as refused:
        cluster(f"http://127.0.0.1:{port}", index_api_key_file=tmp_path / "nothing").client()
    assert refused.value.key == "secret_unreadable" and str(tmp_path / "nothing") in str(refused.value)


@pytest.mark.parametrize(
    ("status", "key"), [(401, "cluster_unknown_to"), (403, "cluster_forbids"), (500, "cluster_fault")]
)
def test_a_refusal_of_the_server_is_said(status: int, key: str) -> None:
    said = {"error": {"type": "x", "reason": "not you"}}
    with server(said, status=status) as (port, _), pytest.raises(Unavailable) as refused:
        cluster(f"http://127.0.0.1:{port}").client()
    assert refused.value.key == key and "not you" in str(refused.value)


def test_of_several_addresses_one_that_answers_is_enough(free_ports: Callable[[], int]) -> None:
    with server(OPEN) as (port, _):
        found = cluster(f"http://127.0.0.1:{free_ports()}, http://127.0.0.1:{free_ports()},http://127.0.0.1:{port}")
        assert found.product == "opensearch"
        found.close()


def test_where_nothing_answers_a_person_is_told_without_the_machinery(free_ports: Callable[[], int]) -> None:
    with pytest.raises(Unavailable) as away:
        cluster(f"http://127.0.0.1:{free_ports()}").client()
    assert away.value.key == "cluster_away"
    assert str(away.value).endswith("(Connection refused).")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:9200",
        "ftp://host",
        " , ",
        "http://host:abc",
        "http://host:99999",
        "https://[::1",
        "http://",
        "http://a b",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        cluster(address).client()
    assert refused.value.key == "cluster_no_address"


def test_a_password_in_an_address_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with server(OPEN) as (port, _):
        found = cluster(f"http://zhao:geheim@127.0.0.1:{port}")
        assert found.product == "opensearch"
        found.close()
    with pytest.raises(InvalidInput) as refused:
        cluster("http://zhao:geheim@host:abc").client()
    assert "127.0.0.1" in caplog.text and "host:abc" in str(refused.value)
    assert "geheim" not in caplog.text + str(refused.value)


def test_other_nodes_that_cannot_be_asked_for_are_told_in_plain_words() -> None:
    with server(ELASTIC) as (port, _), pytest.raises(Unavailable):
        cluster(f"http://127.0.0.1:{port}", index_sniff=True).client()


@pytest.mark.parametrize("about", [ELASTIC, OPEN])
def test_who_asks_for_the_other_nodes_says_who_asks(about: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a2V5\n", "utf-8")
    said = dict(about)
    with server(said) as (port, told):
        said["nodes"] = {"one": {"http": {"publish_address": f"127.0.0.1:{port}"}}}
        found = cluster(f"http://127.0.0.1:{port}", index_api_key_file=tmp_path / "key", index_sniff=True)
        found.client().info()
        found.close()
    assert len(told.headers) > 2 and {one.get("authorization") for one in told.headers} == {"ApiKey a2V5"}


def test_who_comes_while_another_waits_for_the_first_answer_does_not_wait_in_turn() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes calls and says nothing
        found = Cluster(Settings(index=f"http://127.0.0.1:{silent.getsockname()[1]}", index_seconds=1))
        begun = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            said = [one.exception() for one in [pool.submit(found.client) for _ in range(6)]]
    assert {one.key for one in said if isinstance(one, Unavailable)} == {"cluster_slow"} and len(said) == 6
    assert time.monotonic() - begun < 4  # six in turn would take six


def test_a_process_that_was_forked_while_another_thread_connected_connects_by_itself() -> None:
    with server(OPEN) as (port, _):
        found = cluster(f"http://127.0.0.1:{port}")
        with found._lock:  # as a thread holds it that is not there after the fork
            child = os.fork()
            if not child:
                os._exit(0 if found.product == "opensearch" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def free_ports() -> Callable[[], int]:
    """Ports on which nothing listens."""

    def free() -> int:
        with socket.socket() as made:
            made.bind(("127.0.0.1", 0))
            return int(made.getsockname()[1])

    return free
