-- Cases and who can read them. Access is holding a grant: the case key wrapped for one organisation. Rows here belong to
-- their case without a foreign key: case_rows.sql sees to it.

create table cases (
    id uuid primary key,
    -- Policies let everybody add cases of their own organisation only, and none is ever deleted; a foreign key would
    -- ask again for each of thousands of rows, all of them locking the same one.
    business_id uuid not null,
    reference text not null unique,
    state text not null check (state in ('draft', 'ready', 'offered', 'held', 'closed')),
    holder_id uuid references organisation,
    turn text not null check (turn in ('business', 'agency', 'nobody')),
    turn_until timestamptz,
    debtor_type text check (debtor_type in ('company', 'private')),
    country char(2),
    region text,
    currency char(3),
    claim_type text,
    time_zone text,
    oldest_due_on date,
    principal bigint not null default 0,
    interest bigint not null default 0,
    fees bigint not null default 0,
    costs bigint not null default 0,
    open_minor bigint generated always as (principal + interest + fees + costs) stored,
    reference_index bytea,
    -- The upload that it came with; null for one that somebody typed in. No foreign key: only the worker's policy lets one
    -- in, that of a portfolio being committed, and none is ever deleted.
    portfolio_id uuid,
    -- What the business said last was open: at submission, or in a later file. A file that says the same changes nothing.
    stated_minor bigint,
    -- Until when contact rests (contacts.sql keeps it): infinity while only lifting ends it, null without a hold.
    rests_until timestamptz,
    -- When a call would be allowed, as the contact guard worked it out under these rules; the list shows it unopened.
    -- Unknown or past its end it is worked out anew (contacts.sql forgets it when another case of the customer changes).
    call_open tstzmultirange,
    call_known_until timestamptz,
    call_basis text,
    key_version smallint not null default 1,
    sealed_heading bytea,
    sealed_identity bytea,
    sealed_terms bytea,
    sealed_draft bytea,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    submitted_at timestamptz,
    closed_at timestamptz,
    close_code text,
    relationship_kept text,
    unique (business_id, id),
    unique (business_id, reference_index)
);
-- The queue walks one index from where the page begins, whatever its filter and order (store/listing.py).
create index cases_of_business on cases (business_id, updated_at desc, id desc);
create index cases_of_business_by_deadline on cases (business_id, (coalesce(turn_until, 'infinity')), id);
create index cases_of_business_by_amount on cases (business_id, open_minor desc, id desc);
-- With the holder, whom the policy asks for: cases of a state are counted from the index alone.
create index cases_of_business_by_state on cases (business_id, state, updated_at desc, id desc) include (holder_id);
create index cases_of_business_by_turn on cases (business_id, turn, (coalesce(turn_until, 'infinity')), id);
create index cases_of_business_by_country on cases (business_id, country, updated_at desc, id desc);
create index cases_of_portfolio on cases (portfolio_id, updated_at desc, id desc) where portfolio_id is not null;
create index cases_of_business_resting on cases (business_id, updated_at desc, id desc) where rests_until is not null;
create index cases_of_holder on cases (holder_id, updated_at desc, id desc) where holder_id is not null;
create index cases_of_holder_by_amount on cases (holder_id, open_minor desc, id desc) where holder_id is not null;
create index cases_of_holder_by_deadline on cases (holder_id, (coalesce(turn_until, 'infinity')), id)
    where holder_id is not null;
create index cases_of_holder_by_turn on cases (holder_id, turn, (coalesce(turn_until, 'infinity')), id)
    where holder_id is not null;
create index cases_of_holder_by_country on cases (holder_id, country, updated_at desc, id desc)
    where holder_id is not null;
create index cases_of_holder_by_business on cases (holder_id, business_id) where holder_id is not null;
create index cases_of_holder_resting on cases (holder_id, updated_at desc, id desc)
    where holder_id is not null and rests_until is not null;

create table case_grant (
    case_id uuid not null,
    -- One's own organisation, or the agency of an offer (handoffs.sql); as with cases.business_id.
    org_id uuid not null,
    key_version smallint not null,
    wrapped bytea not null,
    granted_at timestamptz not null,
    primary key (case_id, org_id, key_version)
);

create table claim (
    case_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    position smallint not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    currency char(3) not null,
    issued_on date,
    due_on date,
    principal bigint not null,
    interest bigint not null default 0,
    fees bigint not null default 0,
    costs bigint not null default 0,
    -- Read with their case and never without it.
    primary key (case_id, id)
);

-- The account: every change of the balance is an entry; the sums of the entries are the buckets of the case.
create table ledger_entry (
    case_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    kind text not null check (kind in ('claim', 'credit_note', 'paid_before', 'payment', 'direct_payment',
                                       'reversal', 'adjustment', 'write_off')),
    currency char(3) not null,
    principal bigint not null default 0,
    interest bigint not null default 0,
    fees bigint not null default 0,
    costs bigint not null default 0,
    effective_on date not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    source_id uuid,
    primary key (case_id, id)
);

-- Which cases of a business are of the same customer, by blind indexes under the business's own key. Nobody reads it
-- but contacts_with_customer() (contacts.sql), which counts contacts over all of them.
create table case_customer (
    case_id uuid not null,
    business_id uuid not null,
    index bytea not null check (octet_length(index) = 16),
    primary key (case_id, index)
);
create index case_customer_by_index on case_customer (index);

-- What is sealed looks like noise: trying to compress it would only cost time.
alter table cases alter column sealed_heading set storage external, alter column sealed_identity set storage external,
    alter column sealed_terms set storage external, alter column sealed_draft set storage external;
alter table case_grant alter column wrapped set storage external;

do $$
declare t text;
begin
    foreach t in array array['cases', 'case_grant', 'case_customer', 'claim', 'ledger_entry'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

-- A case keeps its business, reference and maker for good; who holds it is decided by accept_offer() and end_handoff().
grant select, insert, delete,
      update (state, turn, turn_until, debtor_type, country, region, currency, claim_type, time_zone, oldest_due_on,
              principal, interest, fees, costs, reference_index, stated_minor, rests_until, call_open, call_known_until, call_basis, key_version, sealed_heading,
              sealed_identity, sealed_terms, sealed_draft, updated_at, submitted_at, closed_at, close_code,
              relationship_kept) on cases to handoff_app;
-- As a case expression, because the planner would multiply the selectivity of an "or" with that of the query's own
-- filter, expect a handful of rows, and sort all of them instead of walking the index that has the order.
create policy app_read on cases for select to handoff_app using (
    case when business_id = (select ctx_org()) then true else holder_id = (select ctx_org()) end);
create policy app_add on cases for insert to handoff_app with check (
    business_id = (select ctx_org()) and holder_id is null and portfolio_id is null and state = 'draft');
create policy app_change on cases for update to handoff_app using (
    business_id = (select ctx_org()) or holder_id = (select ctx_org()))
    with check (business_id = (select ctx_org()) or holder_id = (select ctx_org()));
create policy app_discard on cases for delete to handoff_app using (
    business_id = (select ctx_org()) and state = 'draft');

-- A grant is visible to its organisation alone. A business makes its own at the draft; an agency's is made by
-- accept_offer() and ended by end_handoff() (handoffs.sql).
grant select, insert, delete on case_grant to handoff_app;
create policy app_read on case_grant for select to handoff_app using (org_id = (select ctx_org()));
create policy app_add on case_grant for insert to handoff_app with check (
    org_id = (select ctx_org())
    and exists (select 1 from cases c where c.id = case_id and c.business_id = (select ctx_org())));
create policy app_discard on case_grant for delete to handoff_app using (
    org_id = (select ctx_org())
    and exists (select 1 from cases c where c.id = case_id and c.business_id = (select ctx_org())
                and c.state = 'draft'));

create function may_open(wanted uuid) returns boolean language sql stable as
$$ select exists (select 1 from case_grant g where g.case_id = wanted and g.org_id = (select ctx_org())) $$;
revoke all on function may_open(uuid) from public;
grant execute on function may_open(uuid) to handoff_app;

-- Which case a reference is of, for searching the log: its events outlast the sight of the case. Who may see none of
-- them learns nothing by the id.
create function case_named(wanted text) returns uuid language sql stable security definer
set search_path = pg_catalog, public as
$$ select id from cases where reference = wanted $$;
alter function case_named(text) owner to handoff_definer;
revoke all on function case_named(text) from public;
grant execute on function case_named(text) to handoff_app;

grant insert on case_customer to handoff_app;
create policy app_add on case_customer for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id));
grant select on case_customer to handoff_definer;
create policy definer on case_customer for select to handoff_definer using (true);

grant select, insert, delete on claim to handoff_app;
grant select, insert on ledger_entry to handoff_app;
create policy app_read on claim for select to handoff_app using (may_open(case_id));
create policy app_add on claim for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id));
create policy app_discard on claim for delete to handoff_app using (
    business_id = (select ctx_org())
    and exists (select 1 from cases c where c.id = case_id and c.state = 'draft'));
create policy app_read on ledger_entry for select to handoff_app using (may_open(case_id));
create policy app_add on ledger_entry for insert to handoff_app with check (
    recorded_by = (select ctx_person()) and may_open(case_id));

-- The sweeper ends offers and deadlines; it sees no sealed column.
grant select (id, business_id, state, holder_id, turn, turn_until), update (state, turn, turn_until, updated_at)
    on cases to handoff_worker;
create policy worker_read on cases for select to handoff_worker using (true);
create policy worker_sweep on cases for update to handoff_worker using (true) with check (true);
