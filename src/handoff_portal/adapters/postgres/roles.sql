-- The database roles of Handoff Portal, for demo, tests and production alike.
-- Run it as a superuser (or a managed service's administrator) while connected to the portal's database:
--     psql --dbname=handoff --file=roles.sql
-- It may be run again at any time. Needs PostgreSQL 15 or newer. It sets no passwords: see infra/database/README.md.
--
--   handoff_owner      runs the migrations, owns the tables
--   handoff_definer    cannot sign in; owns the SECURITY DEFINER functions
--   handoff_app        requests of signed-in people, held by row-level security
--   handoff_gate       sign-in, invitations and password resets
--   handoff_worker     mail, sweeps, and the cases of portfolios that somebody approved
--   handoff_sequencer  writes the log
do $$
declare
    wanted text;
begin
    foreach wanted in array array['handoff_owner', 'handoff_app', 'handoff_gate', 'handoff_worker',
                                  'handoff_sequencer', 'handoff_definer']
    loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
            execute format('create role %I', wanted);
        end if;
        execute format('alter role %I with %s inherit nocreatedb nocreaterole', wanted,
                       case wanted when 'handoff_definer' then 'nologin' else 'login' end);
    end loop;

    -- A managed service's administrator may not even name these attributes, so they are checked, not set.
    select string_agg(rolname, ', ') into wanted from pg_catalog.pg_roles
     where rolname like 'handoff\_%' and (rolsuper or rolbypassrls or rolreplication);
    if wanted is not null then
        raise exception 'These roles may not be superuser, BYPASSRLS or REPLICATION: %', wanted
            using hint = 'ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOREPLICATION, then run this file again.';
    end if;

    if current_database() not in ('postgres', 'template1') then
        execute format('alter database %I owner to handoff_owner', current_database());
        execute format('revoke all on database %I from public', current_database());
        execute format('grant connect on database %I to handoff_app, handoff_gate, handoff_worker, handoff_sequencer',
                       current_database());
    end if;
end
$$;

-- Migrations hand their SECURITY DEFINER functions over with "alter function … owner to handoff_definer".
grant handoff_definer to handoff_owner;

revoke all on schema public from public;
grant usage, create on schema public to handoff_owner, handoff_definer;
grant usage on schema public to handoff_app, handoff_gate, handoff_worker, handoff_sequencer;
