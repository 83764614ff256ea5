from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_builders import HeldCase, a_held_case
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Balance
from handoff_portal.core.refusals import Invalid
from handoff_portal.recoveries.actions.closing import read_summary
from handoff_portal.recoveries.model.payments import Payment
from handoff_portal.web.portal import Portal
from recovery_steps import OPEN, balance, look, pay, pay_business, undo

STEPS = st.lists(st.tuples(st.sampled_from("ADR"), st.integers(1, 60_00)), min_size=1, max_size=8)


def take_back(portal: Portal, held: HeldCase, payment: Payment) -> None:
    sides = {person.actor.org: person.actor for person in (held.agency, held.business)}
    undo(portal, sides[payment.org], payment)


def step(portal: Portal, held: HeldCase, standing: list[Payment], what: str, amount: int) -> None:
    if what == "A":
        standing.append(pay(portal, held.agency.actor, held.case.id, amount))
    elif what == "D":
        standing.append(pay_business(portal, held.business.actor, held.case.id, amount))
    elif standing:
        take_back(portal, held, standing.pop(amount % len(standing)))


@settings(max_examples=12)
@given(steps=STEPS)
def test_whatever_the_two_sides_do_they_agree_to_the_cent(
    portal: Portal, steps: list[tuple[str, int]]
) -> None:
    held, standing = a_held_case(portal), list[Payment]()
    for what, amount in steps:
        try:
            step(portal, held, standing, what, amount)
        except Invalid:
            assert amount > balance(portal, held.agency.actor, held.case.id).total
        for person in (held.business, held.agency):
            entries = look(portal, person.actor, held.case.id, lambda w, c, _: cases.list_entries(w, c))
            summary = look(portal, person.actor, held.case.id, read_summary)
            found = balance(portal, person.actor, held.case.id)
            assert found == sum((one.change for one in entries), Balance())
            assert summary.open == found.total == OPEN - sum(one.amount for one in standing)
            assert summary.recovered == summary.commission + summary.for_business
    for payment in standing:
        take_back(portal, held, payment)
    assert balance(portal, held.business.actor, held.case.id) == held.case.balance
    assert look(portal, held.business.actor, held.case.id, read_summary).commission == 0
