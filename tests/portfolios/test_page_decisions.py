"""What is decided on the page of a portfolio, and what becomes of its amounts."""

from html import unescape

from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.case import Balance
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.permissions import OrgKind
from handoff_portal.portfolios.actions.deciding import choose_accounts
from handoff_portal.portfolios.model.portfolio import Done
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import REASON, shown
from portfolios.browsing import (
    HEAD,
    Browser,
    a_row,
    a_table,
    check,
    commit,
    decide,
    id_of,
    seen,
    send,
    sign_in,
    upload,
)


def test_a_decision_holds_for_what_was_seen(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1), a_row(2))))
    send(client, token, place)
    check(portal)
    looked = unescape(client.get(place).text)
    stamp = looked.partition('name="seen" value="')[2].partition('"')[0]
    with portal.database.work(person.actor) as work:
        choose_accounts(work, id_of(place), [2])
    for old in (stamp, "", "nonsense"):
        refused = client.post(f"{place}/commit", data={"csrf_token": token, "reason": REASON, "seen": old})
        assert refused.status_code == 422
        assert "was changed after you opened this page" in seen(refused.text)
        assert "1 left out by you" in seen(refused.text)
        assert REASON in refused.text
    assert decide(client, token, place).status_code == 200
    commit(portal)
    assert shown(portal, person.actor, id_of(place)).done == Done(made=1, skipped=1)


def test_amounts_of_a_row_stay_in_their_buckets(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    made = Balance(costs=4_00, interest=1_00, fees=2_00, principal=100_00)
    moved = Balance(costs=3_00, interest=1_50, fees=2_10, principal=90_00)
    for wanted in (made, moved):
        more = ",".join(f"{minor / 100:.2f}" for minor in (wanted.interest, wanted.fees, wanted.costs))
        row = a_row(1, amount=f"{wanted.principal / 100:.2f}").strip()
        table = f"{HEAD.strip()},interest,fees,costs\n{row},{more}\n"
        place = upload(client, token, ("accounts.csv", table.encode()))
        send(client, token, place)
        check(portal)
        decide(client, token, place)
        commit(portal)
        with portal.database.work(person.actor) as work:
            (line,) = list_cases(work, Wanted(search="R-1")).lines
            case = cases.load_case(work, line.case.id)
            claims = cases.list_claims(work, case, cases.open_key(work, case))
            entries = cases.list_entries(work, case)
        assert case.balance == wanted
        assert sum((one.change for one in entries), Balance()) == wanted
        assert [one.balance for one in claims] == [Balance(principal=made.principal)]
