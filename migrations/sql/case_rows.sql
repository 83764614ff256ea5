-- What every imported account fills names its case without a foreign key. The same promise is asked once a statement:
-- no row without its case, and of its case's business; no case removed under its rows (docs/decisions/case-rows.md).

-- Cases that this transaction wrote cannot go before it ends; of others a row's case is locked as a foreign key
-- would, so that a draft is not discarded meanwhile. Looked up one by one by their ids, whatever the planner knew of
-- the table when it planned this: sessions live through a table's growth.
create function require_case() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_seqscan = off as $$
declare
    astray uuid;
begin
    select w.case_id into astray
    from (select distinct a.case_id, a.business_id from added a order by a.case_id) w
    where w.business_id is distinct from coalesce(
        (select c.business_id from cases c where c.id = w.case_id and c.xmin = pg_current_xact_id()::xid),
        (select c.business_id from cases c where c.id = w.case_id for key share));
    if found then
        raise exception 'a row of % names case %, which its business does not have', tg_table_name, astray
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;

-- A case is opened by its business and by who holds it.
create function require_case_of_grant() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_seqscan = off as $$
declare
    astray uuid;
begin
    select w.case_id into astray
    from (select a.case_id, a.org_id from added a order by a.case_id) w
    where coalesce(
        (select w.org_id in (c.business_id, coalesce(c.holder_id, c.business_id)) from cases c
         where c.id = w.case_id and c.xmin = pg_current_xact_id()::xid),
        (select w.org_id in (c.business_id, coalesce(c.holder_id, c.business_id)) from cases c
         where c.id = w.case_id for key share)) is not true;
    if found then
        raise exception 'a grant of case % is for neither its business nor its holder', astray
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;

-- The other side: a case goes after its rows. Only with the snapshot of a later statement are those seen that were
-- added while the removal waited for them.
create function require_no_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    kept uuid;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'cases are removed in transactions that are read committed' using errcode = 'feature_not_supported';
    end if;
    execute format('select r.id from removed r join %I x on x.case_id = r.id limit 1', tg_argv[0]) into kept;
    if kept is not null then
        raise exception 'case % still has rows in %', kept, tg_argv[0] using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;

create function refuse_leaving() returns trigger language plpgsql as
$$ begin raise exception '% on % is refused: rows stay with their case, and cases with their business', tg_op,
       tg_table_name using errcode = 'foreign_key_violation'; end $$;

alter function require_case() owner to handoff_definer;
alter function require_case_of_grant() owner to handoff_definer;
alter function require_no_rows() owner to handoff_definer;
revoke all on function require_case(), require_case_of_grant(), require_no_rows(), refuse_leaving() from public;

do $$
declare t text;
begin
    foreach t in array array['case_grant', 'case_customer', 'claim', 'ledger_entry', 'communication', 'judgement'] loop
        execute format('create trigger of_a_case after insert on %I referencing new table as added '
                       'for each statement execute function %I()', t,
                       case t when 'case_grant' then 'require_case_of_grant' else 'require_case' end);
        execute format('create trigger stay before update of case_id, %I on %I for each statement '
                       'execute function refuse_leaving()',
                       case t when 'case_grant' then 'org_id' else 'business_id' end, t);
        execute format('create trigger after_its_%s after delete on cases referencing old table as removed '
                       'for each statement execute function require_no_rows(%L)', t, t);
    end loop;
end $$;
create trigger stay before update of id, business_id or truncate on cases for each statement
    execute function refuse_leaving();

grant select (case_id) on claim, ledger_entry, judgement to handoff_definer;
create policy definer on claim for select to handoff_definer using (true);
create policy definer on ledger_entry for select to handoff_definer using (true);
create policy definer on judgement for select to handoff_definer using (true);
