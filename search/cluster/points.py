"""Points in time: a list of results that stays as it was while people turn its pages. Reads, never writes.

A cluster keeps a point for as long as it is asked to, and only so many of them. What cannot be had, or is gone, is done
without. The cursor is a point's name made fit for an address; it opens nothing that the search itself would not show.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from archive.domain.document import Page
from search.cluster.connection import Cluster
from search.cluster.dialect import OPENSEARCH
from search.cluster.faults import cluster_faults
from search.cluster.indices import Indices

FIRST, LATER = "5m", "15m"  # kept after the first page of a list, and after each further one
_LONGEST_CURSOR = 2000  # characters; an address may not be much longer
_LONGEST_NAME = 1 << 16
_JSON = {"accept": "application/json", "content-type": "application/json"}


class Point:
    """Where a search looks: at a point in time, or (`name` empty) at what is there now."""

    def __init__(self, name: str, kept: str) -> None:
        self.name = name
        self._kept = kept

    @property
    def asked(self) -> dict[str, Any]:
        """What a search has to say to look here."""
        return {"id": self.name, "keep_alive": self._kept}

    @property
    def cursor(self) -> str:
        """The name as part of an address; empty where nothing is kept, or the name is too long."""
        if not self.name:
            return ""
        cursor = base64.urlsafe_b64encode(zlib.compress(self.name.encode(), 9)).decode().rstrip("=")
        return cursor if len(cursor) <= _LONGEST_CURSOR else ""


def point_of(cursor: str) -> Point | None:
    """The point a cursor names; None where it names none."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name = zlib.decompressobj().decompress(packed, _LONGEST_NAME).decode("ascii")
    except (ValueError, binascii.Error, zlib.error):
        return None
    return Point(name, LATER) if name else None


class Points:
    """Opens and closes points over the pages."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices

    def open(self) -> Point:
        """A new point; a nameless one where the cluster refuses."""
        self._indices.make_sure(Page)
        with cluster_faults(answers=False):
            try:
                return Point(self._opened(self._cluster.client()), FIRST)
            except ApiError:
                return Point("", FIRST)

    def close(self, point: Point) -> None:
        """Gives a point back; it would go by itself later."""
        if point.name:
            with contextlib.suppress(ApiError, TransportError):
                self._closed(self._cluster.client(), point.name)

    @contextmanager
    def opened(self) -> Iterator[Point]:
        """A new point, closed in the end."""
        point = self.open()
        try:
            yield point
        finally:
            self.close(point)

    def _opened(self, client: Elasticsearch) -> str:
        index = self._cluster.names.read(Page.kind)
        if self._cluster.product != OPENSEARCH:
            return str(client.open_point_in_time(index=index, keep_alive=FIRST)["id"])
        whole = {"keep_alive": FIRST, "allow_partial_pit_creation": "false"}
        path = f"/{index}/_search/point_in_time"
        return str(client.perform_request("POST", path, params=whole, headers=_JSON)["pit_id"])

    def _closed(self, client: Elasticsearch, name: str) -> None:
        if self._cluster.product == OPENSEARCH:
            client.perform_request("DELETE", "/_search/point_in_time", headers=_JSON, body={"pit_id": [name]})
        else:
            client.close_point_in_time(id=name)
