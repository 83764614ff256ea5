"""What the guard looks at: a customer's case as it stands, and the contact somebody has in mind."""

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from handoff_portal.guard.model.terms import (
    Channel,
    DebtType,
    Direction,
    Fact,
    Mark,
    Outcome,
    Sent,
    Topic,
    Where,
)

NO_MARKS: frozenset[Mark] = frozenset()
_TO_OTHERS = frozenset({Channel.THIRD_PARTY_CALL, Channel.THIRD_PARTY_MESSAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact of either side, made or tried.

    Attributes:
        at: The moment, with a zone.
        marks: What it was for and who asked for it.
        debts: Names of the debts it was about; empty means all of this customer.
        number: Telephone number, if known; calls without one count for every number.
        creditor: Whose claim it was about, if known.
        person: Which other person it was with, if known.
    """

    at: datetime
    channel: Channel
    outcome: Outcome
    direction: Direction = Direction.OUTBOUND
    marks: frozenset[Mark] = NO_MARKS
    debts: frozenset[str] = frozenset()
    number: str = ""
    creditor: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """The contact somebody has in mind.

    Attributes:
        at: The moment, with a zone; of a message, when it is sent.
        where: Where it reaches the customer; None if nobody knows, which is read the stricter way.
        debt: The debt it is about; None counts every contact with the customer.
        address: The e-mail address or account it goes to, if known.
        creditor: Whose claim it is about, if known.
        person: Which other person it is with, if known.
    """

    at: datetime
    channel: Channel
    where: Where | None = None
    marks: frozenset[Mark] = NO_MARKS
    debt: str | None = None
    number: str = ""
    address: str = ""
    creditor: str = ""
    person: str = ""

    @property
    def shows(self) -> frozenset[Mark]:
        """Its marks, and what its channel does: a public post exposes, a word to others discloses.

        Mentioning the debt to the customer alone discloses nothing.
        """
        if self.channel is Channel.SOCIAL_PUBLIC:
            return self.marks | {Mark.EXPOSES}
        asks_only = Mark.LOCATION in self.marks and Mark.MENTIONS not in self.marks
        if self.channel in _TO_OTHERS and not asks_only:
            return self.marks | {Mark.DISCLOSES}
        return self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that somebody said, asked or began.

    Attributes:
        at: When it arrived; None if that is not known, which is read as long ago.
        in_writing: None if that is not known, which is read as yes.
        ended_at: When it was answered, withdrawn or lifted.
        confirmed_at: When a spoken request was confirmed in writing.
        debts: The debts it was about; empty means all.
        registered: Whether it came by registered letter; None if not known.
        well_founded: False for a dispute without any possibly valid ground.
    """

    at: datetime | None = None
    in_writing: bool | None = None
    ended_at: datetime | None = None
    confirmed_at: datetime | None = None
    debts: frozenset[str] = frozenset()
    registered: bool | None = None
    well_founded: bool = True

    def stands(self, at: datetime, debt: str | None) -> bool:
        """Whether it concerns this debt at this moment."""
        begun = self.at is None or self.at <= at
        over = self.ended_at is not None and self.ended_at <= at
        return begun and not over and (not self.debts or debt is None or debt in self.debts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A time that the customer called inconvenient.

    Attributes:
        days: Weekdays, Monday 0.
        start: Second of the local day, inclusive.
        end: Second of the local day, exclusive; before `start` it runs past midnight.
        channels: The channels it is about; empty means all.
        places: Where contact is unwelcome at that time; empty means anywhere.
    """

    days: frozenset[int]
    start: int
    end: int
    channels: frozenset[Channel] = frozenset()
    places: frozenset[Where] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An address or number that the customer asked not to use, for these channels."""

    channels: frozenset[Channel]
    address: str

    def closes(self, proposed: Proposed) -> bool:
        """Whether the contact goes there, or may, as nobody knows where it goes."""
        if proposed.channel not in self.channels:
            return False
        known = {address for address in (proposed.address, proposed.number) if address}
        return not known or self.address in known


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The agency's licence for the customer's place.

    Attributes:
        active: False if suspended, revoked, lapsed, pending or missing.
        begins_on: First day, a local date; None if it has long begun.
        expires_on: Last day, a local date; None if it has none.
        in_scope: False if it is for another place, debt type or activity.
    """

    active: bool = True
    begins_on: date | None = None
    expires_on: date | None = None
    in_scope: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice that had to be sent.

    Attributes:
        sent_at: When it was sent; None if it was not sent.
        received_on: Local day it was received, if known.
        in_person: Whether it was handed over or spoken, so that it arrived at once.
    """

    sent_at: datetime | None = None
    received_on: date | None = None
    in_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moratorium:
    """A statutory breathing space.

    Attributes:
        start_on: Its first day.
        covers_debt: Whether this debt is one it protects.
        crisis: Whether it is that of a mental health crisis.
        treatment_ended_on: For that one, when treatment ended; None while it goes on.
        ended_on: The day it was cancelled, if it was.
    """

    start_on: date
    covers_debt: bool = True
    crisis: bool = False
    treatment_ended_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A customer's case as it stands.

    Attributes:
        jurisdiction: ISO 3166-1 alpha-2 or 3166-2 code of the customer's place; GB-EAW is England and Wales.
        locality: A city with rules of its own, such as "NYC"; empty if none.
        zones: Every zone the customer may be in, at least one; all must agree.
        history: Contacts of the business and every agency with this customer, in any order.
        said: What stops or delays contact; a topic that is missing was never raised.
        sent: Notices; one that is missing was sent in time.
        licence: None if nothing speaks against it.
        closed: Addresses and numbers that the customer opted out of.
        consent_on: Local day of the customer's prior consent to be called, if any.
        consent_at: Its moment, if known; what came before it was not agreed to.
        initial_at: The moment of the first communication about the debt, if known.
        work_hours: The customer's normal hours at work, seconds of the local day.
        days_past_due: Of the debt, if known.
        debt_tag: A special kind of debt, such as "microfinance".
        holidays: Local public holidays beside those of the rules' calendars.
        paid_at: When the debt was paid, if it was.
    """

    jurisdiction: str
    zones: tuple[tzinfo, ...]
    debt_type: DebtType
    locality: str = ""
    history: tuple[Contact, ...] = ()
    facts: frozenset[Fact] = frozenset()
    said: dict[Topic, Said] = field(default_factory=dict)
    sent: dict[Sent, Notice] = field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()
    opted_out: frozenset[Channel] = frozenset()
    closed: tuple[Closed, ...] = ()
    licence: Licence | None = None
    moratorium: Moratorium | None = None
    consent_on: date | None = None
    consent_at: datetime | None = None
    initial_at: datetime | None = None
    work_hours: tuple[int, int] | None = None
    days_past_due: int | None = None
    debt_tag: str = ""
    holidays: frozenset[date] = frozenset()
    paid_at: datetime | None = None
