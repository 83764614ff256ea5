-- What was said to and by the customer, by both sides, in one table; holds, promises and notes that follow from it.

create table communication (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    -- Policies let everybody add rows of their own organisation only; a foreign key would ask once more for each row.
    org_id uuid not null,
    source text not null check (source in ('typed', 'mail', 'contact')),
    occurred_at timestamptz,
    occurred_zone text not null,
    channel text not null,
    direction text not null check (direction in ('out', 'in')),
    party text not null default 'customer' check (party in ('customer', 'representative', 'other')),
    stage text,
    disposition text,
    received_as text,
    non_payment_reason text,
    next_step text,
    next_on date,
    against_hold boolean not null default false,
    document_ids uuid[] not null default '{}',
    key_version smallint not null,
    sealed bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index communication_by_case on communication (case_id, occurred_at, id);

create table hold (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    kind text not null,
    stops_contact boolean not null,
    owner text not null check (owner in ('business', 'agency')),
    due_at timestamptz,
    until timestamptz,
    communication_id uuid,
    key_version smallint not null,
    sealed_reason bytea not null,
    placed_at timestamptz not null,
    placed_by uuid not null,
    lifted_at timestamptz,
    lifted_by uuid,
    sealed_lift_reason bytea,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index hold_by_case on hold (case_id, placed_at, id);

-- The queue shows and filters what rests without looking at a hold.
create function note_rest() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update cases set rests_until = (
        select max(coalesce(h.until, 'infinity')) from hold h
        where h.case_id = new.case_id and h.lifted_at is null and h.stops_contact)
    where id = new.case_id;
    return null;
end $$;
alter function note_rest() owner to handoff_definer;
revoke all on function note_rest() from public;
grant select on hold to handoff_definer;
create trigger rest after insert or update on hold for each row execute function note_rest();

create table promise (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    communication_id uuid not null,
    amount bigint not null check (amount > 0),
    paid bigint not null default 0,
    currency char(3) not null,
    due_on date not null,
    state text not null check (state in ('open', 'kept', 'broken')),
    made_at timestamptz not null,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index promise_by_case on promise (case_id, due_on);
create index promise_open on promise (due_on, org_id) where state = 'open';

create table note (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    person_id uuid not null,
    asks_answer boolean not null default false,
    key_version smallint not null,
    sealed bytea not null,
    sent_at timestamptz not null,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index note_by_case on note (case_id, sent_at, id);

do $$
declare t text;
begin
    foreach t in array array['communication', 'hold', 'promise', 'note'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('grant select, insert on %I to handoff_app', t);
        execute format('create policy app_read on %I for select to handoff_app using (may_open(case_id))', t);
        execute format('create policy app_add on %I for insert to handoff_app with check ('
                       'org_id = (select ctx_org()) and may_open(case_id))', t);
    end loop;
end $$;

create policy definer on hold for select to handoff_definer using (true);

-- History is never bent: only the entries of an unsent draft can be taken back.
grant delete on communication to handoff_app;
create policy app_discard on communication for delete to handoff_app using (
    org_id = (select ctx_org())
    and exists (select 1 from cases c where c.id = case_id and c.state = 'draft'
                and c.business_id = (select ctx_org())));
grant update (lifted_at, lifted_by, sealed_lift_reason) on hold to handoff_app;
create policy app_lift on hold for update to handoff_app using (may_open(case_id)) with check (may_open(case_id));
grant update (state, paid) on promise to handoff_app;
create policy app_settle on promise for update to handoff_app using (may_open(case_id)) with check (may_open(case_id));

-- The sweeper notes promises whose day has passed; it sees no sealed column.
grant select (id, case_id, business_id, due_on, state), update (state) on promise to handoff_worker;
create policy worker_read on promise for select to handoff_worker using (true);
create policy worker_sweep on promise for update to handoff_worker using (state = 'open') with check (state = 'broken');
