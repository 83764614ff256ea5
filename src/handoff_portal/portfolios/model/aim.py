"""Latitude AIM placement files: records of several types in one delimited file (Genesys, AIM Help).

Known records: CACT account, CDBT debtor, CUPP phone, CNOT note, CDIS dispute, CCPT complaint, CTRL trailer.
The columns of each stand in the order of that help; where it does not give one (CDBT), or the file has
another, a line that begins with record_type names the columns of the type that follows. Disputes and
complaints may be called ADIS and ACPT, as the help calls their values. Without a due date, the day of the
last charge stands for it. Files of fixed length are told apart and refused: the help gives no positions for
the debtor, and an account without one is no use.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice

from handoff_portal.portfolios.model.account import Cell, Control
from handoff_portal.portfolios.model.columns import COLUMNS, Sort
from handoff_portal.portfolios.model.lines import Line, Record

HEADERS = tuple(COLUMNS[Sort.PORTFOLIO])
HISTORY_HEADERS = tuple(COLUMNS[Sort.HISTORY])
_ALSO = {"ADIS": "CDIS", "ACPT": "CCPT"}
RECORDS = frozenset({"CACT", "CDBT", "CUPP", "CNOT", "CDIS", "CCPT", "CMIS", "CTRL", *_ALSO})
_FIXED = re.compile(r"(?:CACT|CDBT|CUPP|CNOT|CDIS|CCPT|CMIS|ADIS|ACPT)\d{9}")
FIXED_LENGTH = (
    "This is a placement file of fixed length. Where the name and address of customers stand in it is "
    "not published. Please export it from AIM as a delimited file: comma, tab or pipe."
)

_MONEY = ("principal", "interest", *(f"other{number}" for number in range(3, 10)))
_COLUMNS: dict[str, tuple[str, ...]] = {
    "CACT": ("record_type", "file_number", "account", *_MONEY, "last_charge", "last_paid"),
    "CDBT": (
        *(
            "record_type",
            "debtor_number",
            "file_number",
            "name",
            "street1",
            "street2",
            "city",
            "state",
            "zipcode",
        ),
        *("country", "phone", "email"),
    ),
    "CUPP": (
        *("record_type", "debtor_number", "file_number", "relationship", "phone_type_id", "phone_status_id"),
        *("on_hold", "phone_number"),
    ),
    "CNOT": ("record_type", "file_number", "created_datetime", "note_action", "note_result", "note_comment"),
    "CDIS": (
        *("record_type", "file_number", "debtor_number", "id", "type_code", "type", "date_received"),
        *(
            "referred_by_code",
            "referred_by",
            "details",
            "category_code",
            "category",
            "against_code",
            "against",
        ),
        *("date_closed",),
    ),
    "CCPT": (
        *("record_type", "file_number", "debtor_number", "id", "against_code", "against", "against_entity"),
        *("category", "compensation_amount", "conclusion", "date_closed", "date_in_admin", "date_received"),
        *("deleted", "details"),
    ),
    "CTRL": ("record_type", "agency", "agency_name", "records", "placement_total", "created_date"),
}
_DIGITS = 15
"""Digits before the point of the largest amount there is."""
_NO_DAY = frozenset({"", "19000101", "1900-01-01"})
_BAD_PHONE = "1"
_CHANNELS = {"T": "call", "DT": "call", "RL": "letter", "LT": "letter", "EM": "email", "SM": "sms"}
_RESULTS = {"TT", "TW", "LM", "LV", "LR", "AM", "NA", "LB", "HU", "NI", "WN"}


def is_aim(first: Iterable[list[Cell]]) -> bool:
    """Whether a file begins like a placement file."""
    said = [str(row[0]).strip().upper() for row in first if row]
    return any(kind in RECORDS for kind in said[:3])


def is_fixed_length(first: Iterable[list[Cell]]) -> bool:
    """Whether a file begins like a placement file without separators: type and number in one."""
    return any(_FIXED.match(str(row[0]).strip().upper()) for row in islice(first, 3) if row)


class AimReader:
    """Turns records into lines of the canonical columns and counts what the trailer states."""

    def __init__(self) -> None:
        self._columns = dict(_COLUMNS)
        self._named: tuple[str, ...] = ()
        self._records, self._total = 0, Decimal(0)
        self._trailer: dict[str, str] | None = None
        self._countries: dict[str, str] = {}

    @property
    def controls(self) -> tuple[Control, ...]:
        """Count and total as the trailer states them and as they were found; complete after all lines."""
        if self._trailer is None:
            return ()
        stated = self._trailer.get("placement_total", "")
        counted = Control("records", _whole(self._trailer.get("records", "")), str(self._records))
        summed = Control("total of all money columns", _money(stated) or stated, _plain(self._total))
        return (counted, summed)

    def lines(self, rows: Iterable[list[Cell]]) -> Iterator[Line]:
        """The lines of a file; records that are not known count but say nothing."""
        for number, raw in enumerate(rows, start=1):
            cells = [str(cell).strip() for cell in raw]
            if not cells or not cells[0]:
                continue
            if cells[0].casefold() == "record_type":
                self._named = tuple(cell.casefold() for cell in cells)
            elif (line := self._line(number, cells, raw)) is not None:
                yield line

    def _line(self, number: int, cells: list[str], raw: list[Cell]) -> Line | None:
        kind = _ALSO.get(cells[0].upper(), cells[0].upper())
        if self._named:
            self._columns[kind], self._named = self._named, ()
        said = dict(zip(self._columns.get(kind, ()), cells, strict=False))
        if kind == "CTRL":
            self._trailer = said
            return None
        self._records += 1
        if kind == "CACT":
            self._total += sum((_decimal(said.get(name, "")) for name in _MONEY), Decimal(0))
        make = {"CACT": _account, "CDBT": _debtor, "CUPP": _phone, "CDIS": _dispute, "CCPT": _complaint}.get(
            kind
        )
        group = said.get("file_number", "")
        if kind == "CNOT":
            return Line(number, _cells(_note(said), HISTORY_HEADERS), raw, Record.HISTORY, group)
        if make is None:
            return None
        values = make(said)
        if kind == "CDBT":
            self._countries[group] = values["country"]
        elif kind == "CUPP":
            values["country"] = self._countries.get(group, "")  # a national number is one of that country
        record = Record.CLAIM if kind == "CACT" else Record.PART
        return Line(number, _cells(values, HEADERS), raw, record, group)


def _account(said: dict[str, str]) -> dict[str, str]:
    others = sum((_decimal(said.get(name, "")) for name in _MONEY[2:]), Decimal(0))
    due = said.get("due_date") or said.get("delinquency_date") or said.get("last_charge", "")
    return {
        "creditor_reference": said.get("account") or said.get("file_number", ""),
        "invoice_number": said.get("account", ""),
        "principal": said.get("principal", ""),
        "interest": said.get("interest", ""),
        "fees": _plain(others) if others else "",
        "due_date": due,
        "last_payment_date": said.get("last_paid", ""),
        "currency": said.get("currency", ""),
    }


def _debtor(said: dict[str, str]) -> dict[str, str]:
    name = said.get("name", "")
    last, comma, first = name.partition(",")
    street = " ".join(part for part in (said.get("street1", ""), said.get("street2", "")) if part)
    return {
        "debtor_reference": said.get("debtor_number", ""),
        "debtor_name": f"{first.strip()} {last.strip()}" if comma else name,
        "address": street,
        "city": said.get("city", ""),
        "postal_code": said.get("zipcode", ""),
        "state": said.get("state", ""),
        "country": said.get("country", ""),
        "phone": said.get("phone", ""),
        "email": said.get("email", ""),
    }


def _phone(said: dict[str, str]) -> dict[str, str]:
    works = said.get("phone_status_id") != _BAD_PHONE
    return {"phone": said.get("phone_number", "") if works else ""}


def _dispute(said: dict[str, str]) -> dict[str, str]:
    if said.get("date_closed", "") not in _NO_DAY:
        return {}
    return {"dispute_status": "yes", "dispute_note": said.get("details") or said.get("type", "")}


def _complaint(said: dict[str, str]) -> dict[str, str]:
    gone = said.get("date_closed", "") not in _NO_DAY or said.get("deleted", "").upper() in {"Y", "1"}
    return {} if gone else {"complaint_open": "yes"}


def _note(said: dict[str, str]) -> dict[str, str]:
    action, result = said.get("note_action", "").upper(), said.get("note_result", "").upper()
    way = _CHANNELS.get(action[:2]) or _CHANNELS.get(action[:1]) or ("call" if result in _RESULTS else "")
    codes = " ".join(code for code in (action, result) if code)
    return {
        "creditor_reference": said.get("file_number", ""),
        "occurred_at": said.get("created_datetime", ""),
        "channel": way,
        "direction": "in" if action in {"DT", "RL"} else "out",
        "body_or_summary": said.get("note_comment", ""),
        "outcome_code": codes,
    }


def _cells(said: dict[str, str], headers: tuple[str, ...]) -> list[Cell]:
    return [said.get(header, "") for header in headers]


def _decimal(text: str) -> Decimal:
    return _sum(text or "0") or Decimal(0)


def _sum(text: str) -> Decimal | None:
    """An amount that money can be; None for anything else."""
    try:
        found = Decimal(text)
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() and found.adjusted() < _DIGITS else None


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _money(text: str) -> str:
    found = _sum(text)
    return "" if found is None else _plain(found)


def _whole(text: str) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() else text
