"""The redacted picture of a case in words and bands, as offer pages draw it."""

from dataclasses import dataclass

from handoff_portal.cases.model.case import ClaimType, DebtorType
from handoff_portal.core.jurisdictions import place_name, place_of
from handoff_portal.core.money import share
from handoff_portal.core.references import reference_of
from handoff_portal.core.sectors import sector_name
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.handoffs.model.offer import Offer
from handoff_portal.handoffs.model.preview import AGE_STEPS, AMOUNT_STEPS, age_words, amount_words, step_of

CLAIM_WORDS = {
    ClaimType.UNPAID_INVOICE: "Unpaid invoice",
    ClaimType.LOAN: "Loan",
    ClaimType.CONTRACT: "Contract",
    ClaimType.DAMAGE: "Damage",
    ClaimType.OTHER: "Other claim",
}
CUSTOMER_WORDS = {DebtorType.COMPANY: "Company", DebtorType.PRIVATE: "Private person"}


@dataclass(frozen=True, slots=True)
class Outline:
    """What pages say of a case that an agency does not hold yet.

    Attributes:
        amount_step: Which of the amount bands, from 0; `amount_marks` are their borders in words.
        most_fee: Upper end of the fee if everything is paid, in major units; None where open-ended.
        documents: Words and number of each kind.
    """

    reference: str
    place: str
    claim: str
    customer: str
    sector: str
    amount: str
    amount_step: int
    amount_marks: tuple[str, ...]
    most_fee: int | None
    age: str
    age_step: int
    age_marks: tuple[str, ...]
    history: int
    documents: tuple[tuple[str, int], ...]
    disputed: bool


def outline(offer: Offer) -> Outline:
    """The words and bands of an offer's preview."""
    seen = offer.preview
    high = seen.amount_band[1]
    return Outline(
        reference=reference_of(offer.case),
        place=place_name(place_of(seen.country, seen.region)),
        claim=CLAIM_WORDS.get(ClaimType(seen.claim_type), "") if seen.claim_type else "Claim",
        customer=CUSTOMER_WORDS[DebtorType(seen.debtor_type)] if seen.debtor_type else "Customer",
        sector=sector_name(seen.sector),
        amount=amount_words(seen),
        amount_step=step_of(seen.amount_band, AMOUNT_STEPS),
        amount_marks=tuple(f"{step // 1000}k" if step >= 1000 else str(step) for step in AMOUNT_STEPS),  # noqa: PLR2004
        most_fee=share(high, offer.terms.commission_bp) if high is not None else None,
        age=age_words(seen),
        age_step=step_of(seen.age_band, AGE_STEPS),
        age_marks=tuple("1 y" if step == 365 else "2 y" if step == 730 else str(step) for step in AGE_STEPS),  # noqa: PLR2004
        history=seen.history,
        documents=tuple(
            (words, seen.documents[kind]) for kind, words in KIND_WORDS.items() if seen.documents.get(kind)
        ),
        disputed=seen.disputed,
    )
