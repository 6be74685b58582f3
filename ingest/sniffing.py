"""What a file is, by its content. The name's ending never decides; it is only compared, to warn."""

from __future__ import annotations

import codecs
import os
from pathlib import Path, PurePath
from typing import BinaryIO

HEAD = 64 * 1024  # readers of PDF allow junk before the header; more than this is not a PDF
UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
PAGED = frozenset(
    {
        PDF,
        "image/tiff",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/jp2",
        "image/j2c",
    }
)

_OOXML = "application/vnd.openxmlformats-officedocument."
_START: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0\x08\0\0\0", "image/tiff"),  # BigTIFF
    (b"MM\0+\0\x08\0\0", "image/tiff"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/j2c"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"FLV\x01", "video/x-flv"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"AC10", "image/vnd.dwg"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"<?xml", "application/xml"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"hei": "image/heic",
    b"mif": "image/heic",
    b"avi": "image/avif",
    b"M4A": "audio/mp4",
    b"qt ": "video/quicktime",
}
_ZIPPED = (
    (b"word/", _OOXML + "wordprocessingml.document"),
    (b"xl/", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/", _OOXML + "presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),
)
OFFICE = frozenset(found for _, found in _ZIPPED if found.startswith(_OOXML))
_OLE = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_ENDINGS = {
    "pdf": {PDF},
    "tif": {"image/tiff"},
    "tiff": {"image/tiff"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "png": {"image/png"},
    "webp": {"image/webp"},
    "jp2": {"image/jp2", "image/j2c"},
    "j2k": {"image/jp2", "image/j2c"},
    "bmp": {"image/bmp"},
    "gif": {"image/gif"},
    "docx": {_OOXML + "wordprocessingml.document"},
    "xlsx": {_OOXML + "spreadsheetml.sheet"},
    "doc": {"application/msword"},
    "xls": {"application/vnd.ms-excel"},
    "dwg": {"image/vnd.dwg"},
}


def sniff(path: Path) -> str:
    """The media type of the file at `path`, by its content."""
    with path.open("rb") as file:
        return media_type(file)


def media_type(file: BinaryIO) -> str:
    """The media type of an open file. Its first bytes decide; a PDF may have junk before its header."""
    file.seek(0)
    head = file.read(HEAD)
    for magic, found in _START:
        if head.startswith(magic) and (magic != b"BM" or head[6:10] == b"\0\0\0\0"):
            return found
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:11], "video/mp4")
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head + _tail(file))
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(head + _tail(file))
    if b"%PDF-" in head:
        return PDF
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2:  # a frame of MPEG audio, layer III
        return "audio/mpeg"
    return "text/plain" if _is_text(head) else UNKNOWN


def is_mislabelled(name: str, found: str) -> bool:
    """Whether the ending of `name` promises something else than what was found."""
    promised = _ENDINGS.get(PurePath(name).suffix[1:].lower())
    return promised is not None and found not in promised


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(HEAD, size - HEAD))
    return file.read()


def _zipped(content: bytes) -> str:
    return next((found for name, found in _ZIPPED if name in content), "application/zip")


def _ole(content: bytes) -> str:
    return next(
        (found for name, found in _OLE if name.encode("utf-16-le") in content),
        "application/x-ole-storage",
    )


def _is_text(head: bytes) -> bool:
    if not head or (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)  # else a character may be cut
        except UnicodeDecodeError:
            continue
        return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head[:4096])
    return head.startswith((b"\xff\xfe", b"\xfe\xff"))
