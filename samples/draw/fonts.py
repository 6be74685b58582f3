"""Font faces by the role they play in a paper. Nothing here draws."""

from functools import cache

from PIL import ImageFont

DPI = 300
NOTO = "/usr/share/fonts/opentype/noto/"
ARPHIC = "/usr/share/fonts/truetype/"
SIMPLIFIED, TRADITIONAL = 2, 3

ROLES = {
    "song": (NOTO + "NotoSerifCJK-Regular.ttc", SIMPLIFIED),
    "songm": (NOTO + "NotoSerifCJK-Medium.ttc", SIMPLIFIED),
    "songb": (NOTO + "NotoSerifCJK-Bold.ttc", SIMPLIFIED),
    "songx": (NOTO + "NotoSerifCJK-Black.ttc", SIMPLIFIED),
    "hei": (NOTO + "NotoSansCJK-Regular.ttc", SIMPLIFIED),
    "heib": (NOTO + "NotoSansCJK-Bold.ttc", SIMPLIFIED),
    "ming": (NOTO + "NotoSerifCJK-Regular.ttc", TRADITIONAL),
    "mingb": (NOTO + "NotoSerifCJK-Bold.ttc", TRADITIONAL),
    "sungti": (ARPHIC + "arphic-gbsn00lp/gbsn00lp.ttf", 0),
    "kai": (ARPHIC + "arphic/ukai.ttc", 0),
}


@cache
def face(role: str, pt: float) -> ImageFont.FreeTypeFont:
    """The face of a role at a size in points, for a sheet of 300 dpi."""
    path, index = ROLES[role]
    return ImageFont.truetype(path, round(pt * DPI / 72), index=index)


@cache
def role_for(role: str, char: str) -> str:
    """The role itself, or `song` where the face of 1994 (GB 2312) lacks the character."""
    if role != "sungti":
        return role
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return "song"
    return role


@cache
def advance(role: str, pt: float, char: str) -> float:
    """Width of one character in pixels."""
    return float(face(role_for(role, char), pt).getlength(char))


def path_of(role: str) -> tuple[str, int]:
    """File and index of a role's face, for writers that embed fonts themselves."""
    return ROLES[role]
