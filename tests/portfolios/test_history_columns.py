"""A history file with headers of its own: its columns are asked for once, and remembered."""

import re

from handoff_portal.core.permissions import OrgKind
from handoff_portal.portfolios.actions.answering import show_said
from handoff_portal.portfolios.model.mapping import Mapping
from handoff_portal.web.portal import Portal
from paper_steps import in_case
from people import people
from portfolios.browsing import (
    Browser,
    a_row,
    a_table,
    check,
    decide,
    finish,
    id_of,
    seen,
    send,
    sign_in,
    upload,
)

ODD = (
    b"Vorgang,Wann war das,Womit,Gesagt\n"
    b"R-1,03/04/2026,phone,Spoke about the invoice\n"
    b"R-1,05/06/2026,email,Sent the copy\n"
)


def fields(html: str) -> dict[str, str]:
    """Select of a column by the header that it is for."""
    found = re.findall(r'name="(column_\d+)" aria-label="([^"]+) is taken for"', html)
    return {header: name for name, header in found}


def test_columns_of_a_history_are_asked_for_and_remembered(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))), ("history.csv", ODD))
    send(client, token, place)
    check(portal)
    asked = client.get(place).text
    assert "Which column is which?" in seen(asked)
    assert "the history “history.csv”" in seen(asked)
    assert "Spoke about the invoice" in asked
    assert "Due date" not in seen(asked), "columns of accounts are no choice here"
    names = fields(asked)
    missing = client.post(f"{place}/answers", data={"csrf_token": token, "dates": "dmy"})
    assert missing.status_code == 422
    assert "No column is chosen for “Your reference” and “When”" in seen(missing.text)
    chosen = {"Vorgang": "creditor_reference", "Wann war das": "occurred_at", "Womit": "channel"}
    typed = {names[header]: column for header, column in chosen.items()}
    typed[names["Gesagt"]] = "body_or_summary"
    client.post(f"{place}/answers", data={"csrf_token": token, **typed})
    check(portal)
    dates = client.get(place).text
    assert "What comes first in the dates of this file?" in seen(dates)
    client.post(f"{place}/answers", data={"csrf_token": token, **typed, "dates": "dmy"})
    check(portal)
    shown = client.get(place).text
    assert "2 messages of history found" in seen(shown)
    assert "Columns of the history" in seen(shown)
    decide(client, token, place)
    finish(portal)
    _, said = in_case(portal, person.actor, "R-1")
    assert [(one.occurred_at.month, one.words.text) for one in said[:2] if one.occurred_at] == [
        (4, "Spoke about the invoice"),
        (6, "Sent the copy"),
    ]
    again = ODD.replace(b"R-1", b"R-2").replace(b"03/04", b"31/12").replace(b"05/06", b"30/12")
    place = upload(client, token, ("accounts.csv", a_table(a_row(2))), ("history.csv", again))
    send(client, token, place)
    check(portal)
    assert "2 messages of history found" in seen(client.get(place).text), seen(client.get(place).text)


def test_columns_of_a_history_can_be_looked_at_again(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    plain = b"creditor_reference,occurred_at,channel,note\nR-1,2026-04-03,email,Hello\n"
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))), ("history.csv", plain))
    send(client, token, place)
    check(portal)
    client.post(f"{place}/columns", data={"csrf_token": token, "file": "history"})
    check(portal)
    asked = client.get(place).text
    names = fields(asked)
    assert set(names) == {"creditor_reference", "occurred_at", "channel", "note"}
    typed = {names[one]: one for one in ("creditor_reference", "occurred_at", "channel")}
    client.post(f"{place}/answers", data={"csrf_token": token, **typed, names["note"]: "subject"})
    check(portal)
    assert "1 message of history found" in seen(client.get(place).text)
    with portal.database.work(person.actor) as work:
        said = show_said(work, id_of(place))
    assert Mapping.decode(said.history_mapping).columns["subject"] == "note"
    assert (said.mapping, said.look, said.look_history) == ("", False, False)


def test_a_history_without_a_way_of_contact_is_asked_about_it_once(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    calls = b"creditor_reference,occurred_at,note\nR-1,2026-04-03,Hello\nR-1,2026-04-04,Hello again\n"
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))), ("history.csv", calls))
    send(client, token, place)
    check(portal)
    asked = client.get(place).text
    assert "How were the customers contacted?" in seen(asked)
    names = fields(asked)
    typed = {names[one]: one for one in ("creditor_reference", "occurred_at")}
    client.post(f"{place}/answers", data={"csrf_token": token, **typed, "channel": "call"})
    check(portal)
    assert "2 messages of history found" in seen(client.get(place).text), seen(client.get(place).text)
