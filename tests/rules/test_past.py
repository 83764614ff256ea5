"""Past contacts under new rules: what was known when each was made, told by nothing that came later."""

from datetime import timedelta
from typing import LiteralString
from uuid import uuid4

import pytest
from msgspec.structs import replace

from at_work import AtWork, a_case_at_work
from builders import a_claim, a_customer, some_content
from contact_steps import log
from handoff_builders import a_ready_case, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals
from handoff_portal.agencies.actions.licences import decide_licence, licences_of
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.cases.actions.finding import open_cases
from handoff_portal.cases.model.case import Case, DebtorType
from handoff_portal.cases.model.content import Channel, Customer
from handoff_portal.contacts.actions import known
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.guard.actions import deciding, rules
from handoff_portal.guard.model.replay import Replayed
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.web.portal import Portal
from people import SignedIn
from rule_files import a_rule_file, tried, uploaded

SMS = Terms(channels=("sms",))


def a_customer_in(portal: Portal, country: str, region: str = "") -> AtWork:
    """A private customer there, whom no other case knows."""
    customer = a_customer(
        country=country,
        region=region,
        debtor_type=DebtorType.PRIVATE,
        phones=(),
        emails=(f"{uuid4().hex}@kopi.example",),
        postal_code="",
    )
    return a_case_at_work(portal, replace(some_content(), customer=customer))


def note(at_work: AtWork, kind: FactKind, terms: Terms) -> None:
    def intention(work: Work, case: Case, key: CaseKey) -> None:
        known.record_fact(work, case, key, kind, work.now.date() - timedelta(days=1), terms)

    at_work.do(at_work.agency.actor, intention)


def text(at_work: AtWork, agency: SignedIn | None = None) -> None:
    log(
        at_work,
        (agency or at_work.agency).actor,
        Disposition.SMS,
        channel=Channel.SMS,
        received_as=None,
    )


def blocked_then(postgres: EmbeddedPostgres, agency: SignedIn) -> int:
    """How many contacts of an agency the guard blocked when they were logged."""
    with postgres.administrator("rules") as connection:
        query = "select count(*) from communication where org_id = %s and outlook = 'blocked'"
        found = connection.execute(query, (agency.actor.org,)).fetchone()
    assert found is not None
    count: int = found[0]
    return count


def replayed(portal: Portal, officer: SignedIn, version: str, more: str = "") -> Replayed:
    uploaded(portal, officer.actor, a_rule_file(version, more))
    tried(portal)
    with portal.database.work(officer.actor) as work:
        check = deciding.show_check(work, rules.show_version(work, version))
    assert check is not None
    return check.found


def counted(found: Replayed, agency: SignedIn) -> list[int]:
    """Contacts of an agency, those blocked, and those newly blocked."""
    return found.by_agency[str(agency.actor.org)]


def test_the_same_rules_block_what_they_blocked_whatever_was_sealed(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    at_work = a_customer_in(changing, "US", "US-KY")
    text(at_work)
    note(at_work, FactKind.CONSENT_WITHDRAWN, SMS)
    text(at_work)
    all_week = Terms(channels=("call",), start=0, end=86400)
    note(at_work, FactKind.QUIET, all_week)
    log(at_work, at_work.agency.actor)
    before = blocked_then(postgres, at_work.agency)
    assert before >= 2
    assert counted(replayed(changing, officer, "2028.1.1"), at_work.agency) == [3, before, 0]


def test_what_is_noted_later_does_not_change_what_was_known(changing: Portal, officer: SignedIn) -> None:
    at_work = a_customer_in(changing, "US", "US-KY")
    log(at_work, at_work.agency.actor)
    before = replayed(changing, officer, "2028.1.2")
    note(at_work, FactKind.CONSENT_WITHDRAWN, Terms(channels=("call",)))
    note(at_work, FactKind.QUIET, Terms(start=0, end=86400))
    after = replayed(changing, officer, "2028.1.21")
    assert counted(after, at_work.agency) == counted(before, at_work.agency)
    assert after.by_rule == before.by_rule


def test_the_licence_and_the_approval_of_then_count(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    at_work = a_case_at_work(changing)
    log(at_work, at_work.agency.actor)
    with changing.database.work(at_work.agency.actor) as work:
        for one in list_approvals(work):
            end_approval(work, one.id)
    log(at_work, at_work.agency.actor)
    with changing.database.work(officer.actor) as work:
        for licence in licences_of(work, at_work.agency.actor.org):
            decide_licence(work, licence.id, LicenceState.SUSPENDED, remark="The register says so.")
    log(at_work, at_work.agency.actor)
    found = replayed(changing, officer, "2028.1.3")
    assert counted(found, at_work.agency) == [3, blocked_then(postgres, at_work.agency), 0]
    assert {"SG-APPROVAL", "SG-LICENCE"} <= set(found.by_rule)


def test_contacts_in_the_customers_other_cases_count(changing: Portal, officer: SignedIn) -> None:
    """One conversation in each of two cases: a rule that allows one a week counts the second."""
    first = a_customer_in(changing, "AU", "AU-NSW")
    content = replace(some_content(), customer=first.do(first.business.actor, _customer), claims=(a_claim(),))
    case = a_ready_case(changing, first.business, content)
    offer = an_offer(changing, first.business, first.agency, case)
    with changing.database.work(first.agency.actor) as work:
        handoffs.accept(work, offer.id)
    second = AtWork(changing, case.id, first.business, first.agency)
    log(first, first.agency.actor)
    log(second, first.agency.actor)
    stranger = a_customer_in(changing, "AU", "AU-NSW")
    log(stranger, stranger.agency.actor)
    found = replayed(changing, officer, "2028.1.4", ONE_A_WEEK)
    assert found.by_rule["HOUSE-AU-ONE"][0] == 1


ONE_A_WEEK = """
  - id: HOUSE-AU-ONE
    jurisdiction: AU
    debts: both
    kind: frequency
    force: house_policy
    effect: block
    certainty: n/a
    citation: House policy 13
    words: We speak with a customer once a week.
    says:
      channels: [call]
      outcomes: [conversation]
      limit: 1
      days: 7
      scope: customer
"""


def _customer(work: Work, case: Case, key: CaseKey) -> Customer:
    found = open_cases(work, [case], {case.id: key})[case.id].customer
    assert found is not None
    return found


FORGED: dict[str, LiteralString] = {
    "missing": "delete from contact_basis where case_id = %s",
    "changed": "update contact_basis set sealed = set_byte(sealed, 70, get_byte(sealed, 70) # 1)"
    " where case_id = %s",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_contact_without_what_was_known_is_judged_by_clear_facts_and_counted_apart(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres, how: str
) -> None:
    at_work = a_customer_in(changing, "AU", "AU-NSW")
    note(at_work, FactKind.CONSENT_WITHDRAWN, SMS)
    text(at_work)
    version = f"2028.2.{how}"
    before = replayed(changing, officer, f"{version}.1").from_clear
    with postgres.administrator("rules") as connection:
        connection.execute(FORGED[how], (at_work.case,))
    assert replayed(changing, officer, f"{version}.2").from_clear == before + 1
