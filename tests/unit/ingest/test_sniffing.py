"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from ingest.plain_text import plain
from ingest.sniffing import is_mislabelled, media_type

OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\r\n" * 800 + b"%PDF-1.4\n", "application/pdf"),
        (b"II*\0\x08\0\0\0", "image/tiff"),
        (b"MM\0*\0\0\0\x08", "image/tiff"),
        (b"II+\0\x08\0\0\0", "image/tiff"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
        (b"\xff\x4f\xff\x51\0", "image/j2c"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
        (b"AC1032\0\0", "image/vnd.dwg"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0", "image/bmp"),
        ("BMW 车辆清单".encode(), "text/plain"),
        ("合同编号：一".encode("gb18030"), "text/plain"),
        ("表".encode("utf-16"), "text/plain"),
        (b"\x01\x02\x03\x04", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_first_bytes_decide(head, found):
    assert media_type(BytesIO(head)) == found


def test_a_character_cut_at_the_end_of_what_is_looked_at_does_not_make_a_text_unknown():
    assert media_type(BytesIO(b"x" + "档".encode() * 50_000)) == "text/plain"


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("word/document.xml", OFFICE + "wordprocessingml.document"),
        ("xl/workbook.xml", OFFICE + "spreadsheetml.sheet"),
        ("OFD.xml", "application/ofd"),
        ("anything.bin", "application/zip"),
    ],
)
def test_office_files_are_told_by_what_lies_in_them(inside, found):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", "x" * 100)
        packed.writestr(inside, "x")
    assert media_type(file) == found


@pytest.mark.parametrize(
    ("name", "found", "wrong"),
    [
        ("a.pdf", "application/pdf", False),
        ("a.PDF", "image/png", True),
        ("a.jpeg", "image/jpeg", False),
        ("a.jp2", "image/j2c", False),
        ("a.xyz", "image/png", False),
        ("none", "application/pdf", False),
    ],
)
def test_a_name_is_only_compared(name, found, wrong):
    assert is_mislabelled(name, found) is wrong


def test_text_from_outside_is_made_safe_to_show_and_store():
    assert plain("合同\0\x1b[31m\ud800 \u202egpj.exe\u200f\n\n  二") == "合同 [31m gpj.exe 二"
    assert len(plain("x" * 100_000)) == 4_000
    plain("\ud83d\ude00\udcff").encode()
