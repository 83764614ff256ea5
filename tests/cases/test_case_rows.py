"""Rows of a case without a foreign key: each has its case, of its business, and no case goes before them."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from psycopg import sql
from psycopg.errors import FeatureNotSupported, ForeignKeyViolation, InsufficientPrivilege

from case_rows import TABLES, Ground, a_house, some_cases
from handoff_portal.adapters.postgres import EmbeddedPostgres

ROADS = ("owner", "app", "worker")
ADD_CASE = """
insert into cases (id, business_id, reference, state, turn, created_by, portfolio_id, created_at, updated_at)
values (gen_random_uuid(), %s, gen_random_uuid(), %s, 'business', %s, %s, now(), now())
"""
TIED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'case_id'
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
  and not exists (select from pg_constraint f where f.conrelid = c.oid and f.confrelid = 'cases'::regclass)
order by 1
"""
LOOSE = {"audit_event", "case_counter", "portfolio_paper"}
"""The log and its numbers outlive a case; a paper's case is put there while its rows are committed."""


@pytest.fixture(scope="module")
def ground(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Ground]:
    made = Ground(postgres, "case_rows", migrated)
    with made.owner:
        yield made


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_the_businesss_own_case_is_taken(ground: Ground, table: str, road: str) -> None:
    cases = ground.cases(3, table)
    with ground.along(road) as connection:
        assert ground.add(connection, table, cases) == 3


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_no_case_or_of_somebody_elses_is_refused_with_all_that_came_along(
    ground: Ground, table: str, road: str
) -> None:
    """A signed-in person is stopped by the policies already, which ask for the case's key."""
    cases = ground.cases(499, table)
    (theirs,) = some_cases(ground.owner, a_house(ground.owner).org)
    refusal = InsufficientPrivilege if road == "app" else ForeignKeyViolation
    with ground.along(road) as connection:
        for astray in (uuid4(), theirs):
            for place in (0, 250, 499):
                with pytest.raises(refusal), connection.transaction():
                    ground.add(connection, table, [*cases[:place], astray, *cases[place:]])
        assert ground.add(connection, table, cases) == 499


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_the_right_case_under_another_business_is_refused(
    ground: Ground, table: str, road: str
) -> None:
    cases, other = ground.cases(1, table), a_house(ground.owner).org
    free = ("ledger_entry", "communication")  # their policies for pages leave the business to the case
    past_policies = road == "owner" or (road == "app" and table in free)
    refusal = ForeignKeyViolation if past_policies else InsufficientPrivilege
    with ground.along(road) as connection, pytest.raises(refusal):
        ground.add(connection, table, cases, other)


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_cases_of_the_same_transaction_are_held_to_the_same(ground: Ground, table: str) -> None:
    with ground.along("owner") as connection:
        mine = some_cases(connection, ground.house.org, 2)
        (theirs,) = some_cases(connection, a_house(connection).org)
        assert ground.add(connection, table, mine) == 2
        for astray in (theirs, uuid4()):
            with pytest.raises(ForeignKeyViolation), connection.transaction():
                ground.add(connection, table, [*some_cases(connection, ground.house.org), astray])


def test_a_grant_is_for_the_business_of_the_case_or_its_holder(ground: Ground) -> None:
    holder, stranger = a_house(ground.owner).org, a_house(ground.owner).org
    held = some_cases(ground.owner, ground.house.org, state="held", holder=holder)
    with ground.along("owner") as connection:
        assert ground.add(connection, "case_grant", held, holder) == 1
        with pytest.raises(ForeignKeyViolation):
            ground.add(connection, "case_grant", held, stranger)


@pytest.mark.parametrize("table", TABLES)
def test_a_case_is_not_removed_while_it_has_rows(ground: Ground, table: str) -> None:
    owner, cases = ground.owner, ground.cases(2)
    ground.add(owner, table, cases[1:])
    with pytest.raises(ForeignKeyViolation):
        owner.execute("delete from cases where id = any(%s)", [cases])
    assert owner.execute("select count(*) from cases where id = any(%s)", [cases]).fetchone() == (2,)
    owner.execute(sql.SQL("delete from {} where case_id = %s").format(sql.Identifier(table)), cases[1:])
    assert owner.execute("delete from cases where id = any(%s)", [cases]).rowcount == 2


def test_a_signed_in_person_discards_a_draft_after_its_rows(ground: Ground) -> None:
    (draft,) = ground.cases(1, "claim")
    with ground.along("app") as connection:
        with pytest.raises(ForeignKeyViolation), connection.transaction():
            connection.execute("delete from cases where id = %s", [draft])
        connection.execute("delete from case_grant where case_id = %s", [draft])
        assert connection.execute("delete from cases where id = %s", [draft]).rowcount == 1


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_case_is_not_removed_on_an_old_view_of_its_rows(ground: Ground, level: str) -> None:
    with ground.along("owner") as connection:
        connection.execute(f"set transaction isolation level {level}".encode())
        with pytest.raises(FeatureNotSupported):
            connection.execute("delete from cases where id = any(%s)", [ground.cases(1)])


@pytest.mark.parametrize("table", ["cases", *TABLES])
def test_neither_rows_nor_cases_move(ground: Ground, table: str) -> None:
    changes = [
        sql.SQL("update {} set {} = gen_random_uuid()").format(sql.Identifier(table), sql.Identifier(column))
        for column in ("id" if table == "cases" else "case_id", _business_in(table))
    ]
    if table == "cases":
        changes.append(sql.SQL("truncate {} cascade").format(sql.Identifier(table)))
    for change in changes:
        with pytest.raises(ForeignKeyViolation):
            ground.owner.execute(change)


def _business_in(table: str) -> str:
    return "org_id" if table == "case_grant" else "business_id"


def test_every_table_that_names_cases_is_tied_to_them_in_one_of_the_two_ways(ground: Ground) -> None:
    assert {row[0] for row in ground.owner.execute(TIED)} == LOOSE | set(TABLES)


@pytest.mark.parametrize(
    ("road", "state", "whose", "taken"),
    [
        ("app", "draft", "none", True),
        ("app", "draft", "its own", False),
        ("worker", "ready", "its own", True),
        ("worker", "ready", "none", False),
        ("worker", "ready", "unknown", False),
    ],
)
def test_nobody_but_the_worker_adds_a_case_to_a_portfolio(
    ground: Ground, road: str, state: str, whose: str, *, taken: bool
) -> None:
    house = ground.house
    portfolio = {"none": None, "its own": house.portfolio, "unknown": uuid4()}[whose]
    with ground.along(road) as connection:
        values = [house.org, state, house.person, portfolio]
        if taken:
            assert connection.execute(ADD_CASE, values).rowcount == 1
        else:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(ADD_CASE, values)
