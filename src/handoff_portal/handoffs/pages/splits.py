"""Reading how a selection is shared out, and the misfits as a file that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import OrgId
from handoff_portal.core.jurisdictions import country_names
from handoff_portal.handoffs.model.preview import AMOUNT_STEPS
from handoff_portal.handoffs.model.splitting import WHY_WORDS, Misfit, Split, SplitBy, key_of
from handoff_portal.web.forms import Form

SPLITS = [
    (SplitBy.EVERY, "Each case to every agency", "The first to accept gets it."),
    (SplitBy.SHARE, "A share for each agency", "Each case to one of them, small and large ones alike."),
    (SplitBy.COUNTRY, "By country", ""),
    (SplitBy.AMOUNT, "By the amount open", ""),
]
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")  # wide signs too (OWASP, CSV injection)
_HEAD = ("reference", "country", "amount", "currency", "agency", "reason", "what_is_missing")


def read_split(form: Form, agencies: Sequence[OrgId]) -> Split:
    """The rule as typed; mistakes are noted in the form."""
    by = form.choice("split", SplitBy) if form.value("split") else SplitBy.EVERY
    if by is SplitBy.SHARE:
        return Split(by, shares={agency: _share(form, agency) for agency in agencies})
    prefix = f"{by.value}_"
    names = [name for name in form.names() if name.startswith(prefix)]
    chosen = {name.removeprefix(prefix): _agencies(form.values(name)) for name in names}
    return Split(by, chosen=chosen if by in {SplitBy.COUNTRY, SplitBy.AMOUNT} else {})


def parts_of(cases: Iterable[Case], by: SplitBy) -> list[tuple[str, str, int]]:
    """The parts that a rule by country or amount has: field, words, number of cases."""
    counts: dict[str, int] = {}
    for case in cases:
        key = key_of(case, by)
        counts[key] = counts.get(key, 0) + 1
    if by is SplitBy.COUNTRY:
        names: Mapping[str, str] = country_names()
        found = [(f"country_{key}", names.get(key, key), number) for key, number in counts.items()]
        return sorted(found, key=lambda part: part[1])
    return [
        (f"amount_{key}", _band_words(int(key)), number)
        for key, number in sorted(counts.items(), key=lambda part: int(part[0]))
    ]


def misfits_csv(misfits: Iterable[Misfit], names: Mapping[OrgId, str]) -> bytes:
    """One line for each misfit; UTF-8 with a byte-order mark, as spreadsheets expect it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for one in misfits:
        agency = names.get(one.agency, "") if one.agency else ""
        case = one.case
        cells = (case.reference, case.country or "", str(case.balance.total), case.currency or "")
        writer.writerow(map(_plain, (*cells, agency, WHY_WORDS[one.why], one.say)))
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A cell that is text whatever it begins with (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _share(form: Form, agency: OrgId) -> int:
    return form.number(f"part_{agency.hex}", most=100, default=0)


def _agencies(typed: Iterable[str]) -> tuple[OrgId, ...]:
    found = []
    for one in typed:
        try:
            found.append(OrgId(UUID(one)))
        except ValueError:
            continue
    return tuple(found)


def _band_words(step: int) -> str:
    if step == 0:
        return f"Less than {AMOUNT_STEPS[0]:,}"
    if step == len(AMOUNT_STEPS):
        return f"{AMOUNT_STEPS[-1]:,} or more"
    return f"{AMOUNT_STEPS[step - 1]:,} to {AMOUNT_STEPS[step]:,}"
