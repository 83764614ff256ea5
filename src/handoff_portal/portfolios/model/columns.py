"""The canonical columns of a portfolio file and of a history file: what each holds and how to fill it.

They stand in `columns.csv`, with the headers that accounting packages write for the same in English, German,
French and Spanish.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType


class Kind(StrEnum):
    """What a cell of a column must be."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    AMOUNT = "amount"
    COUNTRY = "country"
    REGION = "region"
    CURRENCY = "currency"
    EMAIL = "email"
    PHONE = "phone"
    CHOICE = "choice"
    FLAG = "flag"
    COUNT = "count"
    NAMES = "names"
    TIMES = "times"
    WAYS = "ways"


class Need(StrEnum):
    """Whether an account can do without."""

    MUST = "must"
    WISHED = "wished"
    MAY = "may"


class Level(StrEnum):
    """Whether a cell speaks of the account, so that all its rows must agree, or of one invoice."""

    ACCOUNT = "account"
    CLAIM = "claim"


class Sort(StrEnum):
    """What kind of file a table is."""

    PORTFOLIO = "portfolio"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column.

    Attributes:
        name: Header in the template.
        words: How a person calls it.
        longest: Characters that fit.
        choices: Words for a `Kind.CHOICE`, lower case, to what they mean.
        guide: What to write there, a sentence.
        example: A cell of the template's example row.
        synonyms: Headers of other programs, lower case.
    """

    name: str
    words: str
    kind: Kind
    need: Need
    level: Level
    longest: int
    choices: Mapping[str, str]
    guide: str
    example: str
    synonyms: tuple[str, ...]


WRONG = "What is wrong"
"""Header of the column that a file of bad rows has more than the file it comes from; reading skips it."""

_CHANNELS = {
    "call": "phone|telephone|tel|anruf|telefon|appel|llamada",
    "email": "e-mail|mail|courriel|correo",
    "sms": "text|text message",
    "letter": "post|brief|lettre|carta|courrier|registered letter",
    "visit": "besuch|visite|visita",
    "meeting": "besprechung|réunion|reunión",
    "portal": "",
    "messaging": "whatsapp|chat|wechat|line|telegram",
}
_CHOICES: dict[str, dict[str, str]] = {
    "debtor_type": {
        "company": "business|b2b|commercial|corporate|organisation|organization|firma|unternehmen|gewerblich|"
        "geschäftskunde|entreprise|société|professionnel|empresa|sociedad",
        "private": "person|individual|consumer|b2c|personal|privat|privatperson|verbraucher|privatkunde|"
        "particulier|particular|consumidor",
    },
    "claim_type": {
        "unpaid_invoice": "unpaid invoice|invoice|rechnung|facture|factura|goods|services",
        "loan": "credit|darlehen|kredit|prêt|préstamo",
        "contract": "vertrag|contrat|contrato|lease|rent|subscription",
        "damage": "damages|schaden|dommage|daño",
        "other": "sonstiges|autre|otro",
    },
    "document_type": {
        "invoice": "inv|rechnung|re|facture|factura|bill|debit note|380|i",
        "credit_note": "credit note|credit memo|credit|cn|cr|gutschrift|gs|avoir|note de crédit|"
        "nota de crédito|nota de credito|abono|381|c",
    },
    "channel": _CHANNELS,
    "direction": {
        "out": "outbound|outgoing|sent|aus|ausgehend|o",
        "in": "inbound|incoming|received|ein|eingehend|i",
    },
}


def _choices(name: str) -> Mapping[str, str]:
    found = {meant: meant for meant in _CHOICES.get(name, {})}
    for meant, words in _CHOICES.get(name, {}).items():
        found |= {word: meant for word in words.split("|") if word}
    return MappingProxyType(found)


def _read() -> dict[Sort, dict[str, Column]]:
    found: dict[Sort, dict[str, Column]] = {sort: {} for sort in Sort}
    text = files(__package__).joinpath("columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[Sort(row["file"])][row["name"]] = Column(
            name=row["name"],
            words=row["words"],
            kind=Kind(row["kind"]),
            need=Need(row["need"]),
            level=Level(row["level"]),
            longest=int(row["longest"]),
            choices=_choices(row["choices"]),
            guide=row["guide"],
            example=row["example"],
            synonyms=tuple(row["synonyms"].split("|")),
        )
    return found


COLUMNS: Mapping[Sort, Mapping[str, Column]] = MappingProxyType(_read())
"""Columns of both kinds of file by name, in the order of the templates."""
