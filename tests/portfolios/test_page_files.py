"""Files that go into a portfolio and come out of its pages, without scripts."""

import re
from io import BytesIO
from zipfile import ZipFile

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from people import people
from portfolios.browsing import (
    Browser,
    a_row,
    a_table,
    check,
    decide,
    finish,
    seen,
    send,
    sign_in,
    upload,
)
from security.papers import PDF


def test_a_raw_body_is_a_file_too(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    begun = client.post("/portfolios", data={"csrf_token": token}, follow_redirects=False)
    place = begun.headers["Location"]
    headers = {"X-CSRF-Token": token, "X-File-Name": "a%20b.csv", "Content-Type": "application/octet-stream"}
    stored = client.post(f"{place}/files", content=a_table(a_row(1)), headers=headers)
    assert (stored.status_code, stored.json()["name"]) == (201, "a b.csv")
    empty = client.post(f"{place}/files", content=b"", headers=headers)
    assert "empty" in empty.json()["say"]
    assert (
        client.post("/portfolios", data={"csrf_token": token}, follow_redirects=False).headers["Location"]
        == place
    )


def test_templates_and_samples_can_be_downloaded(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    sign_in(client, portal, person)
    for path in (
        "template/accounts.csv",
        "template/accounts.xlsx",
        "template/history.csv",
        "sample/accounts.csv",
    ):
        found = client.get(f"/portfolios/{path}")
        assert found.status_code == 200
        assert found.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/portfolios/template/x.csv").status_code == 404
    assert "debtor_name" in client.get("/portfolios/guide").text


def test_files_that_fit_no_account_are_assigned_by_hand(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    archive = BytesIO()
    with ZipFile(archive, "w") as made:
        made.writestr("R-1/contract.pdf", PDF)
        made.writestr("scan 0815.pdf", PDF + b"2")
        made.writestr("lunch.pdf", PDF + b"3")
    place = upload(
        client,
        token,
        ("accounts.csv", a_table(a_row(1), a_row(2))),
        ("papers.zip", archive.getvalue()),
    )
    send(client, token, place)
    check(portal)
    assert "2 files wait for you" in seen(client.get(place).text), seen(client.get(place).text)
    refused = decide(client, token, place)
    assert refused.status_code == 422
    listed = client.get(f"{place}/papers").text
    assert "scan 0815.pdf" in seen(listed)
    numbers = re.findall(r'name="paper" value="(\d+)"', listed)
    assert len(numbers) == 2
    fields = {"csrf_token": token, "paper": numbers[:1]}

    def stamp() -> str:
        return client.get(place).text.partition('name="seen" value="')[2].partition('"')[0]

    stamps = [stamp()]
    wrong = client.post(f"{place}/papers", data={**fields, "go": "assign", "reference": "R-99"})
    assert "There is no account or case" in seen(wrong.text)
    client.post(f"{place}/papers", data={**fields, "go": "assign", "reference": "R-2"})
    stamps.append(stamp())
    client.post(f"{place}/papers", data={**fields, "go": "kind", "kind": "statement"})
    stamps.append(stamp())
    client.post(
        f"{place}/papers", data={"csrf_token": token, "go": "leave-all", "reason": "Belongs to nothing here."}
    )
    assert len({*stamps, stamp()}) == 4
    decide(client, token, place)
    finish(portal)
    done = seen(client.get(place).text)
    assert "Stored 2" in done, done
