"""Writing page images into files of every kind, and what is in them into truth.

Bytes depend only on the pages given: no dates, no random ids.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from samples.draw.fonts import DPI
from samples.draw.wear import Page

TiffImagePlugin.STRIP_SIZE = 1 << 31  # one strip a page, so that its data can stand in a PDF
QUALITY = 42


def _jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(DPI, DPI), optimize=True, subsampling=2)
    return out.getvalue()


def _group4(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("1").save(out, "TIFF", compression="group4")
    data = out.getvalue()
    with TiffImagePlugin.TiffImageFile(io.BytesIO(data)) as tiff:
        offset, size = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    return data[offset : offset + size]


def _image_object(image: Image.Image, quality: int) -> StreamObject:
    stream = StreamObject()
    parts: dict[str, Any] = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Image")}
    parts |= {"Width": NumberObject(image.width), "Height": NumberObject(image.height)}
    if image.mode == "1":
        stream._data = _group4(image)
        parts |= {
            "BitsPerComponent": NumberObject(1),
            "ColorSpace": NameObject("/DeviceGray"),
            "Filter": NameObject("/CCITTFaxDecode"),
        }
        shape: dict[str, Any] = {"K": -1, "Columns": image.width, "Rows": image.height}
        parts["DecodeParms"] = DictionaryObject(
            {NameObject("/" + k): NumberObject(v) for k, v in shape.items()}
            | {NameObject("/BlackIs1"): BooleanObject(True)}
        )
    else:
        stream._data = _jpeg(image, quality)
        space = "/DeviceRGB" if image.mode == "RGB" else "/DeviceGray"
        parts |= {
            "BitsPerComponent": NumberObject(8),
            "ColorSpace": NameObject(space),
            "Filter": NameObject("/DCTDecode"),
        }
    stream.update({NameObject("/" + k): v for k, v in parts.items()})
    return stream


def add_scan(
    writer: PdfWriter, image: Image.Image, hidden: Sequence[tuple[float, float, str]] = (), quality: int = QUALITY
) -> None:
    """Append a page that is one image; `hidden` is an invisible text layer (x, y in points, text)."""
    wide, high = image.width * 72 / DPI, image.height * 72 / DPI
    page = writer.add_blank_page(wide, high)
    content = [f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Im0 Do Q"]
    for x, y, text in hidden:
        safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        content.append(f"BT 3 Tr /F0 10.5 Tf 1 0 0 1 {x:.1f} {y:.1f} Tm ({safe}) Tj ET")
    stream = DecodedStreamObject()
    stream.set_data("\n".join(content).encode("cp1252"))
    font = DictionaryObject(
        {
            NameObject(k): NameObject(v)
            for k, v in {
                "/Type": "/Font",
                "/Subtype": "/Type1",
                "/BaseFont": "/Helvetica",
                "/Encoding": "/WinAnsiEncoding",
            }.items()
        }
    )
    picture = writer._add_object(_image_object(image, quality))
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): picture}),
            NameObject("/Font"): DictionaryObject({NameObject("/F0"): writer._add_object(font)}),
            NameObject("/ProcSet"): ArrayObject([NameObject("/PDF")]),
        }
    )
    page[NameObject("/Contents")] = writer._add_object(stream)


def save(pages: Sequence[Page], path: Path, quality: int = QUALITY) -> None:
    """Write the pages in the kind of file that the name and the images call for."""
    images = [page.image for page in pages]
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        writer = PdfWriter()
        for image in images:
            add_scan(writer, image, quality=quality)
        writer.write(path)
    elif suffix in (".tif", ".tiff"):
        _save_tiff(images, path, quality)
    elif len(images) > 1:
        raise ValueError(f"{path.name}: {len(images)} pages do not fit into one image")
    else:
        _save_single(images[0], path, quality)


def _save_tiff(images: list[Image.Image], path: Path, quality: int) -> None:
    kind = "group4" if images[0].mode == "1" else "jpeg"
    if "LZW" in path.stem or path.suffix == ".tiff":
        kind = "tiff_lzw"
    more: dict[str, Any] = {"quality": quality} if kind == "jpeg" else {}
    images[0].save(path, "TIFF", compression=kind, dpi=(DPI, DPI), save_all=True, append_images=images[1:], **more)


def _save_single(image: Image.Image, path: Path, quality: int) -> None:
    if path.suffix == ".png":
        levels = image.point([min(15, round(v / 17 + 0.9)) * 17 for v in range(256)])
        levels.quantize(16, dither=Image.Dither.NONE).save(path, dpi=(DPI, DPI), bits=4, optimize=True)
    elif path.suffix == ".webp":
        image.save(path, quality=quality, method=4)
    elif path.suffix == ".jp2":
        image.save(path, quality_mode="rates", quality_layers=[45 if image.mode == "L" else 100], irreversible=True)
    else:
        path.write_bytes(_jpeg(image, quality))


def _flat(lines: Sequence[str]) -> str:
    return "".join("".join(lines).split())


def truth_page(number: int, page: Page, keys: Sequence[str]) -> dict[str, Any]:
    """What stands on a page: text, boxes of lines and characters, and the keys found there."""
    wide, high = page.image.size
    lines = [_truth_line(row.text, row.cells, row.ink, wide, high) for row in page.lines if row.text.strip()]
    text = _flat([row["text"] for row in lines])
    found = [key for key in keys if _flat([key]) in text]
    return {
        "page": number,
        "width": wide,
        "height": high,
        "dpi": DPI,
        "turned": page.turned,
        "kind": page.kind,
        "key_fields": found,
        "lines": lines,
    }


def _truth_line(
    text: str, cells: Sequence[tuple[float, float, float, float]], ink: str, wide: int, high: int
) -> dict[str, Any]:
    chars = [_clipped(cell, wide, high) for cell in cells]
    left, top = min(c[0] for c in chars), min(c[1] for c in chars)
    right, low = max(c[0] + c[2] for c in chars), max(c[1] + c[3] for c in chars)
    line: dict[str, Any] = {"text": text, "box": [left, top, right - left, low - top], "chars": chars}
    return line if ink == "print" else {**line, "ink": ink}


def _clipped(cell: tuple[float, float, float, float], wide: int, high: int) -> list[int]:
    x, y = max(0, round(cell[0])), max(0, round(cell[1]))
    return [x, y, min(wide, round(cell[0] + cell[2])) - x, min(high, round(cell[1] + cell[3])) - y]


def write_truth(path: Path, file: str, pages: Sequence[dict[str, Any]]) -> None:
    """A truth file, one line of text a line, so that changes can be read."""
    parts = []
    for page in pages:
        head = {k: v for k, v in page.items() if k != "lines"}
        rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in page["lines"])
        parts.append(json.dumps(head, ensure_ascii=False)[:-1] + ', "lines": [\n' + rows + "\n]}")
    path.write_text(
        '{"file": ' + json.dumps(file, ensure_ascii=False) + ', "pages": [\n' + ",\n".join(parts) + "\n]}\n",
        encoding="utf-8",
    )
