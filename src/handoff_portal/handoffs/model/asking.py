"""Which cases are meant when a whole selection is offered: the filters of the queue, as in its address."""

from collections.abc import Mapping
from uuid import UUID

from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.listing import Wanted

_LONGEST_SEARCH = 80
_COUNTRY = 2
NAMES = ("q", "state", "turn", "hold", "country", "portfolio")


def read_filter(query: Mapping[str, str]) -> Wanted:
    """The filters of the queue without order and place; what makes no sense is left out."""
    country, state = query.get("country", "").upper(), query.get("state", "")
    return Wanted(
        state=CaseState(state) if state in set(CaseState) else None,
        my_turn=query.get("turn") == "mine",
        on_hold=query.get("hold") == "yes",
        country=country if len(country) == _COUNTRY and country.isascii() and country.isalpha() else "",
        portfolio=read_id(query.get("portfolio", "")),
        search=query.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH],
    )


def write_filter(wanted: Wanted) -> list[tuple[str, str]]:
    """The reverse, for hidden fields and addresses; only what is set."""
    said = {
        "q": wanted.search,
        "state": wanted.state.value if wanted.state else "",
        "turn": "mine" if wanted.my_turn else "",
        "hold": "yes" if wanted.on_hold else "",
        "country": wanted.country,
        "portfolio": str(wanted.portfolio or ""),
    }
    return [(name, value) for name, value in said.items() if value]


def read_id(text: str) -> UUID | None:
    """An id of an address; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
