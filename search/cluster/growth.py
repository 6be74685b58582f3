"""The fields of an index against those of this version: what a newer version adds is added, without touching what
there is. Nothing else can be changed in place; that takes a migration, and it is said so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from archive.domain.record import Record
from archive.errors import Unavailable
from search.cluster.mapping import mappings
from search.cluster.names import Names
from search.cluster.page_mapping import OF_EVERY_SEARCH

log = logging.getLogger(__name__)

_SAME = ("type", "analyzer")  # what cannot be changed of a field

Fields = Mapping[str, Any]


def add_fields(client: Elasticsearch, names: Names, kind: type[Record]) -> None:
    """Adds the fields that the index in use was made without. Raises Unavailable("index_outdated") where that does not
    do: a field is held otherwise than this version needs it, or pages would not be found by their words."""
    wanted, alias = mappings(kind), names.write(kind.kind)
    for index, there in client.indices.get_mapping(index=alias).items():
        held = there["mappings"].get("properties", {})
        missing = _missing(wanted["properties"], held)
        if any(_changed(wanted["properties"], held)) or not OF_EVERY_SEARCH.isdisjoint(missing):
            raise Unavailable("index_outdated", index=index, kind=kind.kind)
        if not missing:
            continue
        try:
            client.indices.put_mapping(
                index=index, properties=missing, dynamic_templates=wanted["dynamic_templates"], dynamic="strict"
            )
        except BadRequestError as fault:  # an analysis that the index does not have, for example
            raise Unavailable("index_outdated", index=index, kind=kind.kind) from fault
        log.warning(
            "%s has new fields: %s; records from before are found by them after `dossier index migrate --kind %s`",
            index,
            ", ".join(_paths(missing)),
            kind.kind,
        )


def _missing(wanted: Fields, held: Fields) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, field in wanted.items():
        if name not in held:
            made[name] = field
        elif within := _missing(field.get("properties", {}), held[name].get("properties", {})):
            made[name] = {"properties": within}
    return made


def _changed(wanted: Fields, held: Fields) -> Iterator[str]:
    for name in wanted.keys() & held.keys():
        field, there = wanted[name], held[name]
        if any(field.get(what) != there.get(what) for what in _SAME if what in field and what in there):
            yield name
        yield from _changed(field.get("properties", {}), there.get("properties", {}))


def _paths(fields: Fields) -> Iterator[str]:
    for name, field in fields.items():
        if "properties" in field:
            yield from (f"{name}.{path}" for path in _paths(field["properties"]))
        else:
            yield name
