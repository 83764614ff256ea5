"""What the database itself says of its tables, rights and functions (PostgreSQL, system catalogs)."""

from collections import defaultdict

import psycopg

Rows = list[dict[str, str]]

OWNER = "handoff_owner"

_TABLES = """
select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner),
       (select count(*) from pg_policy p where p.polrelid = c.oid)
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1
"""
_GRANTS = """
select c.relname, case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end,
       a.privilege_type, ''
from pg_class c cross join lateral aclexplode(c.relacl) a
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and a.grantee <> c.relowner
union all
select c.relname, case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end,
       a.privilege_type, t.attname
from pg_attribute t join pg_class c on c.oid = t.attrelid cross join lateral aclexplode(t.attacl) a
where c.relnamespace = 'public'::regnamespace and not t.attisdropped and a.grantee <> c.relowner
order by 1, 2, 3, 4
"""
_POLICIES = """
select c.relname, p.polname, p.polcmd::text,
       (select string_agg(case r when 0 then 'everybody' else pg_get_userbyid(r) end, ' ' order by 1)
        from unnest(p.polroles) r)
from pg_policy p join pg_class c on c.oid = p.polrelid order by 1, 2
"""
_FUNCTIONS = """
select p.oid::regprocedure::text, pg_get_userbyid(p.proowner), p.prosecdef,
       coalesce(array_to_string(p.proconfig, '; '), ''),
       (select string_agg(distinct case a.grantee when 0 then 'everybody'
                                   else pg_get_userbyid(a.grantee) end, ' ')
        from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner)
from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1
"""
_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


def tables(connection: psycopg.Connection) -> list[tuple[str, bool, bool, str, int]]:
    """Every table: name, row-level security on, forced, owner, number of policies."""
    return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(_TABLES)]


def grants(connection: psycopg.Connection) -> Rows:
    """One row per table and role other than the owner; a right on some columns names them."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table, role, privilege, column in connection.execute(_GRANTS):
        found[table, role][privilege.lower()].append(column)
    rights = ("select", "insert", "update", "delete")
    return [
        {"table": table, "role": role}
        | {right: _columns(has.get(right)) for right in rights}
        | {"other": " ".join(sorted(set(has) - set(rights)))}
        for (table, role), has in sorted(found.items())
    ]


def policies(connection: psycopg.Connection) -> Rows:
    """One row per policy: which rows is for the migration to say."""
    return [
        {"table": table, "policy": name, "command": _COMMANDS[command], "roles": roles}
        for table, name, command, roles in connection.execute(_POLICIES)
    ]


def functions(connection: psycopg.Connection) -> Rows:
    """One row per function: whose rights it uses, where it looks names up, who may call it."""
    return [
        {
            "function": name,
            "runs_as": owner if definer else "caller",
            "settings": settings,
            "callers": " ".join(sorted((callers or "").split())),
        }
        for name, owner, definer, settings, callers in connection.execute(_FUNCTIONS)
    ]


def _columns(named: list[str] | None) -> str:
    if named is None:
        return ""
    return "all" if "" in named else " ".join(named)
