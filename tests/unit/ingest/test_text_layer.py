"""The rule that tells a good text layer from garbage, on text spoiled in the ways files spoil it."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.text_layer import Letters, Verdict, judge, judge_words, reading

CHINESE = (
    "本工程施工合同由建设单位与施工单位共同签订，合同工期自开工之日起计算，工程质量应当符合国家有关验收规范的要求。\n"
    "施工单位应当按照经批准的施工组织设计和设计图纸进行施工，隐蔽工程在隐蔽以前应当通知监理单位检查验收。\n"
    "竣工验收合格后，施工单位应当向建设单位移交完整的工程技术档案和竣工图，并按照规定办理移交手续。"
)
TRADITIONAL = (
    "本工程施工合同由建設單位與施工單位共同簽訂，合同工期自開工之日起計算，工程質量應當符合國家有關驗收規範的要求。\n"
    "施工單位應當按照經批准的施工組織設計和設計圖紙進行施工，隱蔽工程在隱蔽以前應當通知監理單位檢查驗收。"
)
ENGLISH = (
    "The contractor shall hand over the completed works together with all drawings and test records.\n"
    "Measurements were taken by both parties on the day of the handover and are attached to this report."
)
TABLE = (
    "序号 设备名称 型号 数量 单位 备注\n1 程控交换机 HX-8000 1 台 含主控板\n2 用户板 HX-SLC16 24 块 每块16线\n"
    "3 中继板 HX-DTM 4 块 2Mb/s\n4 整流模块 48V/30A 3 个 2+1 备份"
)


def letters(text: str, *, counted: int | None = None, unmapped: int = 0, map_errors: float = 0.0) -> Letters:
    """Characters in a grid of 20 x 30 pixels, one line under the other."""
    boxes, row, column = [], 0, 0
    for char in text:
        boxes.append((column * 20, row * 30, column * 20 + 18, row * 30 + 26) if char != "\n" else (0, 0, 0, 0))
        row, column = (row + 1, 0) if char == "\n" else (row, column + 1)
    array = np.array(boxes, float).reshape(-1, 4)
    visible = [at for at, char in enumerate(text) if not char.isspace()]
    count = len(visible) if counted is None else counted
    return Letters(text, array, array[visible], count, unmapped, map_errors)


def page_with_ink(found: Letters, shift: int = 0) -> np.ndarray:
    """A white page with a black stroke in every letter's box."""
    page = np.full((300, 1400), 255, np.uint8)
    for left, top, right, bottom in found.ink.astype(int):
        page[top + shift + 4 : bottom + shift - 4, left + 4 : right - 4 : 3] = 0
    return page


def verdict(text: str, share: float = 0.0, shift: int = 0, **more) -> Verdict:
    found = letters(text, **more)
    return judge(found, share, page_with_ink(found, shift), 1.0)


@pytest.mark.parametrize(
    "text", [CHINESE, TRADITIONAL, ENGLISH, TABLE], ids=["simplified", "traditional", "en", "table"]
)
def test_ordinary_text_is_good(text):
    assert verdict(text) is Verdict.GOOD


SPOILED = {
    "GBK read as Latin-1": CHINESE.encode("gbk").decode("latin-1"),
    "UTF-8 read as Latin-1": CHINESE.encode().decode("latin-1"),
    "UTF-8 read as GBK": CHINESE.encode().decode("gbk", "replace"),
    "GBK read as Big5": CHINESE.encode("gbk").decode("big5", "replace"),
    "private characters": "".join(chr(0xE000 + ord(c) % 6000) if c.isalpha() else c for c in CHINESE),
    "unknown characters": "".join("\ufffd" if c.isalpha() else c for c in CHINESE),
    "shifted letters": "".join(chr((ord(c) - 97 + 3) % 26 + 97) if "a" <= c <= "z" else c for c in ENGLISH),
    "shuffled Han": "".join(
        chr(0x4E00 + (ord(c) * 7919) % 20000) if c >= "\u4e00" and c < "\ua000" else c for c in CHINESE
    ),
    "glyph numbers": " ".join(f"/g{ord(c)}" for c in CHINESE[:60]),
    "one letter": "a" * 400,
}


@pytest.mark.parametrize("kind", SPOILED)
def test_spoiled_text_is_garbage(kind):
    assert judge_words(letters(SPOILED[kind])) is Verdict.GARBAGE


def test_characters_without_a_mapping_make_a_layer_garbage():
    assert verdict(ENGLISH, counted=400, unmapped=200) is Verdict.GARBAGE


def test_a_layer_that_lost_most_of_its_characters_is_garbage():
    assert verdict(ENGLISH, counted=4000) is Verdict.GARBAGE


def test_doubtful_mappings_alone_do_not_spoil_good_prose():
    assert verdict(ENGLISH, map_errors=1.0) is Verdict.GOOD


def test_a_page_number_alone_is_too_little():
    assert verdict("- 12 -") is Verdict.TOO_LITTLE


def test_a_watermark_over_a_scan_is_too_little_though_it_would_do_on_an_empty_page():
    stamp = "CONTROLLED COPY - do not pass on"
    assert verdict(stamp) is Verdict.GOOD
    assert verdict(stamp, share=0.95) is Verdict.TOO_LITTLE


def test_a_layer_beside_its_letters_is_misplaced():
    assert verdict(ENGLISH, shift=150) is Verdict.MISPLACED


def test_leader_dots_of_a_table_of_contents_do_not_count_as_garbage():
    rows = ["第一章 总则", "第二章 施工准备", "第三章 质量控制", "第四章 竣工验收"]
    assert verdict("\n".join(f"{row}{'.' * 50}{number}" for number, row in enumerate(rows, 1))) is Verdict.GOOD


# --- the reading


def test_a_reading_has_a_box_for_every_letter_of_every_line():
    found = reading(letters(CHINESE), 1400, 300, 108, "1")
    assert found.text == CHINESE
    assert all(len(line.boxes) == len(line.text) for line in found.lines)
    start = found.text.index("监理单位")
    ((x, y, width, height),) = found.boxes_of([(start, start + 4)])
    assert (y, height) == (30, 26)
    assert x == (start - found.text.index("\n") - 1) * 20
    assert width == 3 * 20 + 18


def test_lines_outside_the_page_are_left_out():
    found = reading(letters("inside the page\n" + "\n" * 30 + "below its lower edge"), 1400, 300, 108, "1")
    assert found.text == "inside the page"


def test_spaces_take_the_gap_between_their_neighbours():
    one = letters("ab cd")
    boxes = one.boxes.copy()
    boxes[2] = 0
    found = reading(Letters(one.text, boxes, one.ink, 4, 0, 0.0), 1400, 300, 108, "1")
    assert found.lines[0].boxes[2] == (38, 0, 22, 26)


def test_another_text_under_the_same_picture_is_another_reading():
    one = reading(letters(ENGLISH), 1400, 300, 108, "1")
    other = reading(letters(ENGLISH.replace("contractor", "consultant")), 1400, 300, 108, "1")
    assert one.key != other.key
    assert one.key == reading(letters(ENGLISH), 1400, 300, 108, "1").key
