"""A whole selection of cases and several agencies: who is offered what, by which rule, what fits nobody."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import islice

from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.refusals import Invalid
from handoff_portal.handoffs.model.preview import AMOUNT_STEPS, amount_band, step_of

WHOLE = 100


class SplitBy(StrEnum):
    """How cases are shared out."""

    EVERY = "every"
    SHARE = "share"
    COUNTRY = "country"
    AMOUNT = "amount"


class Why(StrEnum):
    """Why a case of the selection is not offered."""

    LICENCE = "licence"
    OFFERED = "offered"
    NOBODY = "nobody"


WHY_WORDS: dict[Why, str] = {
    Why.LICENCE: "The agency has no valid licence for it",
    Why.OFFERED: "The agency has an open offer of it already",
    Why.NOBODY: "No agency was chosen for its country or amount",
}
"""How a reason is called on pages."""


@dataclass(frozen=True, slots=True)
class Split:
    """The rule.

    Attributes:
        shares: Agency to its part in percent; for `SHARE`, where they add up to 100.
        chosen: Country code or number of the amount band to its agencies; for `COUNTRY` and `AMOUNT`.
    """

    by: SplitBy = SplitBy.EVERY
    shares: Mapping[OrgId, int] = field(default_factory=dict)
    chosen: Mapping[str, tuple[OrgId, ...]] = field(default_factory=dict)

    def require_sound(self, agencies: Sequence[OrgId]) -> None:
        """Refuse shares that do not make a whole.

        Raises:
            Invalid: At the field `split`.
        """
        total = sum(self.shares.get(agency, 0) for agency in agencies)
        if self.by is SplitBy.SHARE and total != WHOLE:
            raise Invalid({"split": f"The shares add up to {total}%. Make them 100% together."})
        if self.by in {SplitBy.COUNTRY, SplitBy.AMOUNT} and not any(self.chosen.values()):
            raise Invalid({"split": "Tick which agencies get which part."})


@dataclass(frozen=True, slots=True)
class Misfit:
    """A case that is not offered to an agency.

    Attributes:
        agency: None where no agency was meant.
        say: What is missing, for a reader.
    """

    case: Case
    agency: OrgId | None
    why: Why
    say: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is offered what.

    Attributes:
        pairs: Case and agency, in the order of the cases.
    """

    pairs: tuple[tuple[Case, OrgId], ...]
    misfits: tuple[Misfit, ...]

    @property
    def cases(self) -> int:
        """How many different cases are offered."""
        return len({case.id for case, _ in self.pairs})

    @property
    def mark(self) -> str:
        """What a plan comes to; the same for exactly these cases and agencies."""
        each = sorted(case.id.bytes + agency.bytes for case, agency in self.pairs)
        return f"{len(each)}-{sha256(b''.join(each)).hexdigest()[:32]}"

    def parted(self, most: int) -> "tuple[Plan, Plan]":
        """All offers of the first so many cases, and the rest; misfits stay with the rest."""
        first = set(islice(dict.fromkeys(case.id for case, _ in self.pairs), most))
        now = tuple(pair for pair in self.pairs if pair[0].id in first)
        later = tuple(pair for pair in self.pairs if pair[0].id not in first)
        return Plan(now, ()), Plan(later, self.misfits)

    def reasons(self) -> list[tuple[Why, int]]:
        """Reasons with the number of their misfits, the most frequent first."""
        return Counter(one.why for one in self.misfits).most_common()

    def of_agency(self, agency: OrgId) -> list[Case]:
        """What one agency is offered."""
        return [case for case, given in self.pairs if given == agency]


def key_of(case: Case, by: SplitBy) -> str:
    """What a rule by country or amount looks at: the country, or the number of the amount band from 0."""
    if by is SplitBy.COUNTRY:
        return case.country or ""
    return str(step_of(amount_band(case.balance.total, case.currency or ""), AMOUNT_STEPS))


def share_out(
    cases: Iterable[Case],
    agencies: Sequence[OrgId],
    split: Split,
    why_not: Callable[[Case, OrgId], str],
    offered: AbstractSet[tuple[CaseId, OrgId]],
    dealt: Mapping[OrgId, int] | None = None,
) -> Plan:
    """Share cases out; the licence gate is asked for each case and agency.

    Args:
        dealt: How many cases agencies got in earlier parts of the same selection.
        why_not: What an agency misses for a case; empty if it may take it today.
        offered: Cases and agencies with an open offer.
    """

    def hindrance(case: Case, agency: OrgId) -> Misfit | None:
        if (case.id, agency) in offered:
            return Misfit(case, agency, Why.OFFERED, WHY_WORDS[Why.OFFERED])
        say = why_not(case, agency)
        return Misfit(case, agency, Why.LICENCE, say) if say else None

    if split.by is SplitBy.SHARE:
        return _by_share(cases, agencies, split.shares, hindrance, Counter(dealt or {}))
    pairs: list[tuple[Case, OrgId]] = []
    misfits: list[Misfit] = []
    for case in cases:
        meant = agencies if split.by is SplitBy.EVERY else split.chosen.get(key_of(case, split.by), ())
        wanted = [agency for agency in agencies if agency in meant]
        if not wanted:
            misfits.append(Misfit(case, None, Why.NOBODY, WHY_WORDS[Why.NOBODY]))
        for agency in wanted:
            misfit = hindrance(case, agency)
            if misfit is None:
                pairs.append((case, agency))
            else:
                misfits.append(misfit)
    return Plan(tuple(pairs), tuple(misfits))


def _by_share(
    cases: Iterable[Case],
    agencies: Sequence[OrgId],
    shares: Mapping[OrgId, int],
    hindrance: Callable[[Case, OrgId], Misfit | None],
    given: Counter[OrgId],
) -> Plan:
    """Each case goes to one agency: of those that may take it, the one that is furthest behind its share.

    Cases are dealt out by country and size, so that every agency gets small and large ones alike.
    """
    before = given.total()
    wanted = [agency for agency in agencies if shares.get(agency)]
    pairs: list[tuple[Case, OrgId]] = []
    misfits: list[Misfit] = []
    for case in sorted(cases, key=lambda one: (one.country or "", one.currency or "", -one.balance.total)):
        dealt = before + len(pairs) + 1
        order = sorted(wanted, key=lambda one: given[one] * WHOLE - shares[one] * dealt)
        hindered = [hindrance(case, agency) for agency in order]
        taker = next((a for a, misfit in zip(order, hindered, strict=True) if misfit is None), None)
        if taker is not None:
            given[taker] += 1
            pairs.append((case, taker))
        elif hindered and hindered[0] is not None:
            misfits.append(hindered[0])
    return Plan(tuple(pairs), tuple(misfits))
