"""The form of a dossier: opening one, and changing its record. Its fields are those of the scheme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Day
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from archive.domain.dossier import Dossier, FieldValue
from archive.domain.scheme import Field, Scheme
from archive.errors import ArchiveError, InvalidInput
from webui import dossiers_view as view
from webui.errors import status_of
from webui.language import label, words


def form_page(
    scheme: Scheme, dossier: Dossier | None, given: Mapping[str, Any], fault: ArchiveError | None = None
) -> Response:
    """The form with what was typed, and what is wrong with it."""
    shown = render_template(
        "dossiers/form.html",
        scheme=scheme,
        dossier=dossier,
        given=given,
        fault=fault,
        class_pairs=[("", words("choose")), *view.class_pairs(scheme)],
        level_pairs=[(level.id, label(level.label)) for level in scheme.levels],
        choices={
            field.name: [("", "–"), *((id, label(name)) for id, name in field.choices)] for field in scheme.fields
        },
    )
    return make_response(shown, status_of(fault) if fault else 200)


def former_numbers(form: Mapping[str, str]) -> list[str]:
    """Former numbers as typed: several stand on lines of their own, or are parted by commas."""
    return [part for part in re.split(r"[,，、;；\r\n]+", form.get("aliases", "")) if part.strip()]


def fields_typed(scheme: Scheme, form: Mapping[str, str]) -> dict[str, FieldValue]:
    """The scheme's fields as typed; empty ones are None. Raises InvalidInput naming the field."""
    return {field.name: _value(field, form[field.name].strip()) for field in scheme.fields if field.name in form}


def _value(field: Field, text: str) -> FieldValue:
    if not text:
        return None
    if field.kind == "date":
        return _day(field, text)
    return _number(field, text) if field.kind in ("number", "money") else text


def _day(field: Field, text: str) -> Day:
    try:
        return Day.fromisoformat(text)
    except ValueError:
        raise InvalidInput("web_not_a_day", field=field.name, given=text) from None


def _number(field: Field, text: str) -> float | int:
    plain = text.replace(",", "").replace("，", "").replace(" ", "").replace("\u202f", "")
    try:
        found = float(plain)
    except ValueError:
        raise InvalidInput("web_not_a_number", field=field.name, given=text) from None
    return int(found) if found.is_integer() else found
