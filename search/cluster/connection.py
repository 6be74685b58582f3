"""The connection to a cluster: opened when first needed, by what the server says it is."""

from __future__ import annotations

import base64
import logging
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, NodeConfig
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import Elasticsearch

from archive.config import Settings
from archive.errors import InvalidInput, Unavailable
from search.cluster.dialect import OPENSEARCH, Node, PlainNode, is_known, product_of
from search.cluster.faults import cluster_faults, patiently
from search.cluster.names import Names

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 3  # with another node each time, where there are several
_CONNECTIONS = 16  # a node and process


@dataclass(frozen=True, slots=True)
class _Opened:
    process: int
    client: Elasticsearch
    product: str
    version: str


class Cluster:
    """One cluster, as this process has opened it. Safe for several threads; opens anew after a fork."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.names = Names(settings.index_prefix)
        self._process, self._lock = os.getpid(), threading.Lock()
        self._opened: _Opened | None = None

    def client(self) -> Elasticsearch:
        """The client. Raises Unavailable where the cluster is away, or is none that Dossier works with."""
        return self._open().client

    @property
    def product(self) -> str:
        """`elasticsearch` or `opensearch`."""
        return self._open().product

    @property
    def version(self) -> str:
        return self._open().version

    def ask(self, what: Callable[[Elasticsearch], T]) -> T:
        """What the cluster answers; waits while it is busy. Raises Unavailable."""
        client = self.client()
        with cluster_faults():
            return patiently(lambda: what(client), self.settings.index_seconds)

    def try_asking(self, what: Callable[[Elasticsearch], T]) -> T:
        """As `ask`, but lets through what the cluster answers where that is an error, for callers that know more."""
        client = self.client()
        with cluster_faults(answers=False):
            return patiently(lambda: what(client), self.settings.index_seconds)

    def close(self) -> None:
        """Closes the connections, unless they are those of a parent process."""
        opened, self._opened = self._opened, None
        if opened is not None and opened.process == os.getpid():
            opened.client.close()

    def _open(self) -> _Opened:
        opened = self._opened
        if opened is not None and opened.process == os.getpid():
            return opened
        if self._process != os.getpid():  # a thread of the parent may have held the lock at the fork
            self._process, self._lock = os.getpid(), threading.Lock()
        lock = self._lock
        if not lock.acquire(timeout=self.settings.index_seconds):  # others try, and wait for an answer
            raise Unavailable("cluster_slow")
        try:
            if self._opened is None or self._opened.process != os.getpid():
                self._opened = _connect(self.settings)
            return self._opened
        finally:
            lock.release()


def _connect(settings: Settings) -> _Opened:
    asking = _client(settings, PlainNode, sniff=False)
    try:
        with cluster_faults():
            product, version = product_of(_told(asking, settings))
    except Unavailable:
        asking.close()
        raise
    if not is_known(product, version):
        asking.close()
        raise Unavailable("cluster_product", product=product or "?", version=version or "?")
    log.info("the index is %s %s at %s", product, version, _shown(settings))
    if product == OPENSEARCH and not settings.index_sniff:
        return _Opened(os.getpid(), asking, product, version)
    asking.close()
    node = PlainNode if product == OPENSEARCH else Node
    with cluster_faults():  # the other nodes are asked for at once
        return _Opened(os.getpid(), _client(settings, node, sniff=settings.index_sniff), product, version)


def _told(client: Elasticsearch, settings: Settings) -> dict[str, Any]:
    """What the server says of itself; every address is tried."""
    for left in reversed(range(len(_addresses(settings)))):
        try:
            return dict(client.info())
        except (NoConnection, ConnectionTimeout):
            if not left:
                raise
    raise InvalidInput("cluster_no_address", field="index", value=_shown(settings))


def _client(settings: Settings, node: type[Node], *, sniff: bool) -> Elasticsearch:
    more: dict[str, Any] = {}
    if sniff:
        more = {"sniff_on_start": True, "sniff_on_node_failure": True, "min_delay_between_sniffing": 60}
    try:
        return Elasticsearch(
            _nodes(settings),
            node_class=node,
            request_timeout=settings.index_seconds,
            connections_per_node=_CONNECTIONS,
            max_retries=_TRIES,
            retry_on_timeout=False,
            retry_on_status=(502, 504),  # busy ones are asked again by `patiently`, which waits in between
            **more,
        )
    except ValueError as fault:  # a host or port that is none
        raise InvalidInput("cluster_no_address", field="index", value=_shown(settings)) from fault


def _nodes(settings: Settings) -> list[NodeConfig]:
    """The nodes as the client takes them. What one signs in with goes with each: the client would leave it out where
    it asks for the other nodes. So do the certificates, which one without TLS must not have. Raises ValueError,
    InvalidInput, Unavailable."""
    found = [url_to_node_config(address, use_default_ports_for_scheme=True) for address in _addresses(settings)]
    if settings.index_ca is not None:
        ca = str(settings.index_ca)
        found = [node.replace(ca_certs=ca) if node.scheme == "https" else node for node in found]
    sign_in = _sign_in(settings)
    return [node.replace(headers={"authorization": sign_in}) for node in found] if sign_in else found


def _sign_in(settings: Settings) -> str:
    """The header for the key or the name and password; empty where there are none. Raises Unavailable."""
    if settings.index_api_key_file is not None:
        return f"ApiKey {_secret(settings.index_api_key_file)}"
    if settings.index_user and settings.index_password_file is not None:
        sent = f"{settings.index_user}:{_secret(settings.index_password_file)}".encode()
        return f"Basic {base64.b64encode(sent).decode()}"
    return ""


def _addresses(settings: Settings) -> list[str]:
    """The addresses, each with its port. Raises InvalidInput."""
    found = [address.strip() for address in settings.index.split(",") if address.strip()]
    if not found or any(not address.startswith(("http://", "https://")) for address in found):
        raise InvalidInput("cluster_no_address", field="index", value=_shown(settings))
    return [_with_port(address.rstrip("/")) for address in found]


def _with_port(address: str) -> str:
    host = address.partition("://")[2].partition("/")[0].rpartition("@")[2]
    if ":" in host.rpartition("]")[2]:
        return address
    scheme, _, rest = address.partition("://")
    name, slash, path = rest.partition("/")
    return f"{scheme}://{name}:9200{slash}{path}"


def _shown(settings: Settings) -> str:
    """The addresses as anybody may read them: one may hold a password."""
    return re.sub(r"//[^/,]*@", "//", settings.index)


def _secret(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as reason:
        raise Unavailable("secret_unreadable", file=str(file), reason=str(reason)) from reason
