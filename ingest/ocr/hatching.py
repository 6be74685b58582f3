"""Text that is none: on drawings, hatching and rows of parallel lines are read as "11111". Pure."""

from __future__ import annotations

import re

_STROKES = re.compile(r"[1Il|/\\\-—–_一丨＝=.,、:;'·…~+×xX*#HTL卜口]{4,}")
_SAME = re.compile(r"(.)\1{3,}")
_ALONE = re.compile(r"[Il|/\\\-—–_一丨＝=.,、:;'·…~+*#]+")


def is_hatching(text: str) -> bool:
    """Whether a line of a drawing is made of strokes alone. A number with other digits in it is not."""
    plain = "".join(text.split())
    return bool(_STROKES.fullmatch(plain) or _SAME.fullmatch(plain) or _ALONE.fullmatch(plain))
