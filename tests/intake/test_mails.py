from datetime import timedelta

import pytest

from handoff_portal.adapters.parsing.mails import mail_reader
from handoff_portal.cases.actions import cases
from handoff_portal.contacts.actions.history import list_history
from handoff_portal.contacts.model.communications import Communication, Direction, Source, Stage
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import Document, DocumentKind
from handoff_portal.intake.actions import drafting, history
from handoff_portal.intake.actions.mails import MailTaken, take_mail
from handoff_portal.intake.model.steps import Step
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from intake.drafts import CUSTOMER, a_draft, places
from people import people

HEAD = b"From: accounts@kopi.example\r\nTo: us@merlion.example\r\nDate: Mon, 3 Aug 2026 09:30:00 +0800\r\n"

MIXED = HEAD + (
    b"Subject: Re: your reminder\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
)


def a_writer(portal: Portal) -> tuple[Actor, CaseId]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_draft(portal, business.actor)
    with portal.database.work(business.actor) as work:
        drafting.save_step(work, case.id, Step.CUSTOMER, CUSTOMER)
    return business.actor, case.id


def take(portal: Portal, actor: Actor, case: CaseId, octets: bytes, name: str = "mail.eml") -> MailTaken:
    return take_mail(places(portal), mail_reader().parse, actor, case, name, octets)


def kept(portal: Portal, actor: Actor, case_id: CaseId) -> tuple[list[Communication], list[Document]]:
    with portal.database.work(actor) as work:
        case = cases.load_case(work, case_id)
        key = cases.open_key(work, case)
        return list_history(work, case, key), papers.list_documents(work, case, key)


def test_a_mail_of_the_customer_comes_in_with_its_attachment(portal: Portal) -> None:
    actor, case = a_writer(portal)
    octets = MIXED + (
        b"--b\r\n\r\nTwo crates never arrived. We dispute that part.\r\n"
        b"--b\r\nContent-Disposition: attachment; filename=proof.pdf\r\n\r\n%PDF-1.7 crates\r\n--b--\r\n"
    )
    taken = take(portal, actor, case, octets)
    (said,), stored = kept(portal, actor, case)
    assert taken.entries == 1
    assert (said.direction, said.stage, said.source) == (Direction.IN, Stage.DISPUTE, Source.MAIL)
    assert [paper.kind for paper in stored] == [DocumentKind.MAIL, DocumentKind.ATTACHMENT]
    assert set(said.documents) == {paper.id for paper in stored}
    assert said.words.attachments == ("proof.pdf",)


def test_the_same_mail_is_taken_once(portal: Portal) -> None:
    actor, case = a_writer(portal)
    octets = HEAD + b"Subject: Hello\r\n\r\nHello\r\n"
    take(portal, actor, case, octets)
    again = take(portal, actor, case, octets, "copy.eml")
    said, stored = kept(portal, actor, case)
    assert again.known
    assert (len(said), len(stored)) == (1, 1)


def test_a_forwarded_mail_brings_the_mail_inside_it(portal: Portal) -> None:
    actor, case = a_writer(portal)
    inner = HEAD + b"Subject: Re: reminder\r\n\r\nI can pay in three instalments.\r\n"
    octets = (
        b"From: us@merlion.example\r\nTo: us@merlion.example\r\nDate: Tue, 4 Aug 2026 09:30:00 +0800\r\n"
        b"Subject: Fwd: reminder\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    )
    assert take(portal, actor, case, octets).entries == 2
    said, _ = kept(portal, actor, case)
    assert [one.stage for one in said] == [Stage.PLAN_OFFER, None]


@pytest.mark.parametrize(
    "date", [b"", b"Date: yesterday\r\n", b"Date: Mon, 3 Aug 2099 09:30:00 +0800\r\n", b"Date: 99 Xxx\r\n"]
)
def test_a_mail_without_a_time_that_can_be_true_waits_for_one(portal: Portal, date: bytes) -> None:
    actor, case = a_writer(portal)
    take(portal, actor, case, b"From: accounts@kopi.example\r\n" + date + b"Subject: x\r\n\r\ny\r\n")
    (said,), _ = kept(portal, actor, case)
    assert said.occurred_at is None
    with portal.database.work(actor) as work:
        at = (work.now - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
        fields = {"direction": ["in"], "stage": [""], "occurred_at": [at]}
        history.correct_entry(work, case, said.id, fields)
    (said,), _ = kept(portal, actor, case)
    assert said.occurred_at is not None
    assert said.words.subject == "x"


@pytest.mark.parametrize(
    "octets", [b"\x00\xff\xfe noise", b"just some words\r\n", b"a" * 70_000 + b": x\r\n\r\n"]
)
def test_what_cannot_be_read_is_kept_as_a_document_and_said_so(portal: Portal, octets: bytes) -> None:
    actor, case = a_writer(portal)
    taken = take(portal, actor, case, octets, "strange.eml")
    said, (paper,) = kept(portal, actor, case)
    assert said == []
    assert (taken.unreadable, paper.kind, paper.name) == (True, DocumentKind.MAIL, "strange.eml")
    assert "kept as a document" in taken.remarks[-1]


def test_a_program_in_a_mail_is_left_inside_and_said_so(portal: Portal) -> None:
    actor, case = a_writer(portal)
    octets = MIXED + (
        b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/octet-stream; name=pay.exe\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        b"TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAA\r\n--b--\r\n"
    )
    taken = take(portal, actor, case, octets)
    (said,), (paper,) = kept(portal, actor, case)
    assert paper.kind is DocumentKind.MAIL
    assert said.documents == (paper.id,)
    assert any("left inside the mail" in remark for remark in taken.remarks)


def test_an_empty_file_is_refused(portal: Portal) -> None:
    actor, case = a_writer(portal)
    with pytest.raises(Invalid, match="empty"):
        take(portal, actor, case, b"")
    assert kept(portal, actor, case) == ([], [])


def test_taking_a_mail_out_takes_its_documents_along(portal: Portal) -> None:
    actor, case = a_writer(portal)
    take(portal, actor, case, HEAD + b"Subject: Hello\r\n\r\nHello\r\n")
    (said,), _ = kept(portal, actor, case)
    with portal.database.work(actor) as work:
        history.remove_entry(work, portal.objects, case, said.id)
    assert kept(portal, actor, case) == ([], [])


def test_every_sample_mail_finds_its_place(portal: Portal) -> None:
    actor, case = a_writer(portal)
    found = sorted((ROOT / "samples").glob("*/*/mail/*.eml"))[::8]
    for path in found:
        take(portal, actor, case, path.read_bytes(), path.name)
    said, stored = kept(portal, actor, case)
    unread = {p.id for p in stored if p.kind is DocumentKind.MAIL} - {
        d for one in said for d in one.documents
    }
    assert len(found) > 10
    assert len(said) + len(unread) >= len(found)
    named = {p.id: p.name for p in stored}
    for one in said:
        name = named[one.documents[0]]
        if "final-notice" in name:
            assert one.stage is Stage.FINAL_NOTICE, name
