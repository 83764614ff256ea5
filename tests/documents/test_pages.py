import hashlib
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from documents.sending import headers_of
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import Document, DocumentKind
from handoff_portal.documents.pages.download import OutOfRange, range_of
from handoff_portal.web.portal import Portal
from people import SignedIn, people

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300
Browser = TestClient[Litestar]


def a_draft(portal: Portal) -> tuple[SignedIn, Case]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        return business, cases.start_draft(work)


def shown(portal: Portal, business: SignedIn, case: Case) -> list[Document]:
    with portal.database.work(business.actor) as work:
        return papers.list_documents(work, case, cases.open_key(work, case))


def raw(client: Browser, portal: Portal, person: SignedIn, case: UUID, **changes: str) -> "tuple[int, str]":
    headers = {k: v for k, v in headers_of(portal, person, "Vertrag Müller.pdf").items() if k != "Cookie"}
    client.cookies.update(person.cookie)
    answer = client.post(f"/cases/{case}/documents?kind=contract", content=PDF, headers=headers | changes)
    return answer.status_code, answer.text


def form(client: Browser, portal: Portal, person: SignedIn, case: UUID, token: str | None = None) -> int:
    client.cookies.update(person.cookie)
    known = headers_of(portal, person, "")["X-CSRF-Token"]
    answer = client.post(
        f"/cases/{case}/documents",
        data={"csrf_token": known if token is None else token, "kind": "invoice"},
        files=[("file", ("one.pdf", PDF)), ("file", ("two.pdf", PDF + b"2"))],
        follow_redirects=False,
    )
    return answer.status_code


def test_a_file_sent_by_the_script_is_stored_with_its_name_and_kind(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    status, _ = raw(client, portal, business, case.id)
    (paper,) = shown(portal, business, case)
    assert status == 201
    assert (paper.name, paper.kind) == ("Vertrag Müller.pdf", DocumentKind.CONTRACT)
    assert paper.sha256 == hashlib.sha256(PDF).digest()


def test_a_form_without_scripts_stores_all_its_files(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    assert form(client, portal, business, case.id) == 303
    papers_shown = shown(portal, business, case)
    assert sorted(paper.name for paper in papers_shown) == ["one.pdf", "two.pdf"]
    assert {paper.kind for paper in papers_shown} == {DocumentKind.INVOICE}


def test_without_the_form_token_nothing_is_taken(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    assert raw(client, portal, business, case.id, **{"X-CSRF-Token": "wrong"})[0] == 403
    assert form(client, portal, business, case.id, "wrong") == 403
    assert raw(client, portal, business, case.id, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert shown(portal, business, case) == []


def test_strangers_get_no_further_than_not_found(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    raw(client, portal, business, case.id)
    (paper,) = shown(portal, business, case)
    (other,) = people(portal, [OrgKind.BUSINESS])
    assert raw(client, portal, other, case.id)[0] == 404
    for path in (f"/cases/{case.id}/documents", f"/cases/{case.id}/documents/{paper.id}"):
        assert client.get(path).status_code == 404


def test_a_download_may_do_nothing_in_the_browser(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    raw(client, portal, business, case.id)
    (paper,) = shown(portal, business, case)
    answer = client.get(f"/cases/{case.id}/documents/{paper.id}")
    assert answer.content == PDF
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Vertrag M_ller.pdf\"; filename*=UTF-8''Vertrag%20M%C3%BCller.pdf"
    )


def test_a_part_of_a_file_can_be_fetched_and_a_broken_download_resumed(
    client: Browser, portal: Portal
) -> None:
    business, case = a_draft(portal)
    raw(client, portal, business, case.id)
    (paper,) = shown(portal, business, case)
    path = f"/cases/{case.id}/documents/{paper.id}"
    whole = client.get(path)
    part = client.get(path, headers={"Range": "bytes=70000-", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.content) == (206, PDF[70000:])
    assert part.headers["Content-Range"] == f"bytes 70000-{len(PDF) - 1}/{len(PDF)}"
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    beyond = client.get(path, headers={"Range": f"bytes={len(PDF)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=-", None),
        ("", None),
    ],
)
def test_ranges_are_read_as_the_standard_says(asked: str, part: tuple[int, int] | None) -> None:
    assert range_of(asked, 100) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_given(asked: str) -> None:
    with pytest.raises(OutOfRange):
        range_of(asked, 100)


def test_a_paper_of_a_draft_can_be_removed_on_the_page(client: Browser, portal: Portal) -> None:
    business, case = a_draft(portal)
    raw(client, portal, business, case.id)
    (paper,) = shown(portal, business, case)
    assert "Vertrag Müller.pdf" in client.get(f"/cases/{case.id}/documents").text
    token = headers_of(portal, business, "")["X-CSRF-Token"]
    path = f"/cases/{case.id}/documents/{paper.id}/remove"
    assert client.post(path, data={"csrf_token": token}, follow_redirects=False).status_code == 303
    assert shown(portal, business, case) == []
    assert "No documents yet" in client.get(f"/cases/{case.id}/documents").text
