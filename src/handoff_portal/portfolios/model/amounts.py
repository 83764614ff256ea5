"""Amounts as people write them. Whether a lone comma parts thousands or cents is a question of the file."""

import math
import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from handoff_portal.core.money import example as example_of
from handoff_portal.portfolios.model.account import Cell
from handoff_portal.portfolios.model.wrong import Wrong


class Decimals(StrEnum):
    """What stands before the cents."""

    POINT = "point"
    COMMA = "comma"

    @property
    def mark(self) -> str:
        """The character itself."""
        return "." if self is Decimals.POINT else ","


_CENTS = re.compile(r"-?\d+\.\d\d?")
_PLAIN = re.compile(r"(-?)(\d{1,15})(?:\.(\d+))?")
_PARTS = re.compile(r"(\D*?)([.,]?\d[\d.,\s'\u2019]*)(\D*)")
_SPACING = re.compile(r"[\s'\u2019]")
_SPACED = re.compile(r"[1-9]\d{0,2}(?:[\s'\u2019]\d{3})+(?:[.,]\d*)?\s*")
_LONE = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SIGNS = "\u2212\u2013\u2014-"  # the hyphen last, so that it makes no range in a set
_AFFIX = re.compile(rf"[\s()+{_SIGNS}]")
_CREDIT = re.compile(r"\bcr\.?\s*$", re.IGNORECASE)
_LONGEST_AFFIX = 4
_GROUPED = {
    Decimals.POINT: re.compile(r"[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\d*(?:\.\d*)?"),
    Decimals.COMMA: re.compile(r"[1-9]\d{0,2}(?:\.\d{2,3})*\.\d{3}(?:,\d*)?|\d*(?:,\d*)?"),
}
_MOST = 10**15


def read_amount(cell: Cell, currency: str, digits: int, decimals: Decimals | None) -> int:
    """Minor units, negative for credit: (12.50), 12.50-, -12.50 and 12.50 CR are the same.

    Args:
        digits: Minor digits of the currency.
        decimals: How the file writes; None if it does not matter or nobody knows.

    Raises:
        Wrong: It is no amount of this currency, or could be two and `decimals` is not known.
    """
    if isinstance(cell, str):
        if decimals is not Decimals.COMMA and (plain := _PLAIN.fullmatch(cell)):
            fraction = plain[3] or ""
            if len(fraction) <= digits and (decimals or not _LONE.fullmatch(cell)):
                minor = int(plain[2] + fraction.ljust(digits, "0"))
                return -minor if plain[1] else minor
        amount = _written(cell, currency, decimals)
    else:
        amount = Decimal(repr(cell)) if math.isfinite(cell) else Decimal(_MOST)
    minor_exact = amount.scaleb(digits)
    if abs(minor_exact) >= _MOST:
        raise Wrong(f"“{_short(cell)}” is too large.", f"Write it like {_example(currency)}.")
    minor = int(minor_exact.to_integral_value())
    if minor != minor_exact and (isinstance(cell, str) or abs(minor - minor_exact) > Decimal("0.01")):
        what = f"“{_short(cell)}” has more digits after the point than {currency or 'money'} has."
        raise Wrong(what, f"Write it like {_example(currency)}.")
    return minor


def decimals_of(cell: Cell) -> tuple[bool, Decimals | None]:
    """Whether this cell has a mark that matters, and the one that it proves."""
    if not isinstance(cell, str) or ("," not in cell and "." not in cell):
        return False, None
    if _CENTS.fullmatch(cell):
        return True, Decimals.POINT
    parts = _parts(cell)
    return _proof(parts[0]) if parts else (False, None)


def _proof(core: str) -> tuple[bool, Decimals | None]:
    last = max(core.rfind(","), core.rfind("."))
    if last < 0:
        return False, None
    if _LONE.fullmatch(core):
        return True, None
    mark = core[last]
    if core.count(mark) > 1:
        mark = "." if mark == "," else ","
    return True, Decimals.POINT if mark == "." else Decimals.COMMA


def _parts(cell: str) -> tuple[str, bool] | None:
    """Digits with their marks, and whether something round them says minus; None if it is no amount."""
    found = _PARTS.fullmatch(cell.strip())
    if found is None or (found[2][0] in ".," and found[1][-1:].isalpha()):
        return None
    before, core, after = found[1], found[2].strip(), found[3]
    if _SPACING.search(core):
        if not _SPACED.fullmatch(core):
            return None
        core = _SPACING.sub("", core)
    if any(len(_AFFIX.sub("", affix)) > _LONGEST_AFFIX for affix in (before, after)):
        return None
    if core[-1] in ".,":  # 12,- and 12.-- mean nothing but cents left out
        core, after = core[:-1], after.lstrip(_SIGNS)
    negative = "(" in before or any(sign in before + after for sign in _SIGNS)
    return core, negative or bool(_CREDIT.search(after))


def _written(cell: str, currency: str, decimals: Decimals | None) -> Decimal:
    wrong = Wrong(f"“{_short(cell)}” is no amount.", f"Write it like {_example(currency)}.")
    parts = _parts(cell)
    if parts is None:
        raise wrong
    core, negative = parts
    matters, proved = _proof(core)
    if matters and (decimals or proved) is None:
        raise Wrong(
            f"“{_short(cell)}” can be two different amounts.",
            "Say whether the comma or the point parts cents.",
        )
    style = decimals or proved or Decimals.POINT
    if not _GROUPED[style].fullmatch(core):
        raise wrong
    other = "," if style is Decimals.POINT else "."
    try:
        amount = Decimal(core.replace(other, "").replace(style.mark, "."))
    except InvalidOperation:
        raise wrong from None
    return -amount if negative else amount


def _short(cell: Cell) -> str:
    return str(cell)[:40]


def _example(currency: str) -> str:
    return example_of(currency or "SGD")
