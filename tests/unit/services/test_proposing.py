"""The dossier proposed for a loose paper: by a number it names, by its project's or customer's name; never filed."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess, Page, PageOf, PageState
from archive.domain.dossier import Dossier
from archive.domain.page_facts import PageFacts
from archive.domain.reading import Line, Reading
from archive.domain.scheme import Scheme
from archive.errors import Unavailable
from archive.ports import Paper, Ports
from archive.services import audit, classifying, dossiers, filing, page_reading, proposing, trail
from bench.pages import documents
from ingest.classification import SchemeClassifier
from tests.unit.ingest.test_classification_samples import paper_of
from tests.unit.services.conftest import Office

SCHEME = "engineering-customer"
CUSTOMER = "临澜港务物流园管理有限公司"


class Told:
    """A classifier that has been told what to find."""

    def __init__(self, **found: str) -> None:
        self._found = {"scheme": SCHEME, **found}

    def guess(self, paper: Paper, schemes: Sequence[Scheme]) -> Mapping[str, Guess]:
        return {name: Guess(value=value, confidence=0.9, source="text") for name, value in self._found.items()}


def opened(office: Office, number: str = "KH-2024-031", name: str = "物流园程控交换机安装", **more: Any) -> Dossier:
    fields = {"customer_t": CUSTOMER, "contract_k": "YT-2024-H031"}
    given = {"scheme": SCHEME, "fields": fields, **more}
    return dossiers.create(office.ports, office.desk, name=name, number=number, **given)


def classified(office: Office, *lines: str, file_name: str = "scan0001.pdf", **found: str) -> Document:
    """A loose paper of one page with these lines, classified."""
    ports = replace(office.ports, classifier=Told(**found))
    document = Document(
        id="loose", job="job", source="1" * 64, file_name=file_name, media_type="application/pdf", mark="inbox/unfiled",
        pages=(PageOf(number=1, source_page=1),), received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )  # fmt: skip
    made = audit.create(ports, document)
    keep_page(ports, lines)
    ports.index.refresh(max(read.seq for read in ports.index.changes(Dossier, 0)))
    return classifying.classify(ports, made).record


def keep_page(ports: Ports, lines: Sequence[str]) -> None:
    set_ = tuple(Line(text=text, box=(0, n * 50, 900, 40)) for n, text in enumerate(lines))
    reading = Reading(engine="set", version="1", width=2480, height=3508, lines=set_)
    name = "readings/aa/aaaa/set.json.gz"
    ports.store.put_derived(name, gzip.compress(reading.model_dump_json().encode()))
    page_reading.keep_facts(ports, "loose", PageFacts(number=1, state=PageState.READ, reading=name))


def proposed(document: Document) -> tuple[str, float, tuple[str, ...]]:
    guess = document.guesses["dossier"]
    return guess.value, guess.confidence, guess.others


@pytest.mark.parametrize("text", ["档号 KH-2024-031 第 2 页", "ｋｈ－2024－031", "条码 KH-2024-031-01-Y1"])
def test_a_dossiers_number_in_the_text_proposes_it_and_files_nothing(office: Office, text: str) -> None:
    opened(office)
    document = classified(office, "工程联系单", text)
    assert proposed(document) == ("kh-2024-031", proposing.BY_NUMBER, ())
    assert (document.dossier, document.mark, document.review) == ("", "inbox/unfiled", "waiting")
    assert "dossier" in document.review_because


def test_a_number_in_the_files_name_and_a_former_number_propose_it(office: Office) -> None:
    opened(office, aliases=["KH-2009-7", "老档12"])
    assert proposed(classified(office, file_name="KH-2009-7 合同.pdf"))[:2] == ("kh-2024-031", proposing.BY_NUMBER)


def test_a_former_number_of_another_pattern_is_known_by_the_papers_own_number(office: Office) -> None:
    opened(office, aliases=["老档12"])
    assert proposed(classified(office, number="老档 12"))[:2] == ("kh-2024-031", proposing.BY_NUMBER)


def test_a_contract_number_on_the_record_proposes_the_dossier(office: Office) -> None:
    opened(office)
    opened(office, "KH-2024-032", fields={"customer_t": CUSTOMER, "contract_k": "YT-2024-H032"})
    assert proposed(classified(office, number="YT-2024-H032")) == ("kh-2024-032", proposing.BY_FIELD, ())


def test_the_name_of_the_project_or_the_customer_proposes_it_less_surely(office: Office) -> None:
    opened(office)
    opened(office, "KH-2024-032", "云汀酒店交换机更新", fields={"customer_t": "云汀酒店"})
    assert proposed(classified(office, project="物流园程控交换机安装")) == ("kh-2024-031", proposing.BY_NAME, ())


def test_the_customers_name_proposes_its_dossier(office: Office) -> None:
    opened(office)
    assert proposed(classified(office, project=CUSTOMER)) == ("kh-2024-031", proposing.BY_NAME, ())


def test_of_several_that_fit_none_is_trusted_and_of_many_none_is_named(office: Office) -> None:
    for n in range(1, 4):
        opened(office, f"KH-2024-03{n}")
    document = classified(office, project=CUSTOMER)
    assert proposed(document) == ("kh-2024-033", proposing.DOUBTFUL, ("kh-2024-032", "kh-2024-031"))
    opened(office, "KH-2024-034")
    office.ports.index.refresh(max(read.seq for read in office.ports.index.changes(Dossier, 0)))
    paper = Paper(readings=[], file_name="scan.pdf")
    assert proposing.proposal(office.ports, Told(project=CUSTOMER).guess(paper, []), paper) is None


def test_a_number_and_a_name_that_point_apart_are_not_trusted(office: Office) -> None:
    opened(office)
    opened(office, "KH-2024-032", "云汀酒店交换机更新", fields={"customer_t": "云汀酒店"})
    document = classified(office, "KH-2024-031", project="云汀酒店")
    assert proposed(document) == ("kh-2024-031", proposing.DOUBTFUL, ("kh-2024-032",))


def test_a_number_that_no_dossier_has_and_one_of_another_scheme_propose_nothing(office: Office) -> None:
    opened(office)
    dossiers.create(office.ports, office.desk, scheme="campus-construction", name="教学楼", number="JJ-2021-017")
    assert "dossier" not in classified(office, "KH-2024-999", "JJ-2021-017").guesses


def test_a_paper_that_has_its_dossier_is_proposed_none(office: Office) -> None:
    opened(office)
    other = opened(office, "KH-2024-032", fields=None)
    document = classified(office, "KH-2024-031")
    filing.file_document(office.ports, office.desk, document.id, dossier=other.id, type="contract")
    filed = office.ports.index.get(Document, document.id).record
    assert (filed.guesses["dossier"].value, filed.guesses["dossier"].source) == (other.id, "person")
    assert proposing.proposed(office.ports, office.desk, filed) is None


def test_a_dossier_is_proposed_only_to_those_who_may_see_it(office: Office) -> None:
    narrow = office.ports.schemes[SCHEME].levels[-1].id
    opened(office, level=narrow)
    document = classified(office, "KH-2024-031")
    desk = office.desk
    blind = replace(desk, access=type(desk.access).to({f"{SCHEME}/company", "inbox/unfiled"}))
    assert proposing.proposed(office.ports, blind, document) is None
    assert proposing.proposed(office.ports, office.actor("tang.xu"), document).number == "KH-2024-031"  # type: ignore[union-attr]


@pytest.mark.parametrize("line", ["档号 KH-2024-031 第 2 页", "工程名称：物流园程控交换机安装", f"甲方：{CUSTOMER}"])
def test_a_dossier_that_is_opened_later_is_proposed_to_the_papers_that_name_it(office: Office, line: str) -> None:
    opened(office, "KH-2024-098", "别处的工程", fields={"customer_t": "云汀酒店"})
    found = {} if "KH" in line else {"project": line.partition("：")[2]}
    waiting = classified(office, "工程联系单", line, **found)
    assert "dossier" not in waiting.guesses
    filing.refile_pages(office.ports, office.ports.index.get(Document, waiting.id))
    office.ports.index.refresh(max(read.seq for read in office.ports.index.changes(Page, 0)))
    opened(office, "KH-2024-099", "另一工程", fields={"customer_t": "云汀酒店"})
    assert "dossier" not in office.ports.index.get(Document, waiting.id).record.guesses
    opened(office)
    offered = office.ports.index.get(Document, waiting.id).record
    assert (offered.guesses["dossier"].value, offered.dossier, offered.review) == ("kh-2024-031", "", "waiting")
    assert trail.verify(office.ports, SYSTEM).is_whole


def test_a_paper_that_is_filed_is_offered_nothing_when_a_dossier_is_opened(office: Office) -> None:
    opened(office, "KH-2024-099", "别处的工程", fields=None)
    waiting = classified(office, "档号 KH-2024-031")
    filing.file_document(office.ports, office.desk, waiting.id, dossier="kh-2024-099", type="contract")
    before = office.ports.index.get(Document, waiting.id).revision
    opened(office)
    assert office.ports.index.get(Document, waiting.id).revision == before


def test_a_dossier_is_opened_though_the_papers_cannot_be_searched(office: Office) -> None:
    class Unsearchable:
        def __getattr__(self, name: str) -> Any:
            return getattr(office.ports.index, name)

        def search(self, *given: Any) -> Any:
            raise Unavailable("busy")

    ports = office.with_index(Unsearchable())
    assert dossiers.create(ports, office.desk, scheme=SCHEME, name="物流园程控交换机安装").number


def test_bare_sample_papers_are_proposed_their_dossiers_and_hardly_others(office: Office) -> None:
    """As from a scanner: `scan0001.pdf`, in no folder, of either scheme; eight dossiers are open."""
    made: dict[str, Dossier] = {}
    papers = [(dossier, entry) for dossier, entry in documents() if entry["truth"]]
    for dossier, _ in papers:
        if dossier["number"] not in made:
            fields = {name: value for name, value in dossier["meta"].items() if name.endswith(("_t", "_k"))}
            made[dossier["number"]] = opened(
                office, dossier["number"], dossier["name"], scheme=dossier["scheme"], fields=fields
            )
    office.ports.index.refresh(max(read.seq for read in office.ports.index.changes(Dossier, 0)))
    right = wrong = 0
    for dossier, entry in papers:
        paper = paper_of(dossier, entry, bare=True)
        found = SchemeClassifier().guess(paper, list(office.ports.schemes.values()))
        guess = proposing.proposal(office.ports, found, paper)
        if guess is not None:
            right += guess.value == made[dossier["number"]].id
            wrong += guess.value != made[dossier["number"]].id
    assert (right, wrong) == (25, 0)
