"""Percentages as people type them, kept as basis points (1 basis point = 0.01 %)."""

import re

_TYPED = re.compile(r"(\d{1,4})(?:[.,](\d*))?")
_DECIMALS = 2


def parse_percent(typed: str) -> int:
    """Basis points of "15", "12.5", "12,5" or "12.5 %".

    Raises:
        ValueError: It is empty, no percentage or too exact; the message says how to write it.
    """
    plain = typed.strip().removesuffix("%").strip()
    if not plain:
        raise ValueError("Enter the commission, for example 15 or 12.5.")
    found = _TYPED.fullmatch(plain)
    if found is None:
        raise ValueError(f"“{typed.strip()}” is not a percentage. Write it like 15 or 12.5.")
    decimals = found[2] or ""
    if len(decimals) > _DECIMALS:
        raise ValueError(f"“{typed.strip()}” has more than two decimals. Write it like 12.5 or 12.25.")
    return int(found[1]) * 100 + int(decimals.ljust(_DECIMALS, "0"))
