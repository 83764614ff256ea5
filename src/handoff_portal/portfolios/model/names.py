"""Countries, currencies and languages by code, name or symbol (ISO 3166-1, ISO 4217, Unicode CLDR)."""

from functools import cache

import pycountry
from babel import Locale

from handoff_portal.core.jurisdictions import country_names
from handoff_portal.core.regions import REGIONS
from handoff_portal.portfolios.model.wrong import Wrong

_LOCALES = ("en", "de", "fr", "es", "it", "nl", "pt")
_COUNTRIES = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "great britain": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "america": "US",
    "uae": "AE",
    "holland": "NL",
    "korea": "KR",
    "republic of korea": "KR",
    "macau": "MO",
    "czech republic": "CZ",
    "turkey": "TR",
    "brd": "DE",
    "s'pore": "SG",
}
_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "rs": "INR",
    "₩": "KRW",
    "₫": "VND",
    "₱": "PHP",
    "฿": "THB",
    "rm": "MYR",
    "rp": "IDR",
    "s$": "SGD",
    "sg$": "SGD",
    "a$": "AUD",
    "au$": "AUD",
    "us$": "USD",
    "u$s": "USD",
    "nz$": "NZD",
    "hk$": "HKD",
    "c$": "CAD",
    "ca$": "CAD",
    "can$": "CAD",
    "nt$": "TWD",
    "r$": "BRL",
    "cn¥": "CNY",
    "rmb": "CNY",
    "jp¥": "JPY",
    "sfr": "CHF",
    "sfr.": "CHF",
    "fr.": "CHF",
    "zł": "PLN",
    "euro": "EUR",
    "euros": "EUR",
    "pound sterling": "GBP",
}


def country_of(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country. Raises Wrong when nobody calls one so."""
    found = _countries().get(_plain(text))
    if found is None:
        raise Wrong(f"“{text[:40]}” is no country.", "Write its two-letter code, such as SG, or its name.")
    return found


def region_of(country: str, text: str) -> str:
    """ISO 3166-2 of a region where the law differs by region; empty elsewhere.

    Raises:
        Wrong: The country has no such region.
    """
    known = REGIONS.get(country)
    if not known:
        return ""
    plain = _plain(text)
    for code, name in known.items():
        if plain in {code.casefold(), code.partition("-")[2].casefold(), _plain(name)}:
            return code
    example = next(iter(known)).partition("-")[2]
    raise Wrong(
        f"“{text[:40]}” is no region of {country}.", f"Write its code, such as {example}, or its name."
    )


def currency_of(text: str) -> str:
    """ISO 4217 code of a currency. Raises Wrong when none or several are called so."""
    plain = _plain(text)
    if found := _currencies().get(plain):
        return found
    if plain in {"$", "¥", "kr", "fr", "dollar", "dollars", "pound", "peso", "franc", "yen"}:
        raise Wrong(f"“{text}” can be several currencies.", "Write the three-letter code, such as SGD.")
    raise Wrong(f"“{text[:40]}” is no currency.", "Write the three-letter code, such as SGD.")


def language_of(text: str) -> str:
    """BCP 47 tag of a language. Raises Wrong when nobody calls one so."""
    plain = _plain(text).replace("_", "-")
    if found := _languages().get(plain) or _languages().get(plain.partition("-")[0]):
        return found
    raise Wrong(f"“{text[:40]}” is no language.", "Write it like en or German.")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def _countries() -> dict[str, str]:
    known = country_names()
    found: dict[str, str] = {}
    for country in pycountry.countries:
        code = country.alpha_2
        spoken = (country.name, getattr(country, "official_name", ""), getattr(country, "common_name", ""))
        found |= {_plain(name): code for name in (code, country.alpha_3, *spoken) if name}
    for locale in _LOCALES:
        found |= {_plain(name): code for code, name in Locale(locale).territories.items() if code in known}
    return {name: code for name, code in {**found, **_COUNTRIES}.items() if code in known}


@cache
def _currencies() -> dict[str, str]:
    codes = {currency.alpha_3 for currency in pycountry.currencies}
    found: dict[str, str] = {}
    for locale in _LOCALES:
        for code, name in Locale(locale).currencies.items():
            if code in codes:
                found.setdefault(_plain(name), code)
    return {**found, **_SYMBOLS, **{code.casefold(): code for code in codes}}


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in _LOCALES:
        names = Locale(locale).languages
        found |= {_plain(str(name)): str(tag) for tag, name in names.items() if "_" not in str(tag)}
        found |= {str(tag): str(tag) for tag in names if len(str(tag)) == len("en")}
    return found
