"""IIIF Image API 3, level 2, over the pictures of pages. Each request is checked on the page's document by id; what can
be read is recorded as a look.

https://iiif.io/api/image/3.0/; the identifier is the page's id.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, json, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archive.domain.document import Page
from archive.errors import NotFound
from archive.services import retrieval
from webui.image_request import FORMATS, MAX_AREA, read_request
from webui.session import current_actor, ports

CONTEXT = "http://iiif.io/api/image/3/context.json"
PROFILE = "http://iiif.io/api/image/3/level2.json"
TILE = 512
FEATURES = [
    "baseUriRedirect", "canonicalLinkHeader", "cors", "jsonldMediaType", "mirroring", "profileLinkHeader",
    "regionByPct", "regionByPx", "regionSquare", "rotationBy90s", "sizeByConfinedWh", "sizeByH", "sizeByPct", "sizeByW",
    "sizeByWh", "sizeUpscaling",
]  # fmt: skip

screen = Blueprint("iiif", __name__, url_prefix="/iiif/3")


@screen.get("/<id>")
@screen.get("/<id>/")
def base(id: str) -> AnyResponse:
    return redirect(url_for("iiif.info", id=id), 303)


@screen.get("/<id>/info.json")
def info(id: str) -> Response:
    """What pictures can be had of the page `id`."""
    page = visible(id)
    body = description(url_for("iiif.base", id=id, _external=True).rstrip("/"), ports().images.size(page.image))
    linked = "application/ld+json" in request.headers.get("Accept", "")
    kind = f'application/ld+json;profile="{CONTEXT}"' if linked else "application/json"
    answer = Response(json.dumps(body), mimetype=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Vary"] = "Accept, Cookie"
    return kept(answer, f"info {page.image} {linked}")


def description(address: str, size: tuple[int, int]) -> dict[str, Any]:
    """The content of info.json for a page at `address`."""
    width, height = size
    factors = [1]
    while max(width, height) > TILE * factors[-1]:
        factors.append(factors[-1] * 2)
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": width,
        "height": height,
        "maxArea": max(MAX_AREA, width * height),
        "sizes": [{"width": -(-width // f), "height": -(-height // f)} for f in reversed(factors)],
        "tiles": [{"width": TILE, "height": TILE, "scaleFactors": factors}],
        "extraFormats": ["webp"],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": FEATURES,
    }


@screen.get("/<id>/<region>/<size>/<rotation>/<quality>.<format>")
def image(id: str, region: str, size: str, rotation: str, quality: str, format: str) -> Response:
    """A picture of the page `id` or of a part of it."""
    page = visible(id)
    whole = ports().images.size(page.image)
    wanted = read_request(whole, region, size, rotation, quality, format)
    retrieval.see_picture(ports(), current_actor(), page, wanted.region, wanted.size)
    canonical = wanted.canonical(whole)
    answer = Response(mimetype=FORMATS[wanted.format])
    answer.headers["Link"] = ", ".join(
        (
            f'<{PROFILE}>;rel="profile"',
            f'<{url_for("iiif.base", id=id, _external=True).rstrip("/")}/{canonical}>;rel="canonical"',
        )
    )
    kept(answer, f"{page.image} {canonical}")
    if answer.status_code != 304:
        answer.data = ports().images.region(
            page.image,
            wanted.region,
            wanted.size,
            rotation=wanted.rotation,
            mirrored=wanted.mirrored,
            quality=wanted.quality,
            format=wanted.format,
        )
    return answer


def visible(id: str) -> Page:
    """The page with its picture, if this person may see its document. Raises NotFound."""
    page = retrieval.visible_page(ports(), current_actor(), id)
    if not page.image:
        raise NotFound("not_found", what=id)
    return page


def kept(answer: Response, content: str) -> Response:
    """Lets the browser keep the answer for itself, asking each time whether it may still see it: access can be taken
    away, and the page's picture be replaced by a better one."""
    answer.set_etag(sha256(content.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)  # type: ignore[return-value]
