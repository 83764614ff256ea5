"""The escalation policy as a form: what was typed becomes a policy, and a policy what the form shows."""

from collections.abc import Iterator

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel
from handoff_portal.core.forms import Form
from handoff_portal.core.money import written
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.owed import CURRENCIES
from handoff_portal.intake.model.policy import MOST_BANDS, ContractCheck, EvidenceBand, Policy

MOST_DAYS = 3650
MOST_REMINDERS = 9
MARK = "whole"
"""A hidden field that says that the whole form was sent: an empty box then means no."""

NOTICE_CHANNELS = (Channel.EMAIL, Channel.LETTER, Channel.SMS, Channel.MESSAGING, Channel.PORTAL)
PAPERS = (
    DocumentKind.CONTRACT,
    DocumentKind.INVOICE,
    DocumentKind.PROOF_OF_DELIVERY,
    DocumentKind.STATEMENT,
    DocumentKind.REMINDER,
    DocumentKind.FINAL_NOTICE,
    DocumentKind.LETTER,
)
"""Kinds that a band of evidence can ask for."""


def read_policy(form: Form) -> Policy:
    """The policy as typed; mistakes are noted in the form."""
    amounts = {
        code: form.amount(f"amount_{code}", code, required=False)
        for code, _ in CURRENCIES
        if form.value(f"amount_{code}").strip()
    }
    usual = Policy()
    whole = bool(form.value(MARK))
    return Policy(
        min_days_overdue=form.number("min_days_overdue", most=MOST_DAYS),
        min_amounts={code: minor for code, minor in amounts.items() if minor},
        min_reminders=form.number("min_reminders", most=MOST_REMINDERS),
        reminder_spacing_days=form.number(
            "reminder_spacing_days", most=MOST_DAYS, default=usual.reminder_spacing_days
        ),
        needs_personal=form.flag("needs_personal"),
        notice_channels=_channels(form) if whole else usual.notice_channels,
        notice_wording=form.flag("notice_wording") if whole else usual.notice_wording,
        final_notice_days=form.number("final_notice_days", most=MOST_DAYS),
        needs_contract=form.flag("needs_contract"),
        checks=frozenset(check for check in ContractCheck if check in form.values("checks")),
        evidence=tuple(_bands(form)),
        limitation=form.flag("limitation"),
    )


def bands_shown(form: Form) -> range:
    """Numbers of the evidence rows that the form shows: those filled in and one more."""
    used = [row for row in range(1, MOST_BANDS + 1) if form.values(f"band_{row}_papers")]
    return range(1, min(max(used, default=0) + 1, MOST_BANDS) + 1)


def as_fields(policy: Policy) -> dict[str, str | list[str]]:
    """What the form shows of a policy."""
    amounts = {f"amount_{code}": written(minor, code) for code, minor in policy.min_amounts.items()}
    fields: dict[str, str | list[str]] = {
        **amounts,
        "min_days_overdue": str(policy.min_days_overdue),
        "min_reminders": str(policy.min_reminders),
        "reminder_spacing_days": str(policy.reminder_spacing_days),
        "needs_personal": _box(ticked=policy.needs_personal),
        "notice_channels": [channel.value for channel in policy.notice_channels],
        "notice_wording": _box(ticked=policy.notice_wording),
        "final_notice_days": str(policy.final_notice_days),
        "needs_contract": _box(ticked=policy.needs_contract),
        "checks": [check.value for check in policy.checks],
        "limitation": _box(ticked=policy.limitation),
    }
    for row, band in enumerate(policy.evidence, start=1):
        fields[f"band_{row}_who"] = band.who.value if band.who else ""
        fields[f"band_{row}_currency"] = band.currency
        fields[f"band_{row}_least"] = written(band.least, band.currency) if band.currency else ""
        fields[f"band_{row}_papers"] = [paper.value for paper in band.papers]
    return fields


def _channels(form: Form) -> frozenset[Channel]:
    chosen = frozenset(channel for channel in NOTICE_CHANNELS if channel in form.values("notice_channels"))
    if not chosen:
        form.refuse("notice_channels", "Tick at least one way; otherwise no final notice would ever count.")
    return chosen


def _bands(form: Form) -> Iterator[EvidenceBand]:
    """The rows of evidence; a row that asks for no paper asks for nothing."""
    for row in range(1, MOST_BANDS + 1):
        name = f"band_{row}_"
        papers = frozenset(paper for paper in PAPERS if paper in form.values(name + "papers"))
        typed, currency = form.value(name + "least").strip(), form.value(name + "currency")
        if not papers:
            if typed:
                form.refuse(name + "papers", "Tick the papers that this row asks for, or empty its amount.")
            continue
        who = form.optional_choice(name + "who", DebtorType)
        if currency and currency not in dict(CURRENCIES):
            form.refuse(name + "currency", "Choose the currency from the list.")
        elif currency:
            yield EvidenceBand(papers, who, currency, form.amount(name + "least", currency, required=False))
        elif typed and typed != "0":
            form.refuse(name + "currency", "Choose the currency of this amount.")
        else:
            yield EvidenceBand(papers, who)


def _box(*, ticked: bool) -> str:
    return "yes" if ticked else ""
