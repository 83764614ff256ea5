"""Words that several pages of portfolios share."""

from collections.abc import Iterator

from handoff_portal.contacts.model.facts import KIND_WORDS, FactKind
from handoff_portal.intake.model.rules import RULE_WORDS, Rule
from handoff_portal.portfolios.model.account import Account
from handoff_portal.portfolios.model.quiet import write_time

_MINUTE, _HOUR = 60, 3600
_MOST_DIGITS = 7
_FIXED = {
    Rule.CUSTOMER: "Customer complete",
    Rule.OWED: "Amounts complete",
    Rule.REFERENCE: "Reference",
}

REASON_WORDS: dict[str, tuple[str, str]] = {
    "totals": ("The sums do not agree", "Nothing was taken. Send the complete file, or correct the sums."),
    "no_table": ("There is no table of accounts", "Add a CSV, XLSX, AIM or UBL file and send it again."),
    "unreadable": ("The file could not be read", "Open it yourself, save it anew, and send it again."),
    "no_accounts": (
        "No row could become a case",
        "Download the rows with what is wrong, mend them, and send that file.",
    ),
    "too_often": (
        "The portal could not finish this",
        "Nothing more happens to it. Ask support and give the address of this page.",
    ),
    "tampered": (
        "The stored file is not what you sent",
        "Nothing of it was used. Ask support and give the address of this page.",
    ),
    "": ("This portfolio was not taken", "Send it again."),
}
"""Why a portfolio was refused or broken off: what, and what to do, by `Portfolio.reason`."""


def rule_words(rule: str) -> str:
    """How a rule of the escalation policy is called in a list."""
    known = Rule(rule)
    return RULE_WORDS.get(known) or _FIXED.get(known, known.value)


def told_of(account: Account) -> Iterator[str]:
    """What a row says that the customer asked or allowed, in sentences without their dot."""
    for quiet in account.content.customer.quiet:
        yield f"{KIND_WORDS[FactKind.QUIET]}: {write_time(quiet)}"
    for wish in account.wishes:
        ways = f": {', '.join(wish.ways)}" if wish.ways else ""
        on = f", {wish.said_on.isoformat()}" if wish.said_on else ""
        yield f"{KIND_WORDS[wish.kind]}{ways}{on}"


def time_left(seconds: float | None) -> str:
    """How long it still takes: “about 2 minutes left”; empty while it cannot be said."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"about {max(int(seconds) // 5 * 5, 5)} seconds left"
    if seconds < _HOUR:
        minutes = round(seconds / _MINUTE)
        return f"about {minutes} {'minute' if minutes == 1 else 'minutes'} left"
    return f"about {seconds / _HOUR:.1f} hours left"


def read_number(text: str) -> int:
    """A place in a list out of an address or form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
