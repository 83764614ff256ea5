"""No cell of any table that the portal gives back can be taken for a formula by a spreadsheet."""

import csv
import io
import re
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from handoff_builders import a_business, a_ready_case
from handoff_portal.adapters.parsing.tables import TableFacts
from handoff_portal.audit.standalone import layout
from handoff_portal.core.ids import OrgId
from handoff_portal.handoffs.model.splitting import Misfit, Why
from handoff_portal.handoffs.pages.splits import misfits_csv
from handoff_portal.portfolios.actions.downloads import bad_rows_file, template
from handoff_portal.portfolios.model.account import BadRow, Cell
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.lines import Head, Layout
from handoff_portal.web.portal import Portal

HEAD = Head(1, ("Reference", "=Name", "+Amount"), Layout.MAPPED)
STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
cells = st.one_of(
    texts,
    st.builds(lambda space, start, rest: space + start + rest, st.sampled_from(["", " ", "\t", "\n"]),
              st.sampled_from(STARTS), texts),
    st.integers(-(10**9), 10**9),
)  # fmt: skip
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=4)


def require_plain(table: list[list[str]]) -> None:
    """Every cell is text or a plain number, whatever it begins with."""
    for cell in (cell for row in table for cell in row):
        said = cell.strip()
        assert said[:1] not in set(STARTS) or NUMBER.fullmatch(said), repr(cell)
        assert cell[:1] not in {"\t", "\r", "\n"}, repr(cell)


@given(rows)
def test_rows_to_mend_hold_no_formula_as_csv(found: list[tuple[Cell, ...]]) -> None:
    bad = [BadRow(number, row, ("=wrong",)) for number, row in enumerate(found, start=2)]
    for separator in ",;\t|":
        facts = TableFacts("text", "utf-8", separator)
        file = bad_rows_file(facts, HEAD, bad)
        text = io.StringIO(file.content.decode("utf-8-sig"), newline="")
        require_plain(list(csv.reader(text, delimiter=separator)))


@given(rows)
def test_rows_to_mend_hold_no_formula_as_workbook(found: list[tuple[Cell, ...]]) -> None:
    bad = [BadRow(number, row, ("=wrong",)) for number, row in enumerate(found, start=2)]
    file = bad_rows_file(TableFacts("xlsx", sheet="Accounts"), HEAD, bad)
    with zipfile.ZipFile(io.BytesIO(file.content)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert not any(b"<f" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_templates_hold_no_formula() -> None:
    for sort in Sort:
        text = io.StringIO(template(sort, as_workbook=False).content.decode("utf-8-sig"), newline="")
        require_plain(list(csv.reader(text)))


def test_the_list_of_what_was_not_offered_holds_no_formula(portal: Portal) -> None:
    business = a_business(portal)
    case = a_ready_case(portal, business)
    agency = OrgId(business.actor.org)
    for start in STARTS:
        misfit = Misfit(case, agency, next(iter(Why)), f"{start}HYPERLINK(1)")
        file = misfits_csv([misfit], {agency: f"{start}cmd|' /C calc'!A0"})
        require_plain(list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))))


@given(texts, st.sampled_from("=+-@\t\r"))
def test_the_table_of_an_export_of_the_log_holds_no_formula(text: str, start: str) -> None:
    line = layout.table_line(3, {"at": start + text, "d": {start: text}}).decode()
    require_plain(list(csv.reader(io.StringIO(line, newline=""))))
