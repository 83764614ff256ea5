"""Quiet times, consents and refusals come with a portfolio, and the contact guard heeds them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_builders import a_business, an_agency, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Quiet
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions import guarding
from handoff_portal.contacts.actions.known import list_facts
from handoff_portal.contacts.model.facts import FactKind
from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind
from handoff_portal.guard.model.deciding import decide
from handoff_portal.guard.model.situation import Proposed
from handoff_portal.guard.model.terms import Channel, Fact, Outlook
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.showing import list_findings
from handoff_portal.portfolios.model.quiet import read_time, read_times, write_time
from handoff_portal.portfolios.model.wrong import Wrong
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import REASON
from portfolios.browsing import HEAD, Browser, a_row, finish, seen, sent, sign_in

T = TypeVar("T")
KENTUCKY = ZoneInfo("America/New_York")
COLUMNS = (
    "quiet_times,consent_channels,consent_date,opted_out_channels,no_work_calls,employer_prohibits,"
    "wishes_date,breathing_space_date"
)
ABROAD = {
    ",company,": ",private,",
    "+6567000001": "+15025550123",
    "Singapore,SG": "Louisville,US",
    ",C-7,": ",US-KY,C-7,",
    ",contract_reference": ",state,contract_reference",
    ",SGD,": ",USD,",
}
"""Makes of an account one of a private person in Kentucky, where consumers' times bind."""


def a_portfolio(*cells: str) -> bytes:
    """One account for each text of the further cells."""
    rows = [f"{a_row(n).rstrip()},{more}\n" for n, more in enumerate(cells, 1)]
    return (HEAD.rstrip() + f",{COLUMNS}\n" + "".join(rows)).encode()


def imported(portal: Portal, actor: Actor, file: bytes) -> None:
    made = sent(portal, actor, file)
    with portal.database.work(actor) as work:
        approve(work, made, REASON)
    finish(portal)


def in_case(
    portal: Portal, actor: Actor, does: Callable[[Work, Case, CaseKey], T], reference: str = "R-1"
) -> T:
    with portal.database.work(actor) as work:
        (line,) = list_cases(work, Wanted(search=reference)).lines
        case = cases.load_case(work, line.case.id)
        return does(work, case, cases.open_key(work, case))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mon-Fri 09:00-17:00", Quiet((0, 1, 2, 3, 4), 9 * 3600, 17 * 3600)),
        ("before 9", Quiet((), 0, 9 * 3600)),
        ("Sun", Quiet((6,), 0, 24 * 3600)),
        ("weekends after 18:30", Quiet((5, 6), 18 * 3600 + 1800, 24 * 3600)),
        ("Mon, Wed 9am to 5pm", Quiet((0, 2), 9 * 3600, 17 * 3600)),
        ("Sa bis Mo 22-6 Uhr", Quiet((0, 5, 6), 22 * 3600, 6 * 3600)),
        ("lundi 14h30-16h", Quiet((0,), 14 * 3600 + 1800, 16 * 3600)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, meant: Quiet) -> None:
    assert read_time(text) == meant


@pytest.mark.parametrize("text", ["never", "25-26", "9-9", "Mon 17", "someday 9-12", "13pm-14"])
def test_times_that_say_nothing_clear_are_asked_back(text: str) -> None:
    with pytest.raises(Wrong, match=r"read|same time"):
        read_times(text)


@given(
    st.builds(
        Quiet,
        st.sets(st.integers(0, 6), max_size=6).map(lambda days: tuple(sorted(days))),
        st.integers(0, 24 * 60 - 1).map(lambda minute: minute * 60),
        st.integers(1, 24 * 60).map(lambda minute: minute * 60),
    ).filter(lambda quiet: quiet.start != quiet.end)
)
def test_a_time_that_is_written_reads_back_the_same(quiet: Quiet) -> None:
    assert read_time(write_time(quiet)) == quiet


@given(st.text(max_size=40))
def test_no_cell_of_times_breaks_the_reader(text: str) -> None:
    try:
        read_times(text)
    except Wrong:
        return


def test_an_imported_quiet_time_stops_a_call_of_the_agency(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    file = a_portfolio("Mon-Fri 09:00-17:00,,,,,,,").decode()
    for here, there in ABROAD.items():
        file = file.replace(here, there)
    imported(portal, business.actor, file.encode())
    with portal.database.work(business.actor) as work:
        (line,) = list_cases(work, Wanted(search="R-1")).lines
    case = line.case
    offer = an_offer(portal, business, agency, case)
    with portal.database.work(agency.actor) as work:
        handoffs.accept(work, offer.id)
    monday = next(
        day
        for n in range(7)
        if (day := portal.database.clock().date() + timedelta(days=n + 1)).weekday() == 0
    )

    def outlook(hour: int) -> Outlook:
        at = datetime.combine(monday, datetime.min.time(), KENTUCKY).replace(hour=hour)

        def asked(work: Work, case: Case, key: CaseKey) -> Outlook:
            guarded = guarding.guard_case(work, case, key)
            return decide(guarded.prepared, Proposed(at=at, channel=Channel.CALL, debt=str(case.id))).outlook

        return in_case(portal, agency.actor, asked, case.reference)

    assert outlook(12) is Outlook.BLOCKED
    assert outlook(19) is not Outlook.BLOCKED


def test_consents_refusals_and_bans_become_facts_that_only_the_two_sides_can_open(portal: Portal) -> None:
    business = a_business(portal)
    file = a_portfolio(",call; e-mail,2026-05-04,sms,yes,yes,2026-06-01,2026-07-01", ",,,,,,,")
    imported(portal, business.actor, file)

    def facts(work: Work, case: Case, key: CaseKey) -> dict[FactKind, tuple[date, tuple[str, ...]]]:
        return {one.kind: (one.happened_on, one.terms.channels) for one in list_facts(work, case, key)}

    assert in_case(portal, business.actor, facts) == {
        FactKind.CONSENT: (date(2026, 5, 4), ("call", "email")),
        FactKind.CONSENT_WITHDRAWN: (date(2026, 6, 1), ("sms",)),
        FactKind.NO_WORK_CALLS: (date(2026, 6, 1), ()),
        FactKind.EMPLOYER_PROHIBITS: (date(2026, 6, 1), ()),
        FactKind.MORATORIUM: (date(2026, 7, 1), ()),
    }
    assert in_case(portal, business.actor, facts, "R-2") == {}
    situation = in_case(portal, business.actor, guarding.read_situation)
    assert Channel.SMS in situation.opted_out
    assert Fact.EMPLOYER_PROHIBITS in situation.facts
    assert situation.consent_on == date(2026, 5, 4)
    (stranger,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(stranger.actor) as work:
        assert list_cases(work, Wanted(search="R-1")).lines == ()


def test_what_cannot_be_meant_is_told_by_row_and_column(portal: Portal) -> None:
    business = a_business(portal)
    made = sent(
        portal, business.actor, a_portfolio("whenever,,,,,,,", ",sms,,sms,,,,", ",by pigeon,,,,,,", ",,,,,,,")
    )
    with portal.database.work(business.actor) as work:
        found = [one for some in list_findings(work, made) for one in some.problems]
    assert [(one.row, one.column) for one in found] == [
        (2, "quiet_times"),
        (3, "opted_out_channels"),
        (4, "consent_channels"),
    ]
    assert "Mon-Fri 09:00-17:00" in found[0].mend


def test_the_preview_of_an_account_says_what_the_customer_asked(client: Browser, portal: Portal) -> None:
    business = a_business(portal)
    sign_in(client, portal, business)
    made = sent(portal, business.actor, a_portfolio("Sun; before 9,,,sms,yes,,2026-06-01,"))
    told = seen(client.get(f"/portfolios/{made}/accounts/1").text)
    assert "Asked not to be contacted at certain times: sun" in told
    assert "Asked not to be contacted at certain times: daily 00:00-09:00" in told
    assert "Does not want to be contacted this way any more: sms, 2026-06-01" in told
    assert "Asked not to be called at work, 2026-06-01" in told
