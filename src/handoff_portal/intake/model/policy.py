"""The escalation policy: what a business asks of an account before it may be handed over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from handoff_portal.core.forms import Form
from handoff_portal.core.money import written
from handoff_portal.intake.model.owed import CURRENCIES

MOST_DAYS = 3650
MOST_REMINDERS = 9

_USUAL = MappingProxyType({"AUD": 150_00, "EUR": 100_00, "GBP": 100_00, "SGD": 150_00, "USD": 100_00})


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy.

    Attributes:
        version: From 1; 0 is the one that everybody begins with.
        min_amounts: Smallest open amount in minor units by currency; other currencies have none.
        final_notice_days: Days to wait after the final notice went out.
        made_at: When this version was made, UTC; None for version 0.
    """

    version: int = 0
    min_days_overdue: int = 30
    min_amounts: Mapping[str, int] = field(default_factory=lambda: _USUAL)
    min_reminders: int = 2
    final_notice_days: int = 14
    needs_contract: bool = True
    made_at: datetime | None = None

    def least(self, currency: str) -> int:
        """The smallest amount in this currency, minor units."""
        return self.min_amounts.get(currency, 0)


def read_policy(form: Form) -> Policy:
    """The policy as typed; mistakes are noted in the form."""
    amounts = {
        code: form.amount(f"amount_{code}", code, required=False)
        for code, _ in CURRENCIES
        if form.value(f"amount_{code}").strip()
    }
    return Policy(
        min_days_overdue=form.number("min_days_overdue", most=MOST_DAYS),
        min_amounts={code: minor for code, minor in amounts.items() if minor},
        min_reminders=form.number("min_reminders", most=MOST_REMINDERS),
        final_notice_days=form.number("final_notice_days", most=MOST_DAYS),
        needs_contract=form.flag("needs_contract"),
    )


def as_fields(policy: Policy) -> dict[str, str]:
    """What the form shows of a policy."""
    amounts = {f"amount_{code}": written(minor, code) for code, minor in policy.min_amounts.items()}
    numbers = {
        "min_days_overdue": str(policy.min_days_overdue),
        "min_reminders": str(policy.min_reminders),
        "final_notice_days": str(policy.final_notice_days),
    }
    return {**amounts, **numbers, "needs_contract": "yes" if policy.needs_contract else ""}
