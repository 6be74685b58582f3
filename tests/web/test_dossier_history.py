"""The history of a dossier in words: what was done, why, and the days of the events themselves."""

from __future__ import annotations

from datetime import date as Day
from datetime import timedelta
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.dossier import Dossier, StateChange, Volume
from archive.services import arranging, audit
from webui.dossiers_view import track

NEW = "/dossiers/new?scheme=engineering-customer"
FORM = {"number": "KH-2023-118", "name": "青屿三院", "level": "company", "customer_t": "青屿市第三人民医院"}
ID, SHOWN = "kh-2023-118", "/dossiers/KH-2023-118"


@pytest.fixture
def desk(office: Any) -> Any:
    visitor = office.visitor()
    visitor.post(NEW, FORM)
    return visitor


def changed(office: Any, action: str, details: dict[str, Any], **update: Any) -> None:
    read = office.ports.index.get(Dossier, ID)
    last = audit.event(office.ports, SYSTEM, action, **details)
    audit.change(office.ports, read, read.record.model_copy(update={**update, "last": last}))


def checklist_of(text: str) -> str:
    return text.split('id="checklist"')[1].split("</section>", maxsplit=1)[0]


def history_of(text: str) -> str:
    return text.rsplit('class="history"', maxsplit=1)[-1]


def test_why_a_line_was_waived_stands_on_the_checklist_for_everybody_and_in_the_history(office: Any, desk: Any) -> None:
    shown = desk.post(f"{SHOWN}/waive", {"want": "as_built", "reason": "本项目无竣工图"}).text
    assert "本项目无竣工图" in checklist_of(shown)
    assert "本项目无竣工图" in checklist_of(office.visitor("he.zhixing").get(SHOWN).text)
    assert "Waived: As-built drawings" in history_of(shown) and "Reason: 本项目无竣工图" in history_of(shown)
    again = desk.post(f"{SHOWN}/waive", {"want": "as_built", "back": "yes"}).text
    assert "本项目无竣工图" not in checklist_of(again)
    assert "Required again: As-built drawings" in history_of(again)


def test_why_a_line_was_waived_before_the_record_kept_it_comes_from_the_trail(office: Any, desk: Any) -> None:
    changed(office, "waive", {"want": "as_built", "reason": "本项目无竣工图"}, waived=("as_built",))
    assert "本项目无竣工图" in checklist_of(desk.get(SHOWN).text)


def test_a_step_is_told_with_its_reason_and_the_day_it_was_made(office: Any, desk: Any) -> None:
    changed(office, "step", {}, state="shelved")
    day = (office.ports.clock.today() - timedelta(days=3)).isoformat()
    shown = desk.post(f"{SHOWN}/step", {"step": "reopen", "on": day, "reason": "缺一页"}).text
    assert f"on {day}; Reason: 缺一页" in history_of(shown)
    assert "Life of the dossier: Completed" in history_of(shown)


def test_acts_on_a_volume_are_told_in_words(office: Any, desk: Any) -> None:
    changed(office, "put", {"volume": 1}, volumes=(Volume(number=1, title="合同文件", phase="contract"),))
    arranging.rename(office.ports, office.actor(), ID, 1, "合同")
    arranging.remark(office.ports, office.actor(), ID, 1, "第 3 页有水渍")
    told = history_of(desk.get(SHOWN).text)
    assert "Volume 01 got another title" in told
    assert "The remarks sheet of volume 01 got a line" in told


def test_the_track_shows_the_days_of_the_events_and_an_inspection_begins_no_state(office: Any) -> None:
    now = office.ports.clock.now()
    changes = (
        StateChange(state="collecting", at=now, by="gu.wendi", on=Day(2024, 3, 1)),
        StateChange(state="collecting", at=now, by="gu.wendi", step="inspect_design", on=Day(2024, 6, 1)),
        StateChange(state="completed", at=now, by="gu.wendi", step="complete", on=Day(2024, 9, 1)),
        StateChange(state="arranging", at=now, by="gu.wendi", step="hand_over"),
    )
    dossier = Dossier(
        id="jj-1", number="JJ-1", scheme="campus-construction", name="教学楼", level="campus", mark="", created_at=now,
        state="arranging", history=changes, last=audit.event(office.ports, SYSTEM, "step"),
    )  # fmt: skip
    with office.app.app_context():
        days = [state.under for state in track(dossier, office.ports.schemes["campus-construction"])]
    assert days == ["2024-03-01", "2024-09-01", office.ports.clock.today().isoformat(), ""]
