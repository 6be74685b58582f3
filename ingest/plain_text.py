"""Text from outside made safe to store and show: no surrogates, no controls, no marks that turn the writing round."""

from __future__ import annotations

import unicodedata

# Marks that change the direction of what follows: "contract_gpj.exe" could be shown as "contract_exe.jpg".
_TURNING = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
MOST_OF_A_VALUE = 4_000  # characters of one metadata value


def plain(text: str, limit: int = MOST_OF_A_VALUE) -> str:
    """`text` without surrogates, controls and turning marks, white space as single spaces, at most `limit` long."""
    kept = "".join(c if _is_plain(c) else " " for c in text[: limit * 4].translate(_TURNING))
    return " ".join(kept.split())[:limit]


def _is_plain(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cs", "Cn")
