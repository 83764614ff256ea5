"""Amounts: integer minor units and an ISO 4217 code, never a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|[-+]?\d{1,3}(?: \d{3})+(?:\.\d+)?")

_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
"""Minor units of ISO 4217 list one (kept by SIX, the maintenance agency) where they are not 2.

Unicode CLDR has other digits for some currencies: those that people use in prices, not those of the standard.
"""


def minor_digits(currency: str) -> int:
    """Digits after the point of this ISO 4217 currency (2 for SGD, 0 for JPY, 3 for KWD)."""
    return _DIGITS.get(currency, 2)


def parse_amount(text: str, currency: str) -> int:
    """Minor units of an amount written with a decimal point and optional thousands commas or spaces.

    Commas must part groups as people do (also 1,00,000): "12,50" may mean two things and is refused.

    Raises:
        ValueError: The text is no amount of this currency; the message says how to write it.
    """
    digits = minor_digits(currency)
    plain = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"“{text}” is not an amount. Write it like {example(currency)}.") from None
    minor = amount.scaleb(digits) if amount.is_finite() else Decimal("0.5")
    if minor != minor.to_integral_value() or abs(minor) > 10**15:
        raise ValueError(f"“{text}” does not fit {currency}. Write it like {example(currency)}.")
    return int(minor)


def example(currency: str) -> str:
    """How an amount of this currency is written in a form."""
    return "1234." + "5" * minor_digits(currency) if minor_digits(currency) else "1234"


def written(minor: int, currency: str) -> str:
    """The amount as a form field takes it back: `1234.50`."""
    digits = minor_digits(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def share(minor: int, basis_points: int) -> int:
    """That part of an amount, rounded half to even (1 basis point = 0.01 %)."""
    return int((Decimal(minor) * basis_points / 10_000).to_integral_value(ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount.

    Attributes:
        minor: Integer minor units; negative for credit.
        currency: ISO 4217 code.
    """

    minor: int
    currency: str
