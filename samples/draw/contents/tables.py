"""Attachments without pages: a small workbook and a short sound, byte for byte the same each time."""

import io
import struct
import wave
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.random import Generator

from samples.draw.wear import Page

NS = "http://schemas.openxmlformats.org/"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{NS}package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{NS}package/2006/relationships"><Relationship Id="rId1" Type="{NS}officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{NS}package/2006/relationships"><Relationship Id="rId1" Type="{NS}officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{NS}spreadsheetml/2006/main" xmlns:r="{NS}officeDocument/2006/relationships"><sheets><sheet name="分机号码" sheetId="1" r:id="rId1"/></sheets></workbook>',
}


def extension_workbook(path: Path, rng: Generator) -> list[Page]:
    """The list of extensions as a workbook of one sheet."""
    rows = [["分机号码", "部门", "房间", "等级"]]
    places = ["综合部", "调度中心", "联检楼", "海关楼", "1 号仓库", "2 号仓库", "集装箱堆场", "保安队"]
    for k in range(96):
        rows.append(
            [str(8001 + k), places[k // 12], f"{100 + k % 12 + 1}", ["市话", "国内", "内线"][int(rng.integers(3))]]
        )
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{"ABCD"[c]}{r}" t="inlineStr"><is><t>{escape(v)}</t></is></c>' for c, v in enumerate(row))
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    sheet = f'<worksheet xmlns="{NS}spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w") as box:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            entry = zipfile.ZipInfo(name, (2024, 6, 14, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            box.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return []


def ringing_tone(path: Path, _rng: Generator) -> list[Page]:
    """Two seconds of the ringing tone, 450 Hz, 8 kHz mono, as recorded at the test."""
    t = np.arange(16000) / 8000
    tone = np.where(t % 2 < 1, np.sin(2 * np.pi * 450 * t) * 9000, 0).astype(int)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(128 + v // 256 for v in tone.tolist()))
    path.write_bytes(out.getvalue())
    return []


def site_photo_note(path: Path, _rng: Generator) -> list[Page]:
    """The head of a drawing file of a CAD program, enough to be known as one."""
    path.write_bytes(b"AC1027" + struct.pack("<5xBI", 0, 0) + bytes(4096))
    return []
