"""A line of a portfolio's receipt is written in the spelling in which receipts are checked."""

from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.intake.model.receipt import canonical
from handoff_portal.portfolios.actions.receipts import written
from handoff_portal.portfolios.model.portfolio import ReceiptLine


@given(st.integers(1, 10**7), st.text(), st.text(), st.text(), st.text())
def test_a_line_is_canonical_whatever_a_business_calls_its_account(
    ordinal: int, own: str, case: str, did: str, sha256: str
) -> None:
    said = {"account": ordinal, "reference": own, "case": case, "did": did, "sha256": sha256}
    assert written(ReceiptLine(ordinal, own, case, did, sha256)) == canonical(said)
