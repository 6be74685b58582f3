"""What is said between the process that wants a file opened and the child that opens it.

The order goes in as JSON. The answer comes back in memory files: JSON, pixels, and whatever the libraries printed. The
answer is as little to be trusted as the file: it is plain data, checked here, and the size of each part is limited.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from archive.domain.reading import Reading
from archive.errors import Unreadable
from archive.ports import Bookmark, Examined, Pixels
from ingest.images import Limits
from ingest.pdf_structure import Structure

MOST_JSON = 256 * 2**20  # bytes; 200,000 characters with their boxes take 12 MB
BROKEN = (ValueError, TypeError, KeyError)  # what is raised where an answer is none
MOST_PRINTED = 4_000  # bytes, of what the libraries print, that go to the log


class Work(StrEnum):
    EXAMINE = "examine"
    STRUCTURE = "structure"
    PAGE = "page"
    COARSE_PAGE = "coarse_page"  # the page at low resolution
    TEXT_PAGE = "text_page"  # the page's text alone, on a white picture


class Ending(StrEnum):
    """How the child's work ended."""

    DONE = "done"  # there is an answer, be it that the file cannot be read
    MEMORY = "memory"
    TIME = "time"
    KILLED = "killed"  # by a signal: the library crashed


@dataclass(frozen=True, slots=True)
class Order:
    work: Work
    limits: Limits
    seconds: float  # wall clock
    memory: int  # bytes
    number: int = 0  # page, from 1

    def packed(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def unpacked_order(data: bytes) -> Order:
    values = json.loads(data)
    values["limits"] = Limits(**values["limits"])
    values["work"] = Work(values["work"])
    return Order(**values)


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """A page without its pixels, which lie in a memory file of their own."""

    width: int
    height: int
    channels: int
    dpi: int
    drawing: bool
    warnings: tuple[str, ...]
    layer: Reading | None


def refusal(reason: Unreadable) -> dict[str, object]:
    """The answer that the file or page cannot be read."""
    data = {name: value for name, value in reason.data.items() if isinstance(value, str | int)}
    return {"unreadable": reason.key, "data": data}


def page_values(page: PageAnswer) -> dict[str, object]:
    values = {name: getattr(page, name) for name in PageAnswer.__slots__}
    return values | {"layer": page.layer.model_dump_json() if page.layer else None}


def answered(data: bytes) -> Mapping[str, object]:
    """The answer's values. Raises Unreadable where it says so, one of BROKEN where it is none."""
    values = json.loads(data)
    if not isinstance(values, dict):
        raise TypeError("not an answer")
    if "unreadable" in values:
        raise Unreadable(str(values["unreadable"]), **dict(values.get("data", {})))
    return values


def examined(values: Mapping[str, object]) -> Examined:
    return Examined(
        media_type=str(values["media_type"]),
        pages=_whole(values["pages"]),
        attachment=bool(values["attachment"]),
        title=str(values["title"]),
        created=str(values["created"]),
        warnings=_keys(values["warnings"]),
    )


def structure(values: Mapping[str, object]) -> tuple[Structure | None, int | None]:
    """What a PDF says of itself (None: it cannot be read), and the second count of its pages (None likewise)."""
    found, count = values["found"], values["second_count"]
    return _structure(found) if isinstance(found, dict) else None, None if count is None else _whole(count)


def _structure(values: Mapping[str, object]) -> Structure:
    listed = values["bookmarks"]
    if not isinstance(listed, list):
        raise TypeError("no list of bookmarks")
    bookmarks = tuple(Bookmark(str(item["title"]), _whole(item["page"]), _whole(item["level"])) for item in listed)
    return Structure(str(values["title"]), str(values["created"]), bookmarks)


def page(values: Mapping[str, object]) -> PageAnswer:
    layer = values["layer"]
    return PageAnswer(
        width=_whole(values["width"]),
        height=_whole(values["height"]),
        channels=_whole(values["channels"]),
        dpi=_whole(values["dpi"]),
        drawing=bool(values["drawing"]),
        warnings=_keys(values["warnings"]),
        layer=Reading.model_validate_json(layer) if isinstance(layer, str) else None,
    )


def pixels(page: PageAnswer, file: int, most: int) -> Pixels:
    """The page's pixels in the memory file `file`; nobody can change them from here on. Raises ValueError if they are
    not what the answer says."""
    size = page.width * page.height * page.channels
    if page.channels not in (1, 3) or not 0 < size <= most:
        raise ValueError("not the pixels of that page")
    data = _sealed(file, size) or whole(file, size)
    if len(data) != size:
        raise ValueError("not the pixels of that page")
    return Pixels(data, page.width, page.height, page.channels, page.dpi)


def _sealed(file: int, size: int) -> memoryview | None:
    """A memory file of `size` bytes, not copied but sealed against whoever else holds it. None where that cannot be, as
    somebody may still write to it, or where it has another size. A private mapping: until 6.7 Linux allowed no shared
    one of a sealed file."""
    try:
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        if os.fstat(file).st_size != size:
            return None
        return memoryview(mmap.mmap(file, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))
    except OSError:
        return None


def whole(file: int, most: int) -> bytes:
    """All of a memory file. Raises ValueError if it is larger than `most`."""
    size = os.fstat(file).st_size
    if size > most:
        raise ValueError("too long an answer")
    with os.fdopen(os.dup(file), "rb") as opened:
        opened.seek(0)
        return opened.read(size)


def _whole(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"not a count: {value!r}")
    return value


def _keys(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("no list of warnings")
    return tuple(map(str, values))
