from dataclasses import replace
from pathlib import Path

import pytest

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.documents import store
from handoff_portal.documents.actions import papers
from handoff_portal.documents.actions.receiving import Places, Receiver, receive_bytes
from handoff_portal.documents.model import Document, DocumentFailed, DocumentKind, clean_name
from handoff_portal.web.portal import Portal
from people import people

PDF = b"%PDF-1.7\nCANARY-7c1f a contract that nobody else may read\n"


def places(portal: Portal, largest: int = 10**9) -> Places:
    return Places(portal.database, portal.objects, largest)


def a_draft(portal: Portal) -> tuple[Actor, Case]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        return business.actor, cases.start_draft(work)


def shown(portal: Portal, actor: Actor, case: Case) -> list[Document]:
    with portal.database.work(actor) as work:
        return papers.list_documents(work, case, cases.open_key(work, case))


def everything_on_disk(portal: Portal) -> bytes:
    folder = Path(portal.settings.objects.removeprefix("file:"))
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_reads_back_whole_and_in_parts(portal: Portal) -> None:
    actor, case = a_draft(portal)
    octets = PDF + bytes(range(256)) * 500
    made = receive_bytes(places(portal), actor, case.id, DocumentKind.CONTRACT, "C:\\x\\contract.pdf", octets)
    assert shown(portal, actor, case) == [replace(made, stored_at=made.stored_at)]
    assert (made.name, made.media_type, made.size) == ("contract.pdf", "application/pdf", len(octets))
    with portal.database.work(actor) as work:
        opened = papers.open_document(work, case.id, made.id)
    assert b"".join(opened.read(portal.objects, 0, made.size)) == octets
    assert b"".join(opened.read(portal.objects, 40_000, 40_010)) == octets[40_000:40_010]


def test_no_plaintext_byte_is_ever_on_disk(portal: Portal) -> None:
    actor, case = a_draft(portal)
    receiver = Receiver.start(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf")
    receiver.write([PDF * 1000])
    assert b"CANARY-7c1f" not in everything_on_disk(portal)
    receiver.finish()
    assert b"CANARY-7c1f" not in everything_on_disk(portal)


@pytest.mark.parametrize(
    ("octets", "word"), [(b"", "empty"), (b"MZ" + bytes(200), "Programs"), (PDF * 90, "larger")]
)
def test_a_refused_file_leaves_nothing_behind(portal: Portal, octets: bytes, word: str) -> None:
    actor, case = a_draft(portal)
    before = set(portal.objects.list("documents/"))
    with pytest.raises(Invalid, match=word):
        receive_bytes(places(portal, largest=4000), actor, case.id, DocumentKind.OTHER, "odd.exe", octets)
    assert shown(portal, actor, case) == []
    assert set(portal.objects.list("documents/")) == before


def test_a_broken_upload_is_cleanly_gone(portal: Portal) -> None:
    actor, case = a_draft(portal)
    receiver = Receiver.start(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf")
    receiver.write([PDF])
    receiver.give_up()
    assert shown(portal, actor, case) == []
    assert receiver.made.object_key not in set(portal.objects.list("documents/"))


def test_a_file_whose_row_was_cleared_away_while_it_arrived_leaves_no_bytes(portal: Portal) -> None:
    actor, case = a_draft(portal)
    receiver = Receiver.start(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf")
    receiver.write([PDF])
    event = DocumentFailed(
        case=case.id, own=case.business, document=receiver.made.id, reason=Code("abandoned")
    )
    with portal.database.worker() as work:
        store.remove(work, receiver.made.id, event)
    with pytest.raises(WrongState, match="took too long"):
        receiver.finish()
    assert receiver.made.object_key not in set(portal.objects.list("documents/"))


def test_a_stranger_can_neither_add_nor_read(portal: Portal) -> None:
    actor, case = a_draft(portal)
    (other,) = people(portal, [OrgKind.BUSINESS])
    made = receive_bytes(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf", PDF)
    with pytest.raises(NotFound):
        receive_bytes(places(portal), other.actor, case.id, DocumentKind.CONTRACT, "x.pdf", PDF)
    with portal.database.work(other.actor) as work, pytest.raises(NotFound):
        papers.open_document(work, case.id, made.id)


def test_removing_a_paper_from_a_draft_removes_its_bytes(portal: Portal) -> None:
    actor, case = a_draft(portal)
    made = receive_bytes(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf", PDF)
    with portal.database.work(actor) as work:
        assert papers.counts_by_kind(work, case) == {DocumentKind.CONTRACT: 1}
        papers.remove_document(work, portal.objects, case, made.id)
    assert shown(portal, actor, case) == []
    assert f"documents/{made.id}" not in set(portal.objects.list("documents/"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b/c.pdf", "c.pdf"),
        ("..\\..\\x", "x"),
        ("\x00\x1b", "document"),
        ("n" * 300 + ".pdf", "n" * 188 + ".pdf"),
    ],
)
def test_file_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept
