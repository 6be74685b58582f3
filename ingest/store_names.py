"""What things are called in a scan store, the same on a disk and in a bucket, so that one can be copied to the other.

    files/ab/cd/<sha256>                        the bytes as they came in
    readings/…, images/…, pages/…               derived, by the name the caller gives
    sidecars/<kind>/<quoted id>/<revision>.json one a revision; `.gone` instead of `.json` marks a deletion

Names only: nothing here reads or writes.
"""

from __future__ import annotations

import hashlib
import re

from archive.errors import NotFound

ID_BYTES = 200  # a file name may have 255 bytes; room for the suffixes
HASH = re.compile(r"[0-9a-f]{64}")
PART = re.compile(r"[\w\-][\w\-.+=@%]*")  # one step of a derived name; Chinese is a word character

FILES, SIDECARS, PARTS = "files", "sidecars", ".parts"
WHOLE_ID = "id.txt"  # in the folder of an id too long for a name


def file_name(sha256: str) -> str:
    """Raises NotFound for what is no hash."""
    if not HASH.fullmatch(sha256):
        raise NotFound("file_not_in_store", hash=sha256[:80])
    return f"{FILES}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def derived_name(name: str) -> str:
    """`name` itself. Raises ValueError where it is none of something derived."""
    parts = name.split("/")
    if len(parts) < 2 or parts[0] in (FILES, SIDECARS) or not all(PART.fullmatch(part) for part in parts):
        raise ValueError(f"not a name of something derived: {name!r}")
    return name


def sidecar_folder(kind: str, id: str) -> str:
    """The folder of a record's sidecars. With a `~` in its last step, the whole id stands in WHOLE_ID there."""
    return f"{SIDECARS}/{quoted(kind)}/{quoted(id)}"


def sidecar_names(revision: int) -> tuple[str, str]:
    """What a revision is called in that folder: where it was written, and where it is a deletion."""
    return f"{revision:08d}.json", f"{revision:08d}.gone"


def quoted(id: str) -> str:
    """`id` as one file name: letters (Chinese too), digits and `-_.,+=@` stand as they are, the rest is
    percent-encoded. One too long for a file name keeps its beginning and goes by its hash, after a `~`."""
    name = "".join(c if _stands(c, at) else "".join(f"%{b:02X}" for b in c.encode()) for at, c in enumerate(id))
    if len(name.encode()) <= ID_BYTES:
        return name
    head = name.encode()[: ID_BYTES - 34].decode("utf-8", "ignore")
    return f"{head}~{hashlib.sha256(id.encode()).hexdigest()[:32]}"


def _stands(letter: str, at: int) -> bool:
    return letter.isalnum() or letter in "-_,+=@" or (letter == "." and at > 0)
