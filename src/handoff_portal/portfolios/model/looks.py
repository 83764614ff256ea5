"""Whether values look like what a column holds."""

import re
from collections.abc import Callable, Sequence

from handoff_portal.portfolios.model.amounts import Decimals, read_amount
from handoff_portal.portfolios.model.columns import Column, Kind
from handoff_portal.portfolios.model.dates import DateOrder, order_of, read_moment
from handoff_portal.portfolios.model.names import country_of, currency_of
from handoff_portal.portfolios.model.wrong import Wrong

_DIGITS = 4
_PHONE_DIGITS = range(6, 16)
_ANYTHING = frozenset({Kind.TEXT, Kind.NAMES, Kind.REGION, Kind.TIMES, Kind.WAYS})
_CODE = re.compile(r"[A-Za-z]{2,3}|\W{1,3}|[A-Za-z]{1,3}\$")
FLAGS = {
    **dict.fromkeys(
        ("yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "sí", "si", "s", "disputed", "open"), True
    ),
    **dict.fromkeys(
        ("no", "n", "false", "0", "nein", "non", "not_disputed", "not disputed", "none", "-"), False
    ),
}
"""What people write into a yes-or-no cell, lower case."""


def share_that_fits(column: Column, samples: Sequence[str]) -> float | None:
    """Which part of the samples this column could hold; None where anything goes or nothing is known."""
    if not samples or column.kind in _ANYTHING:
        return None
    return sum(_fits(column, sample) for sample in samples) / len(samples)


def _fits(column: Column, sample: str) -> bool:
    if column.kind is Kind.CHOICE:
        return sample.casefold() in column.choices
    try:
        return _LOOKS[column.kind](sample)
    except Wrong:
        return False


def _is_day(sample: str) -> bool:
    _, order = order_of(sample)
    return bool(read_moment(sample, order or DateOrder.DMY))


def _is_amount(sample: str) -> bool:
    for decimals in Decimals:
        try:
            read_amount(sample, "", _DIGITS, decimals)
        except Wrong:
            continue
        return True
    return False


_LOOKS: dict[Kind, Callable[[str], bool]] = {
    Kind.DATE: _is_day,
    Kind.MOMENT: _is_day,
    Kind.AMOUNT: _is_amount,
    Kind.CURRENCY: lambda sample: _CODE.fullmatch(sample) is not None and bool(currency_of(sample)),
    Kind.COUNTRY: lambda sample: bool(country_of(sample)),
    Kind.EMAIL: lambda sample: "@" in sample,
    Kind.PHONE: lambda sample: sum(letter.isdigit() for letter in sample) in _PHONE_DIGITS,
    Kind.FLAG: lambda sample: sample.casefold() in FLAGS,
    Kind.COUNT: str.isdecimal,
}
