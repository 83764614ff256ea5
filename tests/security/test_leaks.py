"""A whole journey, and then the words of the case are looked for wherever they must not be."""

import html
import logging
import re
from urllib.parse import unquote

import psycopg
import pytest

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from letters import mail_all
from security.full_world import ASKED, NOTED, REASON, SAID, a_full_world
from security.routes import Browser, Route, send
from security.world import World

PERSONAL = (
    *("Kopi Tiam", "Lim Wei", "Tras Street", "079002", "accounts@kopi.example", "60000001"),
    *(
        "2026-0001",
        "C-7",
        "A customer for nine years",
        "contract.pdf",
        "CANARY-file",
        "Cheque 4471",
        "Aisha Noor",
    ),
    *(ASKED, NOTED, REASON, SAID, "A complaint about the delivery"),
)
"""What the builders put into cases: names, addresses, numbers, texts, file names."""

IDENTITY = {"Kopi Tiam", "Lim Wei", "Tras Street", "079002", "accounts@kopi.example", "60000001"}
"""Who the customer is and how to reach them."""


def found_in(octets: bytes) -> list[str]:
    text = unquote(html.unescape(octets.decode("utf-8", "replace")))
    return [word for word in PERSONAL if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def test_the_log_holds_nothing_that_a_person_typed(portal: Portal, postgres: EmbeddedPostgres) -> None:
    with postgres.administrator("portal") as connection:
        full = a_full_world(portal, connection)
        query = "select leaf from audit_event where org_id = any(%s)"
        orgs = [full.business.actor.org, full.agency.actor.org]
        leaves = [bytes(row[0]) for row in connection.execute(query, [orgs])]
        names = [full.business.actor.email, full.agency.actor.name, full.business.actor.org_name]
    assert len(leaves) > 20
    assert [leaf for leaf in leaves if found_in(leaf)] == []
    assert [leaf for leaf in leaves for name in names if name.encode() in leaf] == []


def test_the_database_holds_no_word_of_a_case_in_clear(portal: Portal, postgres: EmbeddedPostgres) -> None:
    with postgres.administrator("portal") as connection:
        full = a_full_world(portal, connection)
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        case = str(full.case.id)
        for (name,) in tables:
            rows = connection.execute(
                psycopg.sql.SQL("select t::text from {} t").format(psycopg.sql.Identifier(name))
            )
            for (row,) in rows:
                if case in row:
                    assert found_in(_readable(row)) == [], name


def test_pages_put_no_personal_data_into_addresses_or_logs(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses: set[str] = set()
    seen = 0
    for route in (one for one in routes if not one.path.startswith(("/static", "/healthz", "/readyz"))):
        for name in ("business_admin", "agency_admin", "operator_officer"):
            persona = world[name]
            answer = send(
                browser, rehearsal, persona, route, world.things[persona.kind or OrgKind.BUSINESS, "own"]
            )
            seen += bool(found_in(answer.text.encode()))
            addresses |= set(re.findall(r'(?:href|action|src|hx-\w+)="([^"]*)"', answer.text))
            addresses.add(answer.headers.get("location", ""))
    assert seen, "no page showed a word of a case, so this proved nothing"
    assert [one for one in addresses if found_in(one.encode())] == []
    assert found_in(caplog.text.encode()) == []


def test_letters_carry_no_personal_data(portal: Portal, postgres: EmbeddedPostgres) -> None:
    with postgres.administrator("portal") as connection:
        full = a_full_world(portal, connection)
    letters = mail_all(portal)
    assert letters
    for letter in letters:
        octets = letter.read_bytes()
        assert found_in(octets) == []
        assert full.business.actor.org_name.encode() not in octets


def test_an_offer_shows_no_personal_data_before_it_is_accepted(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    things = world.things[OrgKind.AGENCY, "offered"]
    for route in (
        one for one in routes if not one.unsafe and one.path.startswith(("/offers", "/cases", "/"))
    ):
        for name in ("collector", "supervisor", "agency_admin", "agency_officer"):
            answer = send(browser, rehearsal, world[name], route, things)
            mine = world.things[OrgKind.AGENCY, "own"]["case_id"]
            if mine not in answer.text and answer.headers.get("content-type", "").startswith("text/html"):
                assert found_in(answer.text.encode()) == [], route.path


def test_a_holder_sees_the_customer_only_after_revealing(
    browser: Browser, rehearsal: Portal, world: World
) -> None:
    things = world.things[OrgKind.AGENCY, "holder"]
    page = Route("/cases/{case_id:uuid}", "GET", "case_read", "")
    before = send(browser, rehearsal, world["collector"], page, things)
    assert before.status == 200
    assert not set(found_in(before.text.encode())) & IDENTITY
    reveal = Route("/cases/{case_id:uuid}/reveal", "POST", "reveal", "form")
    after = send(browser, rehearsal, world["collector"], reveal, things)
    assert {"Kopi Tiam", "Lim Wei", "accounts@kopi.example"} <= set(found_in(after.text.encode()))


def _readable(row: str) -> bytes:
    """A row as text, with the octets that it writes in hex read as octets too."""
    octets = [bytes.fromhex(one) for one in re.findall(r"\\x((?:[0-9a-f]{2})+)", row)]
    return row.encode() + b" " + b" ".join(octets)
