import re
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from agencies.people import PAPER, Cast, decided, recorded, stored
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.web.portal import Portal
from people import SignedIn

Browser = TestClient[Litestar]
LICENCE = {
    "jurisdiction": "SG",
    "regulator": "Singapore Police Force",
    "number": "DC-77",
    "licence_class": "Debt collection business licence",
    "scope": "both",
    "issued_on": "2026-01-01",
    "expires_on": "2030-06-30",
}
REPORT = {
    "scheme": "ospar",
    "version": "2.0",
    "auditor": "An Auditor LLP",
    "period_from": "2025-01-01",
    "period_to": "2025-12-31",
    "scope": "Collections in Singapore",
    "exceptions": "",
    "next_due": "2031-01-31",
}


def as_(client: Browser, somebody: SignedIn) -> Browser:
    client.cookies.clear()
    client.cookies.update(somebody.cookie)
    return client


def token(client: Browser, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, path
    return found[1]


def send(
    client: Browser, path: str, fields: dict[str, str], document: tuple[str, bytes] | None = None
) -> tuple[int, str, str]:
    """Post a multipart form the way a browser without scripts does; status, text and where it leads."""
    typed = {"csrf_token": token(client, path), **fields}
    files: list[tuple[str, tuple[str | None, str | bytes]]] = [(k, (None, v)) for k, v in typed.items()]
    files.append(("document", document or ("", b"")))
    answer = client.post(path, files=files, follow_redirects=False)
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def post(client: Browser, path: str, at: str, fields: dict[str, str]) -> tuple[int, str]:
    answer = client.post(at, data={"csrf_token": token(client, path), **fields}, follow_redirects=False)
    return answer.status_code, answer.text


def test_a_licence_goes_from_form_to_queue_to_directory(client: Browser, cast: Cast) -> None:
    name = cast.admin.actor.org_name
    status, _, place = send(as_(client, cast.admin), "/licences/new", LICENCE, ("Licence.pdf", PAPER))
    assert status == 303
    assert "Being checked" in client.get(place).text
    assert f"{place}/edit" in client.get(place).text

    as_(client, cast.officer)
    assert place in client.get("/licences").text
    shown = client.get(place).text
    assert "Verify the licence" in shown
    assert "Debt Collection Act 2022" in shown
    assert client.get(f"{place}/document").content == PAPER
    fields = {"decision": "verified", "source_url": "https://register.example/77"}
    assert post(client, place, f"{place}/decision", fields)[0] == 303

    as_(client, cast.business)
    found = client.get("/agencies", params={"q": name, "country": "SG", "licence": "valid"}).text
    assert name in found
    assert "Consumer and commercial" in found
    profile = client.get(f"/agencies/{cast.admin.actor.org}").text
    assert "Licensed" in profile
    assert "30 Jun 2030" in profile


def test_a_download_is_an_attachment_that_may_do_nothing(client: Browser, portal: Portal, cast: Cast) -> None:
    stored(portal, cast.admin)
    with portal.database.work(cast.admin.actor) as work:
        licence = licences_of(work, cast.admin.actor.org)[0].id
    answer = as_(client, cast.officer).get(f"/licences/{licence}/document")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Licence 2026.pdf"')
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for somebody in (cast.business, cast.rival):
        as_(client, somebody)
        assert client.get(f"/licences/{licence}/document").status_code == 404
        assert "/document" not in client.get(f"/licences/{licence}").text


def test_mistakes_come_back_with_everything_typed(client: Browser, cast: Cast) -> None:
    wrong = {**LICENCE, "jurisdiction": "US", "expires_on": "2025-01-01", "number": ""}
    status, text, _ = send(as_(client, cast.admin), "/licences/new", wrong)
    assert status == 422
    for said in (
        "Choose the place",
        "lies before the first day",
        "Please fill this in",
        "Choose the licence as PDF",
    ):
        assert said in text
    assert "Singapore Police Force" in text
    assert "Please correct these 4 things" in text


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (("a.exe", b"MZ\x90\x00" + bytes(50)), "PDF or as a picture"),
        (("a.pdf", b"%PDF-1.7" + bytes(20 * 1024**2)), "larger than 20 MB"),
    ],
    ids=["program", "too large"],
)
def test_a_wrong_document_is_said_at_its_field(
    client: Browser, cast: Cast, document: tuple[str, bytes], says: str
) -> None:
    status, text, _ = send(as_(client, cast.admin), "/licences/new", LICENCE, document)
    assert status == 422
    assert says in text
    assert "DC-77" in text


def test_a_form_without_its_token_is_refused(client: Browser, cast: Cast) -> None:
    as_(client, cast.admin)
    files = [(name, (None, value)) for name, value in LICENCE.items()]
    assert client.post("/licences/new", files=files).status_code == 403
    late = [*files, ("csrf_token", (None, token(client, "/licences/new")))]
    assert client.post("/licences/new", files=late).status_code == 403


def test_a_correction_keeps_the_document_unless_another_is_chosen(
    client: Browser, portal: Portal, cast: Cast
) -> None:
    _, _, place = send(as_(client, cast.admin), "/licences/new", LICENCE, ("Licence.pdf", PAPER))
    assert 'value="DC-77"' in client.get(f"{place}/edit").text
    assert "You have sent Licence.pdf" in client.get(f"{place}/edit").text
    assert send(client, f"{place}/edit", {**LICENCE, "number": "DC-78"})[0] == 303
    assert "DC-78" in client.get(place).text
    assert client.get(f"{place}/document").content == PAPER
    other = PAPER + b"second"
    assert send(client, f"{place}/edit", LICENCE, ("New.pdf", other))[0] == 303
    assert client.get(f"{place}/document").content == other
    with portal.database.work(cast.admin.actor) as work:
        held = licences_of(work, cast.admin.actor.org)
    decided(portal, cast.officer, held[0].id, LicenceState.VERIFIED)
    assert send(client, f"{place}/edit", LICENCE)[0] == 409


def test_the_form_begins_with_what_a_place_asks_for(client: Browser, cast: Cast) -> None:
    text = as_(client, cast.admin).get("/licences/new", params={"place": "AU-WA"}).text
    assert "Consumer Protection Western Australia" in text
    assert '<option value="AU-WA" selected>' in text


def test_turning_down_tells_the_agency_why(client: Browser, portal: Portal, cast: Cast) -> None:
    place = f"/licences/{recorded(portal, cast.admin).id}"
    as_(client, cast.officer)
    status, text = post(client, place, f"{place}/decision", {"decision": "rejected", "remark": ""})
    assert status == 422
    assert "Please fill this in" in text
    said = {"decision": "rejected", "remark": "The register knows another number."}
    assert post(client, place, f"{place}/decision", said)[0] == 303
    assert "The register knows another number." in as_(client, cast.admin).get(place).text
    assert as_(client, cast.business).get(place).status_code == 404


def test_the_reason_of_a_suspension_stays_with_agency_and_operator(
    client: Browser, portal: Portal, cast: Cast
) -> None:
    made = recorded(portal, cast.admin)
    decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    decided(portal, cast.officer, made.id, LicenceState.SUSPENDED, "Under investigation.")
    seen = as_(client, cast.business).get(f"/licences/{made.id}").text
    assert "Suspended" in seen
    assert "Under investigation" not in seen
    assert "Under investigation" in as_(client, cast.collector).get(f"/licences/{made.id}").text


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("collector", "/licences/new", 403),
        ("business", "/licences/new", 403),
        ("officer", "/licences/new", 403),
        ("collector", "/licences", 200),
        ("officer", "/licences", 200),
        ("operator_admin", "/licences", 303),
        ("business", "/licences", 303),
        ("business", "/agencies", 200),
        ("operator_admin", "/agencies", 200),
        ("collector", "/agencies", 200),
        ("business", "/agencies/00000000-0000-0000-0000-000000000000", 404),
    ],
)
def test_who_opens_what(client: Browser, cast: Cast, who: str, path: str, status: int) -> None:
    assert as_(client, getattr(cast, who)).get(path, follow_redirects=False).status_code == status


def test_only_the_officer_may_post_a_decision(client: Browser, portal: Portal, cast: Cast) -> None:
    place = f"/licences/{recorded(portal, cast.admin).id}"
    for somebody in (cast.admin, cast.rival, cast.business, cast.operator_admin):
        as_(client, somebody)
        fields = {"decision": "verified", "source_url": "https://register.example"}
        assert post(client, place, f"{place}/decision", fields)[0] == 403


def test_an_agency_edits_its_own_profile_only(client: Browser, cast: Cast) -> None:
    place = f"/agencies/{cast.admin.actor.org}"
    as_(client, cast.admin)
    fields = {
        "about": "We are four people.",
        "values_statement": "<b>Kindness</b> first.",
        "countries": "SG",
        "sectors": "retail",
        "website": "https://kind.example",
        "attests": "yes",
    }
    assert post(client, f"{place}/edit", f"{place}/edit", fields)[0] == 303
    shown = as_(client, cast.business).get(place).text
    assert "&lt;b&gt;Kindness&lt;/b&gt; first." in shown
    assert "keep the conduct rules" in shown
    as_(client, cast.rival)
    assert client.get(f"{place}/edit").status_code == 404
    own = f"/agencies/{cast.rival.actor.org}/edit"
    assert post(client, own, f"{place}/edit", fields)[0] == 404
    wrong = {**fields, "website": "javascript:alert(1)", "countries": "XX", "about": ""}
    status, text = post(client, own, own, wrong)
    assert status == 422
    assert "starts with https" in text
    assert "Choose countries from the list" in text


def test_a_report_is_recorded_and_verified(client: Browser, cast: Cast) -> None:
    status, _, place = send(as_(client, cast.admin), "/licences/reports/new", REPORT, ("ospar.pdf", PAPER))
    assert status == 303
    as_(client, cast.officer)
    assert place in client.get("/licences").text
    assert client.get(f"{place}/document").content == PAPER
    assert post(client, place, f"{place}/decision", {"decision": "verified"})[0] == 303
    as_(client, cast.business)
    assert "OSPAR 2.0" in client.get(f"/agencies/{cast.admin.actor.org}").text
    assert "Verified" in client.get(place).text
    assert client.get(f"{place}/document").status_code == 404
    wrong = {**REPORT, "period_to": "2024-01-01"}
    status, text, _ = send(as_(client, cast.admin), "/licences/reports/new", wrong)
    assert status == 422
    assert "lies before the first day" in text


def test_days_left_are_told(client: Browser, portal: Portal, cast: Cast) -> None:
    today = portal.database.clock().date()
    for days in (10, -20):
        made = recorded(
            portal, cast.admin, issued_on=today - timedelta(300), expires_on=today + timedelta(days)
        )
        decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    text = as_(client, cast.admin).get("/licences").text
    assert re.search(r"(9|10|11) days left", text)
    assert re.search(r"ended (19|20|21) days ago", text)
    assert "2 licences need you" in text


def test_strange_addresses_do_not_break_the_directory(client: Browser, cast: Cast) -> None:
    as_(client, cast.business)
    for query in (
        {"country": "XX", "sector": "nothing", "licence": "?"},
        {"after": "x\x00", "after_id": "no"},
        {"q": "%_\\"},
        {"q": "\x00"},
    ):
        assert client.get("/agencies", params=query).status_code == 200
    assert "No agency fits" in client.get("/agencies", params={"q": "nobody is called this"}).text
