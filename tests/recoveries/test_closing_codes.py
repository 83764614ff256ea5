from dataclasses import replace

import pytest

from handoff_portal.cases.model.case import Balance
from handoff_portal.core.permissions import OrgKind
from handoff_portal.recoveries.model.closing import (
    RULES,
    CloseCode,
    Closing,
    Relationship,
    hindered,
    offered_codes,
)
from handoff_portal.recoveries.model.payments import (
    Payment,
    receive,
)
from handoff_portal.recoveries.model.summary import Summary, summarise
from recovery_values import (
    AGREED,
    B,
    G,
    a_case,
    a_report,
    by,
    claim,
    entry,
)


def a_summary(recovered: int = 0, open_: int = 1_170_00) -> Summary:
    case = a_case(Balance(principal=recovered + open_))
    entries, payments = [claim(case.balance)], list[Payment]()
    if recovered:
        payments = [receive(case, AGREED, a_report(recovered), by())]
        entries.append(entry(payments[0]))
    return summarise("SGD", entries, payments)


FIGURES = {
    "nothing paid": a_summary(),
    "part paid": a_summary(100_00, 70_00),
    "all paid": a_summary(100_00, 0),
}
PART = {"nothing paid", "part paid"}
FITS: dict[CloseCode, tuple[str, set[str]]] = {
    CloseCode.PAID: ("both", {"all paid"}),
    CloseCode.PARTIALLY_PAID: ("both", {"part paid"}),
    CloseCode.NO_PAYMENT: ("agency", {"nothing paid"}),
    CloseCode.NEVER_STARTED: ("both", {"nothing paid"}),
    CloseCode.INVALID_DATA: ("both", {"nothing paid"}),
    CloseCode.INSOLVENT: ("both", PART),
    CloseCode.DECEASED: ("both", PART),
    CloseCode.UNTRACEABLE: ("agency", PART),
    CloseCode.TIME_BARRED: ("both", PART),
    CloseCode.UNECONOMICAL: ("both", PART),
    CloseCode.DISPUTED: ("business", PART),
    CloseCode.SETTLEMENT_REFUSED: ("agency", PART),
    CloseCode.UNRESPONSIVE_BUSINESS: ("agency", PART),
    CloseCode.WITHDRAWN: ("business", PART),
    CloseCode.NO_AGENCY: ("nobody holds it", PART),
    CloseCode.OTHER: ("both", PART),
}


def test_the_table_of_closing_codes_is_whole() -> None:
    assert set(FITS) == set(RULES) == set(CloseCode)


@pytest.mark.parametrize("code", CloseCode)
@pytest.mark.parametrize("figures", FIGURES)
@pytest.mark.parametrize("side", [B, G])
def test_a_code_fits_its_side_and_its_figures(code: CloseCode, figures: str, side: OrgKind) -> None:
    who, which = FITS[code]
    expected = who in {"both", side.value} and figures in which
    assert (hindered(code, FIGURES[figures], side, held=True) == "") is expected


def test_that_no_agency_took_it_can_be_said_only_while_none_holds_it() -> None:
    assert CloseCode.NO_AGENCY in offered_codes(B, held=False)
    assert CloseCode.NO_AGENCY not in offered_codes(B, held=True)
    assert hindered(CloseCode.NO_AGENCY, FIGURES["nothing paid"], B, held=False) == ""


def test_another_reason_needs_words() -> None:
    closing = Closing(CloseCode.OTHER, Relationship.OPEN)
    assert "close_words" in closing.mistakes(FIGURES["part paid"], G, held=True)
    assert replace(closing, words="Moved abroad.").mistakes(FIGURES["part paid"], G, held=True) == {}


def test_paid_in_full_says_what_is_still_open() -> None:
    assert "SGD 70.00 is still open" in hindered(CloseCode.PAID, FIGURES["part paid"], G, held=True)
