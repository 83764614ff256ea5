"""A case whose state no event led to was changed past the portal, and the check says so."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.engine import make_url

from handoff_builders import a_held_case, a_ready_case, an_agency, an_offer
from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.audit.actions.keeping import check_everything, log_key
from handoff_portal.audit.reconciliation import EXPLAINED, unexplained
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import CaseState
from handoff_portal.core.permissions import OrgKind
from handoff_portal.handoffs.actions.offers import withdraw
from handoff_portal.recoveries.model.closing import CloseCode
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation
from recovery_steps import close

Rogue = Callable[..., None]


@pytest.fixture
def rogue(postgres: EmbeddedPostgres, portal: Portal) -> Rogue:
    """Runs a statement as somebody with full rights on the database."""
    name = make_url(portal.settings.app_url).database or ""

    def run(statement: str, *values: object) -> None:
        with postgres.administrator(name) as connection:
            connection.execute(statement.encode(), values)

    return run


def told(portal: Portal, case: UUID) -> list[str]:
    return [line for line in unexplained(portal.database) if str(case) in line]


def test_every_state_can_be_explained() -> None:
    assert set(EXPLAINED) == {state.value for state in CaseState}


def test_honest_cases_of_every_state_are_explained(portal: Portal) -> None:
    business, agency = a_person(portal, an_organisation(portal, OrgKind.BUSINESS)), an_agency(portal)
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
    ready, offered, withdrawn = (a_ready_case(portal, business) for _ in range(3))
    an_offer(portal, business, agency, offered)
    offer = an_offer(portal, business, agency, withdrawn)
    with portal.database.work(business.actor) as work:
        withdraw(work, offer.id)
    held, closed = a_held_case(portal), a_held_case(portal)
    close(portal, closed.business.actor, closed.case.id, CloseCode.WITHDRAWN)
    for case in (draft.id, ready.id, offered.id, withdrawn.id, held.case.id, closed.case.id):
        assert told(portal, case) == []


@pytest.mark.parametrize("state", ["draft", "ready", "offered", "closed"])
def test_a_state_that_was_set_past_the_portal_is_told(portal: Portal, rogue: Rogue, state: str) -> None:
    held = a_held_case(portal)
    rogue("update cases set state = %s, holder_id = null where id = %s", state, held.case.id)
    expected = f"Case {held.case.id} is {state}, but the last event that decided about it is case.accepted."
    assert told(portal, held.case.id) == [expected]
    key = log_key(portal.vault, portal.settings.log_name)
    assert expected in check_everything(portal.database, key, portal.anchor)
    rogue("update cases set state = 'held' where id = %s", held.case.id)
    assert told(portal, held.case.id) == []


def test_a_case_without_any_event_is_told(portal: Portal, rogue: Rogue) -> None:
    business = an_organisation(portal, OrgKind.BUSINESS)
    invented = new_id()
    rogue(
        "insert into cases (id, business_id, reference, state, turn, created_by, created_at, updated_at) "
        "values (%s, %s, %s, 'ready', 'business', %s, now(), now())",
        invented,
        business.id,
        f"HP-{invented.hex[-10:]}",
        new_id(),
    )
    assert told(portal, invented) == [
        f"Case {invented} is ready, but the last event that decided about it is missing."
    ]
    rogue("delete from cases where id = %s", invented)
