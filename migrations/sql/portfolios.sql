-- Portfolios: many accounts in one upload. Files are sealed objects; what was read from them waits here in sealed
-- chunks until somebody says that it shall be committed. The worker then writes whole chunks of cases.

create table portfolio (
    id uuid primary key,
    business_id uuid not null references organisation,
    state text not null check (state in ('uploading', 'checking', 'asking', 'waiting', 'committing', 'done',
                                         'cancelled', 'refused', 'failed')),
    wrapped bytea not null,
    key_version smallint not null,
    made_by uuid not null,
    made_at timestamptz not null,
    updated_at timestamptz not null,
    -- Who reads the file now, and until when nobody else may begin anew.
    lease uuid,
    leased_until timestamptz,
    attempts smallint not null default 0,
    phase_at timestamptz not null,
    rows_read integer not null default 0,
    accounts integer not null default 0,
    problems integer not null default 0,
    expected integer,
    -- Blind indexes of the references that a person left out; they stay out when the files are read anew.
    left_out bytea[] not null default '{}',
    reason text,
    sealed_answers bytea,
    sealed_summary bytea,
    approved_by uuid,
    approved_at timestamptz,
    with_exceptions boolean not null default false,
    sealed_exception bytea,
    -- The portal's code over who approved what; without it the worker makes no cases (signed-rows.md).
    approval_mac bytea check (octet_length(approval_mac) = 32),
    ended_at timestamptz,
    receipt_id uuid
);
create index portfolio_of_business on portfolio (business_id, made_at desc, id);
create index portfolio_at_work on portfolio (phase_at) where state in ('checking', 'committing');
create index portfolio_to_clear on portfolio (updated_at) where state in ('uploading', 'done', 'cancelled', 'refused',
                                                                         'failed');

create table portfolio_file (
    id uuid primary key,
    portfolio_id uuid not null references portfolio,
    business_id uuid not null,
    state text not null check (state in ('uploading', 'stored', 'cleared')),
    object_key text not null unique,
    size bigint not null default 0,
    sha256 bytea,
    sealed_name bytea not null,
    position smallint not null,
    made_at timestamptz not null
);
create index portfolio_file_by_portfolio on portfolio_file (portfolio_id, position);
create index portfolio_file_by_digest on portfolio_file (business_id, sha256) where sha256 is not null;

create table portfolio_chunk (
    portfolio_id uuid not null references portfolio,
    business_id uuid not null,
    number integer not null,
    state text not null check (state in ('staged', 'committed')),
    first_ordinal integer not null,
    accounts integer not null,
    sealed bytea,
    left_out integer[] not null default '{}',
    -- Blind indexes of its accounts' references, in their order: a paper is assigned by naming one.
    reference_indexes bytea[] not null default '{}',
    made integer not null default 0,
    adjusted integer not null default 0,
    unchanged integer not null default 0,
    skipped integer not null default 0,
    sealed_lines bytea,
    committed_at timestamptz,
    primary key (portfolio_id, number)
) with (toast_tuple_target = 8160);
alter table portfolio_chunk alter column sealed set storage external,
    alter column sealed_lines set storage external;

create table portfolio_finding (
    portfolio_id uuid not null references portfolio,
    business_id uuid not null,
    number integer not null,
    problems integer not null,
    bad_rows integer not null,
    sealed bytea not null,
    primary key (portfolio_id, number)
);
alter table portfolio_finding alter column sealed set storage external;

do $$
declare t text;
begin
    foreach t in array array['portfolio', 'portfolio_file', 'portfolio_chunk', 'portfolio_finding'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy app_read on %I for select to handoff_app using (business_id = (select ctx_org()))',
                       t);
        execute format('create policy worker_all on %I to handoff_worker using (true) with check (true)', t);
    end loop;
end $$;

grant select, insert on portfolio, portfolio_file to handoff_app;
grant update (state, phase_at, updated_at, left_out, sealed_answers, reason, approved_by, approved_at,
              with_exceptions, sealed_exception, approval_mac, ended_at) on portfolio to handoff_app;
grant update (state, size, sha256) on portfolio_file to handoff_app;
grant select, update (left_out) on portfolio_chunk to handoff_app;
grant select on portfolio_finding to handoff_app;
create policy app_add on portfolio for insert to handoff_app with check (
    business_id = (select ctx_org()) and made_by = (select ctx_person()) and (select ctx_kind()) = 'business');
create policy app_change on portfolio for update to handoff_app using (business_id = (select ctx_org()))
    with check (business_id = (select ctx_org()) and (approved_by is null or approved_by = (select ctx_person())
                                                      or state <> 'committing'));
create policy app_add on portfolio_file for insert to handoff_app with check (
    business_id = (select ctx_org())
    and exists (select 1 from portfolio p where p.id = portfolio_id and p.business_id = (select ctx_org())));
create policy app_change on portfolio_file for update to handoff_app using (business_id = (select ctx_org()))
    with check (business_id = (select ctx_org()));
create policy app_change on portfolio_chunk for update to handoff_app using (business_id = (select ctx_org()))
    with check (business_id = (select ctx_org()));

grant select, update on portfolio, portfolio_file to handoff_worker;
grant select, insert, update, delete on portfolio_chunk, portfolio_finding to handoff_worker;
grant select on portfolio to handoff_definer;
create policy definer on portfolio for select to handoff_definer using (true);

-- Accounts are judged by the policy of their business.
grant select on escalation_policy to handoff_worker;
create policy worker_read on escalation_policy for select to handoff_worker using (true);

-- The worker's own door to cases: it names one portfolio, and while that is being committed it may add cases, already
-- submitted and held by nobody, for the business that uploaded it, in the name of the person who said so. It can
-- neither read nor change what it wrote.
create function ctx_portfolio_business() returns uuid language sql stable security definer
set search_path = pg_catalog, public as
$$ select business_id from portfolio
   where id = nullif(current_setting('app.portfolio', true), '')::uuid and state = 'committing' $$;

create function ctx_portfolio_person() returns uuid language sql stable security definer
set search_path = pg_catalog, public as
$$ select approved_by from portfolio
   where id = nullif(current_setting('app.portfolio', true), '')::uuid and state = 'committing' $$;

grant insert on cases, case_grant, case_customer, claim, ledger_entry, communication, hold, contact_fact,
    judgement, readiness_override, receipt to handoff_worker;
create policy worker_import on cases for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and created_by = (select ctx_portfolio_person())
    and holder_id is null and state = 'ready'
    and portfolio_id = nullif(current_setting('app.portfolio', true), '')::uuid);
create policy worker_import on case_grant for insert to handoff_worker with check (
    org_id = (select ctx_portfolio_business()));
-- Each row's business is that of its case (case_rows.sql).
create policy worker_import on case_customer for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()));
create policy worker_import on claim for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()));
create policy worker_import on ledger_entry for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and recorded_by = (select ctx_portfolio_person()));
create policy worker_import on communication for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and org_id = (select ctx_portfolio_business())
    and recorded_by = (select ctx_portfolio_person()));
create policy worker_import on hold for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and org_id = (select ctx_portfolio_business())
    and placed_by = (select ctx_portfolio_person()));
create policy worker_import on contact_fact for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and org_id = (select ctx_portfolio_business())
    and recorded_by = (select ctx_portfolio_person()));
create policy worker_import on judgement for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()));
create policy worker_import on readiness_override for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and person_id = (select ctx_portfolio_person()));
create policy worker_import on receipt for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and case_id is null);

-- What the business has under these references already. While the portfolio is being read or committed, and of its
-- business only; locked when they may be changed.
create function known_accounts(wanted bytea[], to_change boolean)
returns table (reference_index bytea, case_id uuid, reference text, state text, currency char(3), costs bigint,
               interest bigint, fees bigint, principal bigint, stated_minor bigint)
language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
    business uuid;
begin
    select p.business_id into business from portfolio p
    where p.id = nullif(current_setting('app.portfolio', true), '')::uuid and p.state in ('checking', 'committing');
    if to_change then
        perform 1 from cases c where c.business_id = business and c.reference_index = any(wanted)
        order by c.id for update;
        if not found then return; end if;
    end if;
    return query select c.reference_index, c.id, c.reference, c.state, c.currency, c.costs, c.interest, c.fees,
                        c.principal, c.stated_minor
    from cases c where c.business_id = business and c.reference_index = any(wanted);
end
$$;

-- Moves balances by entries that are inserted beside it.
create function move_balances(wanted uuid[], costs bigint[], interest bigint[], fees bigint[], principal bigint[],
                              stated bigint[], at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
    moved bigint;
begin
    update cases c set costs = c.costs + t.co, interest = c.interest + t.i, fees = c.fees + t.f,
                       principal = c.principal + t.p, stated_minor = t.s, updated_at = $7
    from unnest($1, $2, $3, $4, $5, $6) as t(one, co, i, f, p, s)
    where c.id = t.one and c.business_id = ctx_portfolio_business() and c.state in ('ready', 'held');
    get diagnostics moved = row_count;
    if moved <> cardinality($1) then
        raise exception 'a balance of another portfolio or state' using errcode = 'insufficient_privilege';
    end if;
end
$$;

alter function ctx_portfolio_business() owner to handoff_definer;
alter function ctx_portfolio_person() owner to handoff_definer;
alter function known_accounts(bytea[], boolean) owner to handoff_definer;
alter function move_balances(uuid[], bigint[], bigint[], bigint[], bigint[], bigint[], timestamptz)
    owner to handoff_definer;
revoke all on function ctx_portfolio_business(), ctx_portfolio_person(), known_accounts(bytea[], boolean),
    move_balances(uuid[], bigint[], bigint[], bigint[], bigint[], bigint[], timestamptz) from public;
grant execute on function ctx_portfolio_business(), ctx_portfolio_person(), known_accounts(bytea[], boolean),
    move_balances(uuid[], bigint[], bigint[], bigint[], bigint[], bigint[], timestamptz) to handoff_worker;
