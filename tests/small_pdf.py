"""A PDF of a few kilobytes whose pages have a good text layer, so that taking it in needs no OCR."""

from __future__ import annotations

from collections.abc import Sequence

LINES = (
    "The carriers deliver the goods to the harbour office within thirty days of the order.",
    "Whoever receives them signs the register and keeps the second copy of the notice.",
)


def agreement(pages: int) -> bytes:
    """So many pages, each different, with the word "harbour"."""
    return written([[f"Page {number} of the agreement", *LINES] for number in range(1, pages + 1)])


def written(pages: Sequence[Sequence[str]]) -> bytes:
    """One page for each list of lines (ASCII)."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        shown = b" ".join(b"(%s) Tj T*" % line.encode("ascii") for line in lines)
        content = b"BT /F1 12 Tf 14 TL 50 780 Td %s ET" % shown
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * number)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    return _put_together(objects)


def _put_together(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at)
    return bytes(out)
