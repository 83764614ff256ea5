"""The third wall as the database has it: every table, right, policy and function is on a reviewed list."""

import psycopg

from handoff_portal.adapters.postgres.roles import LOGIN_ROLES
from security.catalogue import OWNER, functions, grants, policies, tables
from security.reviewed import require_reviewed

NOT_OURS = {"alembic_version"}
"""The migration tool's own table: no role but the owner may touch it."""

SETTINGS = ("search_path=pg_catalog, public", "search_path=pg_catalog, public; enable_seqscan=off")
"""Names are looked up where nobody can put others; those that ask for a row's case never read all cases."""

Database = psycopg.Connection


def test_every_table_has_row_level_security_that_binds_its_owner_too(administrator: Database) -> None:
    for name, on, forced, owner, number in tables(administrator):
        if name not in NOT_OURS:
            assert (on, forced, owner) == (True, True, OWNER), name
            assert number, f"{name} has no policy"


def test_the_migration_tools_table_is_for_the_owner_alone(administrator: Database) -> None:
    assert not [row for row in grants(administrator) if row["table"] in NOT_OURS]


def test_every_right_on_a_table_is_reviewed(administrator: Database) -> None:
    require_reviewed("grants.csv", grants(administrator), keys=2)


def test_every_policy_is_reviewed(administrator: Database) -> None:
    require_reviewed("policies.csv", policies(administrator), keys=2)


def test_every_function_and_its_callers_are_reviewed(administrator: Database) -> None:
    require_reviewed("functions.csv", functions(administrator), keys=1)


def test_functions_with_rights_of_their_own_belong_to_a_role_that_cannot_sign_in(
    administrator: Database,
) -> None:
    lent = [row for row in functions(administrator) if row["runs_as"] != "caller"]
    assert lent
    for row in lent:
        assert row["runs_as"] == "handoff_definer", row
        assert row["settings"] in SETTINGS, row
        assert "everybody" not in row["callers"], row
    can = administrator.execute(
        "select rolcanlogin from pg_roles where rolname = 'handoff_definer'"
    ).fetchone()
    assert can == (False,)


def test_a_right_without_a_policy_for_it_is_not_given(administrator: Database) -> None:
    """Rows would be refused all the same; the right would only wait for a mistake in a policy."""
    allowed = {
        (row["table"], role, command)
        for row in policies(administrator)
        for role in row["roles"].split()
        for command in (
            ["select", "insert", "update", "delete"] if row["command"] == "all" else [row["command"]]
        )
    }
    idle = [
        f"{row['role']} may {right} {row['table']}"
        for row in grants(administrator)
        for right in ("select", "insert", "update", "delete")
        if row[right]
        and (row["table"], row["role"], right) not in allowed
        and (row["table"], "everybody", right) not in allowed
    ]
    assert idle == []


def test_no_role_of_the_portal_can_step_around_the_policies(administrator: Database) -> None:
    query = """
        select rolname from pg_roles where rolname like 'handoff\\_%'
        and (rolsuper or rolbypassrls or rolreplication or rolcreaterole or rolcreatedb)
    """
    assert administrator.execute(query).fetchall() == []
    members = "select pg_get_userbyid(roleid), pg_get_userbyid(member) from pg_auth_members"
    lent = {row for row in administrator.execute(members) if row[0].startswith("handoff_")}
    assert {member for _, member in lent if member.startswith("handoff_")} == {OWNER}
    for role in LOGIN_ROLES:
        creates = administrator.execute(
            "select has_schema_privilege(%s, 'public', 'create')", [role]
        ).fetchone()
        assert creates == (role == OWNER,), role


def test_no_view_shows_rows_with_its_owners_eyes(administrator: Database) -> None:
    query = """
        select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
        and not coalesce(reloptions @> array['security_invoker=true'], false)
    """
    assert administrator.execute(query).fetchall() == []
