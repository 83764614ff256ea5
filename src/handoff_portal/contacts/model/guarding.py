"""A case in the words of the contact guard: its channels, what was said, what is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from handoff_portal.agencies.model.fitting import Fitting
from handoff_portal.cases.model.case import Case, DebtorType
from handoff_portal.cases.model.content import Channel, Customer
from handoff_portal.contacts.model.communications import Direction, Party
from handoff_portal.contacts.model.facts import ContactFact, FactKind, Terms
from handoff_portal.contacts.model.holds import Hold, HoldKind
from handoff_portal.guard.model import terms as g
from handoff_portal.guard.model.situation import (
    Contact,
    Licence,
    Moratorium,
    Notice,
    Said,
    Situation,
    Wish,
)

OTHER_DEBT = "another"
"""Name of all debts of the customer's other cases: nobody learns which they are."""
HISTORY_DAYS = 400
"""So far back contacts are counted; no rule looks further."""
_NYC = frozenset({"new york", "new york city", "brooklyn", "queens", "bronx", "staten island", "manhattan"})
_CHANNELS = {
    Channel.CALL: g.Channel.CALL,
    Channel.EMAIL: g.Channel.EMAIL,
    Channel.SMS: g.Channel.SMS,
    Channel.LETTER: g.Channel.LETTER,
    Channel.VISIT: g.Channel.VISIT,
    Channel.MEETING: g.Channel.VISIT,
    Channel.PORTAL: g.Channel.EMAIL,
    Channel.MESSAGING: g.Channel.SOCIAL_DM,
}
_AT_WORK = {
    g.Channel.CALL: g.Channel.WORKPLACE_CALL,
    g.Channel.EMAIL: g.Channel.WORK_EMAIL,
    g.Channel.VISIT: g.Channel.WORKPLACE_VISIT,
}
_TO_OTHERS = {
    g.Channel.CALL: g.Channel.THIRD_PARTY_CALL,
    g.Channel.SMS: g.Channel.THIRD_PARTY_MESSAGE,
    g.Channel.EMAIL: g.Channel.THIRD_PARTY_MESSAGE,
    g.Channel.SOCIAL_DM: g.Channel.THIRD_PARTY_MESSAGE,
}
_TOPICS = {
    HoldKind.DISPUTE: g.Topic.DISPUTE,
    HoldKind.CEASE: g.Topic.CEASE,
    HoldKind.REPRESENTED: g.Topic.REPRESENTED,
    HoldKind.HARDSHIP: g.Topic.FORBEARANCE,
}
_NOTICES = {
    FactKind.VALIDATION_SENT: g.Sent.VALIDATION,
    FactKind.FIRST_NOTICE_SENT: g.Sent.FIRST_NOTICE,
    FactKind.VISIT_NOTICE_SENT: g.Sent.VISIT,
}
_CONSENTS = {
    g.Channel.CALL: g.Fact.CONSENT,
    g.Channel.SMS: g.Fact.EMESSAGE_CONSENT,
    g.Channel.SOCIAL_DM: g.Fact.EMESSAGE_CONSENT,
    g.Channel.EMAIL: g.Fact.EMAIL_CONSENT,
    g.Channel.WORK_EMAIL: g.Fact.WORK_EMAIL_EXCEPTION,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One contact as it is stored in clear.

    Attributes:
        outcome: As rules count it.
        own: Whether it belongs to this case; others count for the customer only.
    """

    occurred_at: datetime
    channel: Channel
    direction: Direction
    party: Party
    place: g.Where | None
    outcome: g.Outcome
    own: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that a situation is put together of.

    Attributes:
        zones: Every zone the customer may be in.
        fitting: What licence the place asks for and whether the agency has it; None before a hand-over.
        approved: Whether the person who asks is approved to collect there.
        said: Contacts of both sides and of the customer's other cases.
        holds: Every hold, lifted ones too.
        handed_over_at: When the agency got the case.
    """

    case: Case
    customer: Customer | None
    zones: tuple[tzinfo, ...]
    fitting: Fitting | None
    approved: bool
    said: Sequence[Row]
    holds: Sequence[Hold]
    facts: Sequence[ContactFact]
    handed_over_at: datetime | None = None


def situation_of(known: Known) -> Situation:
    """The case as the guard looks at it."""
    case = known.case
    facts = [fact for fact in known.facts if fact.ended_on is None]
    given, consent_on, opted_out = _consents(facts)
    name, creditor = str(case.id), str(case.business)
    return Situation(
        jurisdiction=case.region or case.country or "",
        locality=_locality(case, known.customer),
        zones=known.zones,
        debt_type=g.DebtType.CONSUMER if case.debtor_type is DebtorType.PRIVATE else g.DebtType.COMMERCIAL,
        history=tuple([contact_of(row, name, creditor) for row in known.said]),
        facts=frozenset(given | _known_facts(known, facts)),
        said=_topics(known, facts),
        sent=_notices(facts),
        wishes=_wishes(known.customer, facts),
        opted_out=opted_out,
        licence=_licence(known.fitting),
        moratorium=_moratorium(facts),
        consent_on=consent_on,
        initial_at=_initial(known),
    )


def channel_of(
    channel: Channel, party: Party = Party.CUSTOMER, place: g.Where | None = None, *, by_chance: bool = False
) -> g.Channel:
    """The guard's channel of one of the portal's.

    Args:
        by_chance: Whether somebody else answered what was meant for the customer.
    """
    found = _CHANNELS[channel]
    if party is Party.OTHER and not by_chance:
        return _TO_OTHERS.get(found, found)
    return _AT_WORK.get(found, found) if place is g.Where.WORKPLACE else found


def contact_of(row: Row, case: str, creditor: str) -> Contact:
    """A stored contact as rules count it; the customer's other cases are of the same creditor."""
    inbound = row.direction is Direction.IN
    return Contact(
        at=row.occurred_at,
        channel=channel_of(row.channel, row.party, row.place),
        outcome=row.outcome,
        direction=g.Direction.INBOUND if inbound else g.Direction.OUTBOUND,
        debts=frozenset({case if row.own else OTHER_DEBT}),
        creditor=creditor,
    )


def _locality(case: Case, customer: Customer | None) -> str:
    """A city with rules of its own."""
    named = customer is not None and customer.city.strip().casefold() in _NYC
    return "NYC" if case.region == "US-NY" and named else ""


def _known_facts(known: Known, facts: Sequence[ContactFact]) -> set[g.Fact]:
    kinds = {fact.kind for fact in facts}
    found = set()
    if FactKind.EMPLOYER_PROHIBITS in kinds:
        found.add(g.Fact.EMPLOYER_PROHIBITS)
    if FactKind.VISIT_NOTICE_SENT in kinds:
        found.add(g.Fact.VISIT_NOTICE)
    if not known.approved:
        found.add(g.Fact.AGENT_NOT_APPROVED)
    vulnerable = any(hold.kind is HoldKind.VULNERABILITY and hold.lifted_at is None for hold in known.holds)
    if vulnerable or (known.customer is not None and known.customer.vulnerability):
        found.add(g.Fact.VULNERABLE)
    return found


def _consents(facts: Sequence[ContactFact]) -> tuple[set[g.Fact], date | None, frozenset[g.Channel]]:
    """What the last word on each channel was: agreed, with the day for calls, or withdrawn."""
    last: dict[g.Channel, ContactFact] = {}
    for fact in sorted(facts, key=lambda one: (one.happened_on, one.recorded_at)):
        if fact.kind in {FactKind.CONSENT, FactKind.CONSENT_WITHDRAWN}:
            last.update((g.Channel(channel), fact) for channel in fact.terms.channels)
    agreed = {channel: fact for channel, fact in last.items() if fact.kind is FactKind.CONSENT}
    call = agreed.get(g.Channel.CALL)
    given = {_CONSENTS[channel] for channel in agreed if channel in _CONSENTS}
    return given, call.happened_on if call else None, frozenset(last.keys() - agreed.keys())


def _topics(known: Known, facts: Sequence[ContactFact]) -> dict[g.Topic, Said]:
    found: dict[g.Topic, Said] = {}
    for hold in sorted(known.holds, key=lambda one: (one.lifted_at is None, one.placed_at)):
        if hold.kind in _TOPICS:
            ended = min((end for end in (hold.lifted_at, hold.until) if end is not None), default=None)
            found[_TOPICS[hold.kind]] = Said(at=hold.placed_at, ended_at=ended)
    if known.customer is not None and known.customer.represented_by:
        found.setdefault(g.Topic.REPRESENTED, Said())
    for fact in facts:
        if fact.kind is FactKind.NO_WORK_CALLS:
            found[g.Topic.NO_WORK_CALLS] = Said(at=_noon(fact.happened_on, known.zones))
    return found


def _notices(facts: Sequence[ContactFact]) -> dict[g.Sent, Notice]:
    """A notice that nobody wrote down was not sent."""
    found = dict.fromkeys(g.Sent, Notice())
    for fact in facts:
        if fact.kind in _NOTICES:
            sent = datetime.combine(fact.happened_on, time(12), UTC)
            found[_NOTICES[fact.kind]] = Notice(sent_at=sent)
    return found


def _wishes(customer: Customer | None, facts: Sequence[ContactFact]) -> tuple[Wish, ...]:
    """Quiet times that came with the case, and those that were noted since."""
    brought = [
        Terms(days=one.days, start=one.start, end=one.end) for one in (customer.quiet if customer else ())
    ]
    noted = [fact.terms for fact in facts if fact.kind is FactKind.QUIET]
    return tuple(
        Wish(
            days=frozenset(terms.days) or frozenset(range(7)),
            start=terms.start,
            end=terms.end,
            channels=frozenset(g.Channel(one) for one in terms.channels),
        )
        for terms in (*brought, *noted)
    )


def _licence(fitting: Fitting | None) -> Licence | None:
    if fitting is None:
        return None
    if not fitting.fits:
        return Licence(active=False)
    held = fitting.licence
    return (
        Licence(expires_on=held.terms.expires_on) if held is not None and fitting.requirement.needed else None
    )


def _moratorium(facts: Sequence[ContactFact]) -> Moratorium | None:
    kinds = {FactKind.MORATORIUM, FactKind.CRISIS_MORATORIUM}
    begun = [fact for fact in facts if fact.kind in kinds]
    if not begun:
        return None
    last = max(begun, key=lambda fact: fact.happened_on)
    return Moratorium(start_on=last.happened_on, crisis=last.kind is FactKind.CRISIS_MORATORIUM)


def _initial(known: Known) -> datetime | None:
    """The agency's first contact about the debt."""
    since = known.handed_over_at
    if since is None:
        return None
    made = [
        row for row in known.said if row.own and row.direction is Direction.OUT and row.occurred_at >= since
    ]
    return min((row.occurred_at for row in made), default=None)


def _noon(day: date, zones: Sequence[tzinfo]) -> datetime:
    return datetime.combine(day, time(12), zones[0] if zones else UTC)
