"""A portfolio becomes cases: each as if somebody had typed it in."""

from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_history
from handoff_portal.core.permissions import OrgKind
from handoff_portal.intake.actions.readiness import show_judgement
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import a_file, an_account, committed


def test_every_account_becomes_a_case_with_everything_in_it(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    done = committed(portal, person.actor, a_file(3))
    assert (done.state, done.done) == (State.DONE, Done(made=3))
    with portal.database.work(person.actor) as work:
        (line,) = list_cases(work, Wanted(search="ACC-000002")).lines
        case = cases.load_case(work, line.case.id)
        key = cases.open_key(work, case)
        assert (case.state, case.turn, case.balance.total) == (CaseState.READY, Turn.BUSINESS, 150_00)
        wanted = an_account(2)
        assert cases.read_customer(work, case, key) == wanted.content.customer
        assert cases.read_terms(work, case, key) == wanted.content.terms
        claims = cases.list_claims(work, case, key)
        assert [claim.number for claim in claims] == ["2-1", "2-2"]
        entries = cases.list_entries(work, case)
        assert {entry.source for entry in entries} == {claim.id for claim in claims}
        said = list_history(work, case, key)
        assert [one.words for one in said] == [one.words for one in wanted.history]
        judged = show_judgement(work, case, key)
        assert judged is not None
        assert [line.rule for line in judged.exceptions]
