"""What a paper says of itself, and how sure one may be of it: on small papers set here, none of them a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

import schemes
from archive.domain.document import Guess
from archive.domain.reading import Line, Reading
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme
from archive.ports import Paper
from ingest.classification import SchemeClassifier
from ingest.classification.dates import days_in
from ingest.classification.numbers import tidy
from ingest.classification.wording import find_word

WIDTH, HEIGHT, LETTER = 2480, 3508, 48
SCHEMES: dict[str, Scheme] = {name: read_scheme(text, name) for name, text in schemes.shipped().items()}
CUSTOMER, CAMPUS = SCHEMES["engineering-customer"], SCHEMES["campus-construction"]
SURE = 0.8

Spot = tuple[str, int, int] | tuple[str, int, int, int]  # text, left (0 = centred), top, height of the letters


def line(spot: Spot) -> Line:
    text, left, top = spot[:3]
    size = spot[3] if len(spot) == 4 else LETTER
    width = sum(size if letter > "\u2e80" else size // 2 for letter in text)
    x = left or (WIDTH - width) // 2
    boxes, at = [], x
    for letter in text:
        wide = size if letter > "\u2e80" else size // 2
        boxes.append((at, top, wide, size))
        at += wide
    return Line(text=text, box=(x, top, max(width, 1), size), boxes=tuple(boxes), confidence=0.99)


def sheet(*spots: Spot) -> Reading:
    return Reading(engine="set", version="1", width=WIDTH, height=HEIGHT, dpi=300, lines=tuple(map(line, spots)))


BODY = tuple(("双方就有关事项协商一致，按下列条款执行，未尽事宜另行商定。", 300, 1300 + n * 90) for n in range(8))


def guess(
    *readings: Reading | None,
    schemes: Sequence[Scheme] = (CUSTOMER,),
    name: str = "scan.pdf",
    folder: str = "",
    title: str = "",
    drawing: bool = False,
) -> Mapping[str, Guess]:
    return SchemeClassifier().guess(Paper(readings, name, folder, title, drawing), schemes)


# --- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2023年5月8日",
        "2023 年 5 月 8 日",
        "２０２３年５月８日",
        "2023.5.8",
        "2023-05-08",
        "2023/05/08",
        "20230508",
        "二〇二三年五月八日",
        "二○二三年五月八日",
        "二O二三年五月八日",
        "签订日期：2023年5月8日于长汀",
    ],
)
def test_a_day_is_understood_however_it_is_written(text: str) -> None:
    assert [day for day, *_ in days_in(text)] == [date(2023, 5, 8)]


@pytest.mark.parametrize(
    ("text", "day"),
    [("一九九八年十二月三十一日", date(1998, 12, 31)), ("二〇〇九年十月二十日", date(2009, 10, 20))],
)
def test_tens_are_understood(text: str, day: date) -> None:
    assert [found for found, *_ in days_in(text)] == [day]


@pytest.mark.parametrize(
    "text", ["2023年13月8日", "2023.2.30", "电话 0590-20230", "版本 5.2.11", "2023年5月", "1.2023.5.8.9"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert list(days_in(text)) == []


def test_the_forms_own_date_is_taken_and_not_those_it_tells_of() -> None:
    found = guess(
        sheet(
            ("开工报告", 0, 300, 100),
            ("计划开工日期：2023年6月1日", 300, 600),
            ("填报日期：2023年5月20日", 1500, 600),
            ("计划竣工日期：2023年9月30日", 300, 700),
            *BODY,
        )
    )
    assert found["date"].value == "2023-05-20" and found["date"].confidence >= SURE


def test_a_day_that_may_lack_a_digit_is_not_sure() -> None:
    found = guess(sheet(("维护合同", 0, 300, 100), *BODY, ("2023年10月2", 1600, 2600)))
    assert found["date"].value == "2023-10-02" and found["date"].confidence < SURE


def test_of_signatures_at_different_days_the_first_is_taken_and_looked_at() -> None:
    found = guess(
        sheet(("工程变更单", 0, 300, 100), *BODY, ("2023.5.9", 1500, 2800), ("2023.5.11", 2000, 2800)),
        schemes=(CUSTOMER,),
    )
    assert found["date"].value == "2023-05-09" and found["date"].confidence < SURE


# --- numbers -----------------------------------------------------------------------------------------------------


def test_the_papers_own_number_is_told_from_those_it_refers_to() -> None:
    found = guess(
        sheet(
            ("工作联系单", 0, 300, 100),
            ("编号：GD2023-041", 1700, 450),
            ("合同编号：HT2022-7", 300, 600),
            ("出厂编号：SN-889911", 300, 700),
            *BODY,
        )
    )
    assert found["number"].value == "GD2023-041" and found["number"].confidence >= SURE


def test_a_contracts_number_is_the_contracts() -> None:
    found = guess(sheet(("设备维护合同", 0, 300, 100), ("合同编号：HT2022-7", 1600, 450), *BODY))
    assert found["number"].value == "HT2022-7" and found["number"].confidence >= SURE


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("汀发改审[2021]37号", "汀发改审〔2021〕37号"),
        ("汀发改审（2021）37 号", "汀发改审〔2021〕37号"),
        ("ＧＤ２０２３—０４１", "GD2023-041"),
    ],
)
def test_numbers_are_kept_in_one_form(printed: str, kept: str) -> None:
    assert tidy(printed) == kept


def test_an_issuing_number_under_the_letterhead_is_the_number() -> None:
    found = guess(
        sheet(
            ("长汀市发展和改革局文件", 0, 350, 120),
            ("汀发改审〔2021〕37号", 900, 700),
            ("关于长汀学院实验楼项目建议书的批复", 0, 950, 80),
            ("长汀学院：", 300, 1150),
            *BODY,
            ("长汀市发展和改革局", 1500, 2500),
            ("2021年3月4日", 1600, 2600),
        ),
        schemes=(CAMPUS,),
    )
    assert found["number"].value == "汀发改审〔2021〕37号"
    assert found["title"].value == "关于长汀学院实验楼项目建议书的批复"
    assert found["type"].value == "approval" and found["type"].confidence >= SURE
    assert found["party"].value == "长汀市发展和改革局" and found["party"].confidence >= SURE
    assert found["date"].value == "2021-03-04"


def test_a_different_number_on_each_page_is_looked_at() -> None:
    pages = [sheet(("施工日志", 0, 300, 100), (f"编号：RZ-{n}", 1700, 450), *BODY) for n in (11, 12, 13)]
    number = guess(*pages, schemes=(CAMPUS,))["number"]
    assert number.value == "RZ-11" and number.confidence < SURE and "RZ-12" in number.others


# --- title, type, phase ------------------------------------------------------------------------------------------


def test_a_title_over_two_lines_is_one() -> None:
    found = guess(sheet(("长汀学院实验楼", 0, 300, 90), ("岩土工程勘察报告", 0, 430, 90), *BODY), schemes=(CAMPUS,))
    assert found["title"].value == "长汀学院实验楼岩土工程勘察报告"
    assert found["type"].value == "survey"


def test_what_stands_over_a_certificate_is_not_its_title() -> None:
    found = guess(sheet(("中华人民共和国", 0, 300, 90), ("建设用地规划许可证", 0, 450, 120), *BODY), schemes=(CAMPUS,))
    assert found["title"].value == "建设用地规划许可证"
    assert found["type"].value == "land_planning_permit" and found["type"].confidence >= SURE


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("设备开箱检验记录", "delivery_check"),
        ("程控交换机购销合同", "contract"),
        ("补充协议书", "contract_supplement"),
        ("用户培训记录", "training_record"),
        ("工程竣工报告", "completion_report"),
        ("工程验收单", "acceptance_report"),
        ("现场勘察记录", "site_survey"),
        ("设备报价单", "quotation"),
        ("工程结算书", "settlement"),
        ("电话交换机安装参数一览表", "parameter_table"),
    ],
)
def test_customer_papers_are_recognised_by_their_titles(title: str, kind: str) -> None:
    found = guess(sheet((title, 0, 300, 100), *BODY))
    assert (found["type"].value, found["title"].value) == (kind, title)
    assert found["type"].confidence >= SURE


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("监理规划", "supervision_plan"),
        ("监理通知单", "supervision_letter"),
        ("图纸会审记录", "design_review"),
        ("施工组织设计", "construction_plan"),
        ("工程质量保修书", "warranty"),
        ("混凝土抗压强度检测报告", "test_report"),
        ("检验批质量验收记录", "assessment"),
        ("建设工程委托监理合同", "supervision_contract"),
        ("投标函", "bid"),
        ("国有土地使用证", "land_certificate"),
        ("监理工作总结", "supervision_summary"),
    ],
)
def test_campus_papers_are_recognised_by_their_titles(title: str, kind: str) -> None:
    found = guess(sheet((title, 0, 300, 100), *BODY), schemes=(CAMPUS,))
    assert found["type"].value == kind and found["type"].confidence >= SURE


def test_a_title_with_a_misread_character_is_recognised() -> None:
    found = guess(sheet(("设汁变更通知单", 0, 300, 100), *BODY), schemes=(CAMPUS,))
    assert found["type"].value == "change_order"


def test_a_paper_no_type_names_is_another_paper_and_looked_at() -> None:
    kind = guess(sheet(("食堂采购月报", 0, 300, 100), *BODY))["type"]
    assert kind.confidence < SURE


def test_a_page_without_anything_to_go_by_is_not_guessed() -> None:
    found = guess(sheet(("无", 500, 2000)), name="IMG_0001.jpg")
    assert not {"title", "date", "number", "party", "type"} & set(found)


def test_the_folder_names_the_phase() -> None:
    found = guess(sheet(("工作联系单", 0, 300, 100), *BODY), schemes=(CAMPUS,), folder="04 竣工文件")
    assert (found["phase"].value, found["phase"].source) == ("completion", "folder")


def test_the_name_of_the_project_is_kept_with_the_customers_and_without_its_owners() -> None:
    project = ("工程名称：云溪大学第三教学楼工程。工程地点：东校区", 300, 700)
    found = guess(sheet(project, ("建设单位：云溪大学", 300, 800), *BODY))["project"]
    assert (found.value, found.others) == ("云溪大学第三教学楼工程", ("云溪大学", "第三教学楼工程"))


def test_the_next_label_is_no_project() -> None:
    assert "project" not in guess(sheet(("工程名称", 300, 700), ("施工单位", 900, 700), *BODY))


def test_the_name_of_a_project_is_no_phase() -> None:
    found = guess(sheet(("工作联系单", 0, 300, 100), *BODY), schemes=(CAMPUS,), folder="图书馆竣工图测绘项目")
    assert "phase" not in found


def test_a_text_page_is_no_drawing_though_it_speaks_of_one() -> None:
    found = guess(sheet(("会议纪要", 0, 300, 100), ("施工图图号水施-05，比例1:100。", 300, 600), *BODY))
    assert found["type"].value == "minutes"


def test_a_drawing_is_read_by_its_title_block() -> None:
    found = guess(
        sheet(
            ("一层给排水平面图", 800, 300, 90),
            ("长汀建筑设计院有限公司", 1500, 2900, 60),
            ("图名", 1500, 3050),
            ("一层给排水平面图", 1700, 3050),
            ("图号", 2100, 3150),
            ("水施-03", 2250, 3150),
            ("专业", 1500, 3150),
            ("给排水", 1700, 3150),
            ("日期", 1500, 3250),
            ("2021.04.12", 1700, 3250),
        ),
        schemes=(CAMPUS,),
        drawing=True,
    )
    assert found["type"].value == "construction_drawing"
    assert (found["number"].value, found["title"].value) == ("水施-03", "一层给排水平面图")
    assert (found["date"].value, found["specialty"].value) == ("2021-04-12", "drainage")


def test_the_stamp_of_an_as_built_drawing_makes_it_one() -> None:
    spots: tuple[Spot, ...] = (("竣工图", 1500, 2900, 90), ("图名", 1500, 3050), ("一层平面图", 1700, 3050))
    assert guess(sheet(*spots), schemes=(CAMPUS,), drawing=True)["type"].value == "as_built"
    assert guess(sheet(*spots), schemes=(CUSTOMER,), drawing=True)["type"].value == "as_built"


# --- party, class, scheme ----------------------------------------------------------------------------------------


def test_the_party_that_owes_the_paper_is_taken() -> None:
    found = guess(
        sheet(
            ("开工报告", 0, 300, 100),
            ("建设单位", 300, 600),
            ("长汀学院", 600, 600),
            ("施工单位", 1300, 600),
            ("长汀建工集团有限公司", 1600, 600),
            *BODY,
        ),
        schemes=(CAMPUS,),
    )
    assert found["party"].value == "长汀建工集团有限公司" and found["party"].confidence >= SURE


def test_who_is_only_named_is_not_sure() -> None:
    found = guess(sheet(("会议纪要", 0, 300, 100), *BODY, ("长汀学院后勤集团", 300, 2300)))
    assert "party" not in found or found["party"].confidence < SURE


@pytest.mark.parametrize(
    ("folder", "code"), [("KH-2020-001 长汀县医院", "KH.YY"), ("KH-2020-002 滨江酒店管理有限公司", "KH.JD")]
)
def test_the_customers_name_tells_the_class(folder: str, code: str) -> None:
    assert guess(sheet(("验收报告", 0, 300, 100), *BODY), folder=folder)["cls"].value == code


def test_the_folders_number_tells_the_scheme() -> None:
    found = guess(sheet(("会议纪要", 0, 300, 100)), schemes=(CUSTOMER, CAMPUS), folder="JJ-2020-004 实验楼")
    assert (found["scheme"].value, found["scheme"].source) == ("campus-construction", "folder")


def test_where_the_scheme_is_doubtful_the_type_is_too() -> None:
    found = guess(sheet(("会议纪要", 0, 300, 100), *BODY), schemes=(CUSTOMER, CAMPUS))
    assert "scheme" not in found or found["scheme"].confidence < SURE
    assert found["type"].confidence <= found.get("scheme", found["type"]).confidence


def test_the_only_scheme_there_is_is_settled() -> None:
    assert guess(sheet(("会议纪要", 0, 300, 100)))["scheme"].confidence == 1.0


# --- how papers come ---------------------------------------------------------------------------------------------


def test_pages_that_failed_are_passed_over() -> None:
    found = guess(None, sheet(("会议纪要", 0, 300, 100), *BODY), None)
    assert found["type"].value == "minutes"


def test_an_attachment_is_guessed_by_its_name_and_looked_at() -> None:
    found = guess(name="03 用户培训记录 2023-05-08.xlsx")
    assert found["type"].value == "training_record" and found["type"].confidence < SURE
    assert found["date"].value == "2023-05-08"


def test_a_page_on_its_head_is_understood() -> None:
    upright = sheet(("工程验收单", 0, 300, 100), ("编号：YS-7", 1700, 450), *BODY)
    turned = tuple(
        one.model_copy(
            update={
                "box": (WIDTH - one.box[0] - one.box[2], HEIGHT - one.box[1] - one.box[3], *one.box[2:]),
                "boxes": tuple((WIDTH - x - w, HEIGHT - y - h, w, h) for x, y, w, h in one.boxes),
            }
        )
        for one in upright.lines
    )
    found = guess(upright.model_copy(update={"lines": turned, "rotation": 180}))
    assert (found["title"].value, found["number"].value) == ("工程验收单", "YS-7")


def test_the_last_page_of_a_thick_paper_is_looked_at() -> None:
    middle = [sheet(*BODY)] * 40
    last = sheet(*BODY, ("日期：2022年7月1日", 1500, 2600))
    assert guess(sheet(("设备维护合同", 0, 300, 100), *BODY), *middle, last)["date"].value == "2022-07-01"


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("竣工图", "竣工图章", True),
        ("设计变更", "设汁变更", True),
        ("土地证", "土地局", False),
        ("工程验收", "工程结算", False),
    ],
)
def test_words_are_found_though_a_character_was_misread(word: str, text: str, found: bool) -> None:
    assert (find_word(word, text)[0] > 0) is found
