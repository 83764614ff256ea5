"""What happens to the sample cases after submission: offers, contacts, holds, promises, payments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import USUAL_ORDER
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions.contacts import log_contact
from handoff_portal.contacts.actions.notes import send_note
from handoff_portal.contacts.model.communications import ContactEntry, Direction, Promised, Words
from handoff_portal.contacts.model.dispositions import Disposition, NextStep, NonPaymentReason, ReceivedAs
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId, OfferId, PaymentId
from handoff_portal.demo.cast import Cast
from handoff_portal.demo.respecting import look_at_words
from handoff_portal.demo.submitting import Account
from handoff_portal.handoffs.actions import handoffs, offers
from handoff_portal.handoffs.actions.making import offer_cases
from handoff_portal.handoffs.model.handoff import ReturnReason
from handoff_portal.handoffs.model.offer import OfferTerms
from handoff_portal.recoveries.actions.closing import close_case
from handoff_portal.recoveries.actions.payments import Rest, report_direct_payment, report_payment
from handoff_portal.recoveries.model.closing import CloseCode, Closing, Relationship
from handoff_portal.recoveries.model.payments import Method, ReceivedBy, Report
from handoff_portal.web.portal import Portal

Scene = tuple[timedelta, Callable[[], None]]
_AGENCY = {
    "SG": "lion-city-receivables",
    "GB": "harrogate-vale",
    "AU": "wattle-street",
    "US": "cascade-accounts",
}
_SECOND = {"SG": "straits-credit-partners", "GB": "kindly-settled", "AU": "blue-wren", "US": "bayou-consumer"}


@dataclass
class Play:
    """One case and everybody around it."""

    portal: Portal
    cast: Cast
    account: Account
    case: CaseId
    offer: OfferId | None = field(default=None)

    @property
    def business(self) -> Actor:
        """Who submitted it."""
        return self.cast.lead(self.account.business)

    @property
    def agency(self) -> Actor:
        """Who is asked first."""
        country, private = self.account.values["country"], self.account.values["debtor_type"] == "private"
        return self.cast.lead((_SECOND if country == "US" and private else _AGENCY)[country])

    def offer_it(self, *, second: bool = False) -> None:
        """The business offers the case."""
        agencies = [self.agency.org]
        if second:
            agencies.append(self.cast.lead(_SECOND[self.account.values["country"]]).org)
        with self.portal.database.work(self.business) as work:
            terms = OfferTerms(1500, USUAL_ORDER, work.now + timedelta(days=40))
            made = offer_cases(work, [self.case], list(dict.fromkeys(agencies)), terms)
        self.offer = made[0].id

    def ask(self) -> None:
        """The agency asks before it decides."""
        if self.offer is not None:
            with self.portal.database.work(self.agency) as work:
                offers.ask(work, self.offer, "Was the delivery confirmed by anybody in writing?")

    def accept(self) -> None:
        """The agency takes the case."""
        if self.offer is not None:
            with self.portal.database.work(self.agency) as work:
                handoffs.accept(work, self.offer)

    def contact(
        self,
        code: Disposition,
        text: str,
        received: ReceivedAs = ReceivedAs.NEUTRAL,
        reason: NonPaymentReason | None = None,
        following: NextStep | None = None,
        promised_part: int = 0,
        ago: timedelta = timedelta(minutes=10),
    ) -> None:
        """The agency logs a call of ten minutes ago, or of longer."""
        with self.portal.database.work(self.agency) as work:
            case, key = self._open(work)
            zone = ZoneInfo(case.time_zone or "UTC")
            day = work.now.astimezone(zone).date()
            promised = None
            if promised_part:
                promised = Promised(case.balance.total // promised_part, day + timedelta(days=6))
            entry = ContactEntry(
                channel=Channel.CALL,
                direction=Direction.OUT,
                occurred_at=work.now - ago,
                words=Words(author=self.agency.name, recipient="Customer", text=text),
                disposition=code,
                received_as=received,
                reason=reason,
                next_step=following,
                promised=promised,
            )
            log_contact(work, case, key, entry)

    def look(self, *, harsh: bool = False) -> None:
        """The agency's supervisor looks at the words that wait; those of this case may have been harsh."""
        look_at_words(self.portal, self.cast, self.agency, self.case if harsh else None)

    def note(self, text: str, *, asks: bool) -> None:
        """The agency writes to the business."""
        with self.portal.database.work(self.agency) as work:
            case, key = self._open(work)
            send_note(work, case, key, text, asks_answer=asks)

    def pay(self, part: int) -> None:
        """The customer pays the agency one part of what is open; 1 is all of it."""
        with self.portal.database.work(self.agency) as work:
            case = cases.load_case(work, self.case)
            day = work.now.astimezone(ZoneInfo(self.agency.time_zone)).date()
            amount, reference = (
                case.balance.total // part,
                f"{self.account.values['creditor_reference']} THANK YOU",
            )
            report_payment(work, self.case, _report(amount, day, ReceivedBy.AGENCY, reference))

    def pay_business(self) -> None:
        """The customer pays the business itself."""
        with self.portal.database.work(self.business) as work:
            case = cases.load_case(work, self.case)
            day = work.now.astimezone(ZoneInfo(self.business.time_zone)).date()
            report = _report(case.balance.total // 3, day, ReceivedBy.BUSINESS, "Part payment received")
            report_direct_payment(work, self.case, report, next(iter(Rest)))

    def close_paid(self) -> None:
        """The agency closes the case, all paid."""
        with self.portal.database.work(self.agency) as work:
            close_case(
                work, self.case, Closing(CloseCode.PAID, Relationship.TRADING, "Thank you for this one.")
            )

    def give_back(self) -> None:
        """The agency returns the case."""
        with self.portal.database.work(self.agency) as work:
            handoffs.return_case(work, self.case, ReturnReason.CAPACITY)

    def _open(self, work: Work) -> tuple[Case, CaseKey]:
        case = cases.load_case(work, self.case, lock=True)
        return case, cases.open_key(work, case)


def _report(amount: int, day: date, by: ReceivedBy, reference: str) -> Report:
    return Report(PaymentId(new_id()), amount, day, Method.BANK_TRANSFER, by, reference)


def _days(days: float) -> timedelta:
    return timedelta(days=days)


def _promising(play: Play) -> list[Scene]:
    kindly = "She remembers the order well, had two large customers paying late, and offers half this week."
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(3),
            lambda: play.contact(
                Disposition.NA, "No answer, will try in the afternoon.", ReceivedAs.NOT_REACHED
            ),
        ),
        (
            _days(4),
            lambda: play.contact(
                Disposition.PTP,
                kindly,
                ReceivedAs.KINDLY,
                NonPaymentReason.OWN_CUSTOMERS_LATE,
                promised_part=2,
            ),
        ),
        (_days(5), play.look),
    ]


def _paying(play: Play) -> list[Scene]:
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(4),
            lambda: play.contact(
                Disposition.RPC, "Long, friendly call about the spring season.", ReceivedAs.KINDLY
            ),
        ),
        (_days(5), play.look),
        (_days(6), lambda: play.pay(4)),
        (_days(9), lambda: play.pay(3)),
    ]


def _waiting(play: Play) -> list[Scene]:
    return [(_days(1), lambda: play.offer_it(second=True)), (_days(2), play.ask)]


def _corrected(play: Play) -> list[Scene]:
    """A call late in the evening, with words that nobody should say; then a better one."""
    harsh = "Told him to pay by noon, or we ask his suppliers why he never pays his bills."
    kind = "Apologised for the evening call. Asked what would be realistic; he will look at his books."
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(4),
            lambda: play.contact(Disposition.RPC, harsh, ReceivedAs.ANGRY, ago=timedelta(hours=12)),
        ),
        (_days(5), lambda: play.look(harsh=True)),
        (_days(12), lambda: play.contact(Disposition.RPC, kind, ReceivedAs.NEUTRAL)),
    ]


def _settled(play: Play) -> list[Scene]:
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(3),
            lambda: play.contact(
                Disposition.RPC, "The reminder had gone to an old address.", ReceivedAs.KINDLY
            ),
        ),
        (_days(5), lambda: play.pay(1)),
        (_days(6), play.close_paid),
    ]


def _hardship(play: Play) -> list[Scene]:
    text = "Business is slow since the main road was closed. Asked for time until the road opens."
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(5),
            lambda: play.contact(
                Disposition.HSP,
                text,
                ReceivedAs.DISTRESSED,
                NonPaymentReason.LITTLE_TRADE,
                NextStep.PROPOSE_PLAN,
            ),
        ),
        (_days(6), lambda: play.note("Would you agree to a pause until the end of next month?", asks=True)),
    ]


def _direct(play: Play) -> list[Scene]:
    return [
        (_days(1), play.offer_it),
        (_days(2), play.accept),
        (
            _days(3),
            lambda: play.contact(
                Disposition.LM, "Left a message with a colleague, no details.", ReceivedAs.NOT_REACHED
            ),
        ),
        (_days(6), play.pay_business),
    ]


def _returned(play: Play) -> list[Scene]:
    return [(_days(1), play.offer_it), (_days(2), play.accept), (_days(4), play.give_back)]


def _resting(_play: Play) -> list[Scene]:
    return []


PLOTS: tuple[Callable[[Play], list[Scene]], ...] = (
    _promising,
    _corrected,
    _paying,
    _waiting,
    _settled,
    _hardship,
    _direct,
    _resting,
    _returned,
)
"""Stories that the cases of each business follow in turn."""
