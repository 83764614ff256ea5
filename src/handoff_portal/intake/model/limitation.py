"""How long claims from contracts usually last: a hint for people, never a rule.

Periods differ by kind of claim, and acknowledgement, payment or a court can begin them anew. The list
holds the general period for claims from simple contracts, to remind somebody to look the day up.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UsualPeriod:
    """The general period of a place.

    Attributes:
        source: The statute that states it.
        from_year_end: It begins at the end of the year in which the claim fell due.
    """

    years: int
    source: str
    from_year_end: bool = False

    def ends(self, due_on: date) -> date:
        """The last day by this period alone."""
        begins = date(due_on.year, 12, 31) if self.from_year_end else due_on
        leap = (begins.month, begins.day) == (2, 29)
        return begins.replace(year=begins.year + self.years, day=28 if leap else begins.day)


_PERIODS = {
    "AU": UsualPeriod(6, "the Limitation Acts of most states"),
    "AU-NT": UsualPeriod(3, "Limitation Act 1981 (NT) s 12"),
    "CA-ON": UsualPeriod(2, "Limitations Act, 2002 (Ontario) s 4"),
    "DE": UsualPeriod(3, "§§ 195, 199 BGB", from_year_end=True),
    "ES": UsualPeriod(5, "art. 1964 Código Civil"),
    "FR": UsualPeriod(5, "art. 2224 Code civil"),
    "GB": UsualPeriod(6, "Limitation Act 1980 s 5"),
    "GB-SCT": UsualPeriod(5, "Prescription and Limitation (Scotland) Act 1973 s 6"),
    "HK": UsualPeriod(6, "Limitation Ordinance (Cap. 347) s 4"),
    "IE": UsualPeriod(6, "Statute of Limitations 1957 s 11"),
    "IN": UsualPeriod(3, "Limitation Act 1963, Schedule"),
    "MY": UsualPeriod(6, "Limitation Act 1953 s 6"),
    "NL": UsualPeriod(5, "art. 3:307 BW"),
    "NZ": UsualPeriod(6, "Limitation Act 2010 s 11"),
    "SG": UsualPeriod(6, "Limitation Act 1959 s 6"),
}


def usual_period(country: str, region: str) -> UsualPeriod | None:
    """The general period at the customer's place, as far as this list knows one.

    Args:
        country: ISO 3166-1 alpha-2.
        region: ISO 3166-2, or empty.
    """
    return _PERIODS.get(region) or _PERIODS.get(country)
