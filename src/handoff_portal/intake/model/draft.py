"""What a draft says: all steps read by their rules, with every mistake at its step and field."""

from collections.abc import Mapping
from dataclasses import dataclass

from handoff_portal.cases.model.content import Content
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId
from handoff_portal.intake.model.customer import check_reachable, read_customer, read_zone
from handoff_portal.intake.model.labels import in_words
from handoff_portal.intake.model.owed import Owed, read_owed
from handoff_portal.intake.model.steps import Step

Draft = Mapping[str, Mapping[str, list[str]]]
"""Step to fields, each field with everything that was typed into it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something missing or wrong.

    Attributes:
        say: What it is and how to mend it, for the person.
    """

    step: Step
    field: str
    say: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft says so far.

    Attributes:
        content: Everything that could be read; what could not is empty.
        owed: The same account with what the content leaves out.
        time_zone: IANA zone of the customer, empty while the country is missing.
        mistakes: What stands between the draft and its submission, in the order of the steps.
    """

    content: Content
    owed: Owed
    time_zone: str
    mistakes: tuple[Mistake, ...]

    def errors_of(self, step: Step) -> dict[str, str]:
        """Field to sentence of one step."""
        return {mistake.field: mistake.say for mistake in self.mistakes if mistake.step is step}


NOTICE_DECLARED = "notice_declared"
"""The box under Documents that says: the final notice says what it should, although no text was read."""


def is_declared(draft: Draft) -> bool:
    """Whether somebody ticked what the final notice says."""
    return bool(draft.get(Step.DOCUMENTS, {}).get(NOTICE_DECLARED))


def read_content(draft: Draft, case: CaseId) -> Reading:
    """Read a draft as it would be submitted; never raises, whatever was typed."""
    about, money = Form(draft.get(Step.CUSTOMER, {})), Form(draft.get(Step.OWED, {}))
    customer = read_customer(about)
    check_reachable(about, customer)
    owed = read_owed(money, case)
    content = Content(
        customer=customer,
        creditor_reference=owed.creditor_reference,
        claim_type=owed.claim_type,
        currency=owed.currency,
        terms=owed.terms,
        claims=owed.claims,
        charges=owed.charges,
    )
    found = [(Step.CUSTOMER, about.errors), (Step.OWED, money.errors)]
    mistakes = tuple(
        Mistake(step, field, in_words(field, say)) for step, errors in found for field, say in errors.items()
    )
    return Reading(content, owed, read_zone(about, customer), mistakes)
