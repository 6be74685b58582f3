"""What a cluster holds of a record: the index of each kind, derived from the marks on its model, strict.

`data` is the record itself, not searched. What is searched of a record stands under `found`; pages have fields of their
own (`search.cluster.page_mapping`). Texts that lists look into are held character by character, so that a phrase finds
any run of characters, as the embedded index does.
"""

from __future__ import annotations

import hashlib
from typing import Any

from archive.config import Settings
from archive.domain.document import Page
from archive.domain.record import Derived, Record, Searched
from search.cluster.page_mapping import INDEX_SETTINGS, NOT_KEPT, page_dynamic_templates, page_fields, page_properties
from search.fields import ending_of, fields_of, how_searched, values

CHARS = "__chars"  # ends the name of the field that holds a text character by character
_LONGEST_KEYWORD = 8191  # characters; a longer value is kept but not found

_KEYWORD = {"type": "keyword", "ignore_above": _LONGEST_KEYWORD}
_CHARACTERS = {"type": "text", "analyzer": "whitespace", "norms": False}
_TYPES: dict[Searched, dict[str, Any]] = {
    Searched.KEYWORD: _KEYWORD,
    Searched.TEXT: _KEYWORD,
    Searched.DATE: {"type": "keyword"},  # ISO days: their order is that of their letters
    Searched.NUMBER: {"type": "double"},
}
_CONTROL: dict[str, Any] = {
    "id": {"type": "keyword"},
    "revision": {"type": "long"},
    "seq": {"type": "long"},
    "stamp": {"type": "long"},
    "gone": {"type": "boolean"},
    "write": {"type": "keyword", "index": False, "doc_values": False},
    "digest": {"type": "keyword", "index": False},
    "data": {"type": "keyword", "index": False, "doc_values": False},  # the record's JSON as text: read back as written
}


def index_body(kind: type[Record], settings: Settings) -> dict[str, Any]:
    """Settings and mappings of the index of a kind, for its template."""
    return {"settings": _settings(kind, settings), "mappings": mappings(kind)}


def mappings(kind: type[Record]) -> dict[str, Any]:
    """The mappings of a kind: nothing that is not declared is taken."""
    if issubclass(kind, Page):
        return {
            "dynamic": "strict",
            "_source": {"excludes": list(NOT_KEPT)},
            "dynamic_templates": page_dynamic_templates(),
            "properties": {**page_properties(), **_CONTROL},
        }
    return {
        "dynamic": "strict",
        "_source": {"excludes": ["found"]},
        "dynamic_templates": _templates_of_mappings(kind),
        "properties": {**_CONTROL, "found": {"dynamic": "strict", "properties": _properties(kind)}},
    }


def stored(record: Record, revision: int, seq: int, write: str) -> dict[str, Any]:
    """What is stored of `record`."""
    body = _control(record.id, revision, seq, write, gone=False)
    body["stamp"] = record.stamp if isinstance(record, Derived) else 0
    body["data"] = record.model_dump_json()
    body["digest"] = digest_of(body["data"])
    return body | (page_fields(record) if isinstance(record, Page) else {"found": _found(record)})


def tombstone(id: str, revision: int, seq: int, write: str, stamp: int) -> dict[str, Any]:
    """What is stored of a record that was deleted."""
    return _control(id, revision, seq, write, gone=True) | {"stamp": stamp, "digest": ""}


def digest_of(data: str) -> str:
    """Equal for equal records: 128 bits of the SHA-256 of a record's JSON, in hexadecimal."""
    return hashlib.sha256(data.encode()).hexdigest()[:32]


def document_id(id: str) -> str:
    """The id under which a record is stored: clusters take 512 bytes."""
    encoded = id.encode()
    return id if len(encoded) <= 512 else f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def field_name(kind: type[Record], field: str) -> str:
    """The field of the index that a searchable field of a kind stands in. Raises InvalidInput where it is not one."""
    how_searched(kind, field)
    return "id" if field == "id" else f"found.{field}"


def characters(text: str) -> str:
    """A squeezed text as tokens, one a character."""
    return " ".join(text)


def _control(id: str, revision: int, seq: int, write: str, *, gone: bool) -> dict[str, Any]:
    return {"id": id, "revision": revision, "seq": seq, "gone": gone, "write": write}


def _found(record: Record) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field, value in values(record):
        whole, _, name = field.partition(".")
        place, last = (made.setdefault(whole, {}), name) if name else (made, whole)
        place.setdefault(last, []).append(value)
        if how_searched(type(record), field) is Searched.TEXT:
            place.setdefault(f"{last}{CHARS}", []).append(characters(str(value)))
    return made


def _properties(kind: type[Record]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field, how in fields_of(kind).items():
        if field == "id":
            continue
        if how is Searched.META:
            made[field] = {"type": "object", "dynamic": True}
            continue
        made[field] = _TYPES[how]
        if how is Searched.TEXT:
            made[f"{field}{CHARS}"] = _CHARACTERS
    return made


def _templates_of_mappings(kind: type[Record]) -> list[dict[str, Any]]:
    made = []
    for field, how in fields_of(kind).items():
        if how is Searched.META:
            path = f"found.{field}"
            made.append({f"{field}_chars": {"path_match": f"{path}.*{CHARS}", "mapping": _CHARACTERS}})
            for ending in "ktnd":
                found = ending_of(f"x_{ending}")
                assert found is not None
                made.append({f"{field}_{ending}": {"path_match": f"{path}.*_{ending}", "mapping": _TYPES[found]}})
    return made


def _settings(kind: type[Record], settings: Settings) -> dict[str, Any]:
    """One shard for all kinds but pages, which are the many."""
    pages = issubclass(kind, Page)
    made: dict[str, Any] = {
        "number_of_shards": settings.index_shards if pages else 1,
        "refresh_interval": f"{int(settings.index_refresh_seconds * 1000)}ms",
        "mapping.total_fields.limit": 5000,  # schemes bring fields of their own
    }
    if settings.index_replicas == "auto":
        made["auto_expand_replicas"] = "0-1"
    else:
        made["number_of_replicas"] = int(settings.index_replicas)
    return made | (INDEX_SETTINGS if pages else {})
