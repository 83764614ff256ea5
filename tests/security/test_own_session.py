"""Raw SQL with one's own session: what the database refuses to somebody who may be there but not do this."""

from uuid import uuid4

import psycopg
import pytest

from contact_steps import an_entry
from handoff_builders import a_held_case, a_ready_case, an_offer
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.actions import cases
from handoff_portal.conduct.actions import templates
from handoff_portal.conduct.actions.templates import NewTemplate
from handoff_portal.conduct.model.templates import TemplateChannel
from handoff_portal.contacts.actions import contacts
from handoff_portal.core.ids import TemplateId
from handoff_portal.core.permissions import Role
from handoff_portal.handoffs.actions import offers
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague
from security.borrowing import Attempt, as_app
from security.full_world import FullWorld

DENIED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)
_SPOKEN = """
select c.id, r.person_id from communication c join conduct_review r on r.communication_id = c.id
where c.case_id = %s and r.decision is null
"""
_JUDGE = """
update conduct_review set decision = 'fine', decided_at = now(), decided_by = %s where communication_id = %s
"""
_ASK = """
insert into conduct_review (communication_id, case_id, business_id, agency_id, person_id, why, classes,
                            model_version, key_version, sealed_findings, asked_at, due_at)
select %s, id, business_id, %s, %s, 'sample', '{}', '1', 1, 'sealed', now(), now() from cases where id = %s
"""
_APPROVE = """
update template_version set state = 'approved', decided_at = now(), decided_by = %s where template_id = %s
"""
_WRITE = """
insert into template_version (template_id, number, agency_id, body, state, outcome, classes, model_version,
                              author_id, written_at)
values (%s, 7, %s, 'Pay.', 'waiting', 'fine', '{}', '1', %s, now())
"""
_GO_ON = """
insert into guard_override
select %s, id, business_id, %s, %s, 'call', '{}', 1, 'sealed', now(), now() + interval '1 minute'
from cases where id = %s
"""


@pytest.fixture(scope="module")
def colleague(portal: Portal, full: FullWorld) -> SignedIn:
    return a_colleague(portal, full.agency, Role.SUPERVISOR)


def session(person: SignedIn) -> str:
    return person.actor.session_hash.hex()


def a_template(portal: Portal, author: SignedIn) -> TemplateId:
    new = NewTemplate(f"Letter {uuid4().hex[:6]}", TemplateChannel.EMAIL, "en", "", "Dear [name] {amount}")
    with portal.database.work(author.actor) as work:
        return templates.write(work, new)


def test_nobody_judges_words_in_somebody_elses_name(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld, colleague: SignedIn
) -> None:
    spoken = administrator.execute(_SPOKEN, [full.case.id]).fetchone()
    assert spoken
    assert spoken[1] == full.agency.actor.person
    with as_app(postgres, session(full.agency)) as connection, pytest.raises(DENIED):
        connection.execute(_JUDGE, [colleague.actor.person, spoken[0]])
    with as_app(postgres, session(colleague)) as connection:
        assert connection.execute(_JUDGE, [colleague.actor.person, spoken[0]]).rowcount == 1


def test_nobody_says_that_somebody_else_spoke(portal: Portal, postgres: EmbeddedPostgres) -> None:
    held = a_held_case(portal)
    colleague = a_colleague(portal, held.agency, Role.SUPERVISOR)
    with portal.database.work(held.business.actor) as work:
        case = cases.load_case(work, held.case.id, lock=True)
        said = contacts.log_contact(work, case, cases.open_key(work, case), an_entry(work.now, None))
    values = [said.id, held.agency.actor.org, colleague.actor.person, held.case.id]
    with as_app(postgres, session(held.agency)) as connection, pytest.raises(DENIED):
        connection.execute(_ASK, values)
    with as_app(postgres, session(colleague)) as connection:
        assert connection.execute(_ASK, values).rowcount == 1


def test_nobody_approves_a_template_in_somebody_elses_name(
    portal: Portal, postgres: EmbeddedPostgres, full: FullWorld, colleague: SignedIn
) -> None:
    made = a_template(portal, full.agency)
    with as_app(postgres, session(full.agency)) as connection, pytest.raises(DENIED):
        connection.execute(_APPROVE, [colleague.actor.person, made])
    with as_app(postgres, session(full.agency)) as connection, pytest.raises(DENIED):
        connection.execute(_WRITE, [made, full.agency.actor.org, colleague.actor.person])
    theirs = full.other_agency.actor
    with as_app(postgres, session(full.other_agency)) as connection, pytest.raises(DENIED):
        connection.execute(_WRITE, [made, theirs.org, theirs.person])


def test_nobody_goes_on_in_somebody_elses_name(
    postgres: EmbeddedPostgres, full: FullWorld, colleague: SignedIn
) -> None:
    values = [uuid4(), full.agency.actor.org, colleague.actor.person, full.case.id]
    with as_app(postgres, session(full.agency)) as connection, pytest.raises(DENIED):
        connection.execute(_GO_ON, values)


def test_no_side_looks_at_a_contact_for_the_other(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld
) -> None:
    flag = administrator.execute(
        "select communication_id from contact_flag where case_id = %s", [full.case.id]
    ).fetchone()
    assert flag
    for side, other in ((full.agency, "business"), (full.business, "agency")):
        own = "agency" if other == "business" else "business"
        with as_app(postgres, session(side)) as connection:
            looked = f"update contact_flag set {own}_looked_at = now(), {own}_looked_by = %s"  # noqa: S608
            assert connection.execute(looked.encode(), [side.actor.person]).rowcount
        with as_app(postgres, session(side)) as connection, pytest.raises(DENIED):
            connection.execute(f"update contact_flag set {other}_looked_at = now()".encode())  # noqa: S608


def test_an_offer_that_has_ended_cannot_be_taken_up_again_by_the_agency(
    portal: Portal, postgres: EmbeddedPostgres, full: FullWorld
) -> None:
    case = a_ready_case(portal, full.business)
    withdrawn = an_offer(portal, full.business, full.agency, case)
    with portal.database.work(full.business.actor) as work:
        offers.withdraw(work, withdrawn.id)
    an_offer(portal, full.business, full.other_agency, case)
    for side in (full.agency, full.business):
        with as_app(postgres, session(side)) as connection, pytest.raises(DENIED):
            connection.execute("update offer set state = 'open' where id = %s", [withdrawn.id])


def test_nobody_settles_the_offers_of_a_case_of_others(
    portal: Portal, postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld
) -> None:
    case = a_ready_case(portal, full.business)
    an_offer(portal, full.business, full.agency, case)
    for stranger in (full.other_business, full.other_agency):
        with as_app(postgres, session(stranger)) as connection:
            found = connection.execute("select settle_offers(%s, 'infinity')", [case.id]).fetchone()
            assert found == (None,)
            assert administrator.execute(
                "select updated_at < 'infinity' from cases where id = %s", [case.id]
            ).fetchone() == (True,)
    for side in (full.business, full.agency):
        with as_app(postgres, session(side)) as connection:
            settled = connection.execute("select settle_offers(%s, now())", [case.id]).fetchone()
            assert settled == (True,)
