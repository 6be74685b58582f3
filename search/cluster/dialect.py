"""What differs between the two products that one client speaks to. Knows bytes on the wire, no records.

Elasticsearch's client asks for content types of its own and takes answers of Elasticsearch alone; OpenSearch answers
the same requests under the plain types and without that product's header.
"""

from __future__ import annotations

import re
from typing import Any

from elastic_transport import HttpHeaders, TransportError, Urllib3HttpNode
from elastic_transport._node import NodeApiResponse  # not exported, though every node gives it back
from elastic_transport.client_utils import DEFAULT, DefaultType

ELASTICSEARCH, OPENSEARCH = "elasticsearch", "opensearch"
KNOWN = {ELASTICSEARCH: (8, 9), OPENSEARCH: (2, 3)}  # major versions

_OWN_TYPE = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson)\s*;\s*compatible-with=\d+")


class Node(Urllib3HttpNode):
    """Takes no page of somebody between us and the cluster (a proxy that wants a sign-in, say) for an answer."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """See `elastic_transport.BaseNode`."""
        answer = super().perform_request(method, target, body, headers, request_timeout)
        if answer.meta.status < 300 and "html" in (answer.meta.headers.get("content-type") or ""):
            raise TransportError("a web page came instead of an answer")
        return answer


class PlainNode(Node):
    """Speaks the plain content types, and answers as the client expects of its own product."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """See `elastic_transport.BaseNode`."""
        plain = HttpHeaders({name: _OWN_TYPE.sub(r"application/\1", held) for name, held in (headers or {}).items()})
        answer = super().perform_request(method, target, body, plain, request_timeout)
        answer.meta.headers["x-elastic-product"] = "Elasticsearch"
        return answer


def product_of(told: dict[str, Any]) -> tuple[str, str]:
    """Product and version as the server at the other end names itself; the product is empty where it is neither."""
    version = told.get("version", {})
    number = str(version.get("number", ""))
    if version.get("distribution") == OPENSEARCH:
        return OPENSEARCH, number
    if told.get("tagline") == "You Know, for Search":
        return ELASTICSEARCH, number
    return str(version.get("distribution", "")), number


def is_known(product: str, version: str) -> bool:
    """Whether Dossier works with this version."""
    major = version.partition(".")[0]
    return major.isdecimal() and int(major) in KNOWN.get(product, ())
