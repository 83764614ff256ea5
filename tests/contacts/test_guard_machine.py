"""A case under random events: nobody contacts a held or blocked customer without a flag."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from at_work import AtWork, a_case_at_work
from contact_steps import log
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals, record_approval
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import guarding, holds, known, overriding
from handoff_portal.contacts.model.communications import Direction, Source
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.guarding import channel_of
from handoff_portal.contacts.model.holds import RULES, HoldKind
from handoff_portal.contacts.store import communications, overrides
from handoff_portal.core.ids import CommunicationId, HoldId
from handoff_portal.guard.model.terms import Outlook
from handoff_portal.web.portal import Portal

_KINDS = sorted(kind for kind, one in RULES.items() if one.by_hand)
_SENT = {
    Channel.CALL: Disposition.NA,
    Channel.EMAIL: Disposition.EML,
    Channel.SMS: Disposition.SMS,
    Channel.LETTER: Disposition.LTR,
}


def _lift(wanted: HoldId, work: Work, case: Case, key: CaseKey) -> None:
    holds.lift_hold(work, case, key, wanted, "Solved.")


class Life(RuleBasedStateMachine):
    """Holds, approvals and consents come and go, somebody decides to go on, people contact the customer."""

    portal: Portal

    @initialize()
    def begin(self) -> None:
        self.at_work: AtWork = a_case_at_work(self.portal)
        self.expected: set[CommunicationId] = set()

    def _do(self, intention: Any) -> Any:  # noqa: ANN401 - of any action
        return self.at_work.do(self.at_work.agency.actor, intention)

    @rule(kind=st.sampled_from(_KINDS))
    def hold(self, kind: HoldKind) -> None:
        def place(work: Work, case: Case, key: CaseKey) -> None:
            if all(one.kind is not kind for one in holds.open_holds(work, case, key)):
                holds.place_hold(work, case, key, kind, "They told us.")

        self._do(place)

    @rule()
    def lift(self) -> None:
        for one in self._do(holds.open_holds):
            side = self.at_work.business if one.owner == "business" else self.at_work.agency
            self.at_work.do(side.actor, partial(_lift, one.id))

    @rule(channel=st.sampled_from(["call", "sms", "email"]), given=st.booleans())
    def say(self, channel: str, *, given: bool) -> None:
        kind = FactKind.CONSENT if given else FactKind.CONSENT_WITHDRAWN

        def note(work: Work, case: Case, key: CaseKey) -> None:
            day = work.now.date() - timedelta(days=1)
            known.record_fact(work, case, key, kind, day, Terms(channels=(channel,)))

        self._do(note)

    @rule()
    def approve_or_not(self) -> None:
        with self.at_work.portal.database.work(self.at_work.agency.actor) as work:
            counting = [one for one in list_approvals(work) if one.ended_at is None]
            for one in counting:
                end_approval(work, one.id)
            if not counting:
                day = work.now.date() - timedelta(days=9)
                record_approval(work, self.at_work.agency.actor.person, "SG", "CP/1", day, None)

    @rule(channel=st.sampled_from(sorted(_SENT)))
    def decide_to_go_on(self, channel: Channel) -> None:
        def go_on(work: Work, case: Case, key: CaseKey) -> None:
            wanted = channel_of(channel)
            if guarding.ask_channel(work, case, key, wanted).outlook is Outlook.BLOCKED:
                overriding.go_on(work, case, key, wanted, "It cannot wait.")

        self._do(go_on)

    @rule(channel=st.sampled_from(sorted(_SENT)), began=st.sampled_from(sorted(Direction)))
    def contact(self, channel: Channel, began: Direction) -> None:
        before = self._do(lambda w, c, k: guarding.ask_channel(w, c, k, channel_of(channel)))
        unused = self._do(lambda w, c, _k: overrides.list_unused(w, c.id))
        code = _SENT[channel] if began is Direction.OUT else Disposition.ICF
        more = {} if began is Direction.OUT else {"received_as": "neutral"}
        logged = log(self.at_work, self.at_work.agency.actor, code, channel=channel, direction=began, **more)
        blocked = before.outlook is Outlook.BLOCKED and began is Direction.OUT
        overridden = not before.holds and any(
            one.covers(before.channel, before.decision, one.made_at) for one in unused
        )
        assert bool(logged.against or logged.blocked_by) is (blocked and not overridden)
        if blocked and not overridden:
            self.expected.add(logged.id)

    @invariant()
    def everything_against_a_block_is_flagged_and_nothing_else(self) -> None:
        if not hasattr(self, "at_work"):
            return
        for side in (self.at_work.business, self.at_work.agency):
            found = self.at_work.do(side.actor, lambda w, c, _k: overriding.flags_of_case(w, c))
            assert found == self.expected
        told = self._do(lambda w, c, k: communications.list_all(w, c.id, k))
        against = {one.id for one in told if one.source is Source.CONTACT and one.is_against}
        assert against == self.expected


@pytest.mark.timeout(300)
def test_no_path_contacts_a_held_or_blocked_customer_without_a_flag(portal: Portal) -> None:
    Life.portal = portal
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Life,
        settings=settings(max_examples=8, stateful_step_count=14, suppress_health_check=checks),
    )
