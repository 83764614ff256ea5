-- What was said to and by the customer, by both sides, in one table; holds, promises and notes that follow from it.

create table communication (
    id uuid primary key,
    -- Of the business's case: case_rows.sql.
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
    -- Where it reached the customer, if that was said, and what the contact guard said of it, by which rules and data.
    place text check (place in ('residence', 'mobile', 'business', 'workplace')),
    outlook text check (outlook in ('allowed', 'warn', 'blocked')),
    guard_rules text[] not null default '{}',
    rules_version text,
    tzdata_version text,
    override_id uuid,
    -- What the conduct check said of the agency's own words: outcome, classes, which weights; null for others' words.
    conduct_outcome text check (conduct_outcome in ('fine', 'review', 'violation')),
    conduct_classes text[] not null default '{}',
    conduct_model text,
    -- What came of it as rules count it; null for what is no contact.
    outcome text generated always as (case
        when disposition = 'LGR' then null
        when disposition in ('NA', 'LB', 'NI', 'TPC', 'WN') then 'no_answer'
        when disposition in ('LV', 'LM') then 'voicemail'
        when disposition in ('TD', 'RTN') then 'not_connected'
        when channel = 'visit' and coalesce(disposition, 'VIS') = 'VIS' then 'visited'
        when channel in ('call', 'meeting', 'visit') then 'conversation'
        else 'sent' end) stored,
    document_ids uuid[] not null default '{}',
    key_version smallint not null,
    sealed bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null
);
alter table communication alter column sealed set storage external;
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
alter table note alter column sealed set storage external;
create index note_by_case on note (case_id, sent_at, id);

-- What the customer asked, allowed or was sent, and what protects them: facts of the guard, the words sealed.
create table contact_fact (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    kind text not null,
    happened_on date not null,
    key_version smallint not null,
    sealed bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    ended_on date,
    ended_by uuid,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index contact_fact_by_case on contact_fact (case_id, recorded_at, id);

-- Going on in spite of a guideline or house policy: once, on one channel, for minutes.
create table guard_override (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    person_id uuid not null,
    channel text not null,
    rules text[] not null,
    key_version smallint not null,
    sealed_reason bytea not null,
    made_at timestamptz not null,
    until timestamptz not null check (until > made_at),
    used_by uuid,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index guard_override_by_case on guard_override (case_id, made_at, id);

-- What the guard knew when it judged a contact, sealed for the worker, who tries other rules on it and opens no case.
create table contact_basis (
    communication_id uuid primary key references communication,
    case_id uuid not null,
    business_id uuid not null,
    sealed bytea not null,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index contact_basis_by_case on contact_basis (case_id);
alter table contact_basis enable row level security;
alter table contact_basis force row level security;
grant insert on contact_basis to handoff_app;
create policy app_add on contact_basis for insert to handoff_app with check (may_open(case_id));

-- A contact that went against a hold or a block: each side looks at it once.
create table contact_flag (
    communication_id uuid primary key references communication,
    case_id uuid not null,
    business_id uuid not null,
    agency_id uuid,
    raised_at timestamptz not null,
    business_looked_at timestamptz,
    business_looked_by uuid,
    agency_looked_at timestamptz,
    agency_looked_by uuid,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index contact_flag_of_business on contact_flag (business_id, raised_at) where business_looked_at is null;
create index contact_flag_of_agency on contact_flag (agency_id, raised_at) where agency_looked_at is null;

do $$
declare t text; who text;
begin
    for t, who in values ('contact_fact', 'recorded_by'), ('guard_override', 'person_id') loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('grant select, insert on %I to handoff_app', t);
        execute format('create policy app_read on %I for select to handoff_app using (may_open(case_id))', t);
        execute format('create policy app_add on %I for insert to handoff_app with check ('
                       'org_id = (select ctx_org()) and %I = (select ctx_person()) and may_open(case_id))', t, who);
    end loop;
end $$;
grant update (ended_on, ended_by) on contact_fact to handoff_app;
create policy app_end on contact_fact for update to handoff_app using (may_open(case_id) and ended_on is null)
    with check (may_open(case_id));
grant update (used_by) on guard_override to handoff_app;
create policy app_use on guard_override for update to handoff_app
    using (org_id = (select ctx_org()) and used_by is null and may_open(case_id))
    with check (org_id = (select ctx_org()));

-- An agency that gave the case back still sees what it has to look at, but not the contact itself.
alter table contact_flag enable row level security;
alter table contact_flag force row level security;
grant select, insert on contact_flag to handoff_app;
grant update (business_looked_at, business_looked_by, agency_looked_at, agency_looked_by) on contact_flag to handoff_app;
create policy app_read on contact_flag for select to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()));
create policy app_add on contact_flag for insert to handoff_app with check (
    may_open(case_id) and (business_id = (select ctx_org()) or agency_id = (select ctx_org()))
    and business_looked_at is null and agency_looked_at is null
    and exists (select 1 from communication c where c.id = communication_id and c.case_id = contact_flag.case_id));
create policy app_look on contact_flag for update to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()))
    with check (business_id = (select ctx_org()) or agency_id = (select ctx_org()));

-- Each side looks for itself, and nobody for somebody else.
create function contact_flag_guard() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare business boolean := old.business_id = (select ctx_org());
begin
    if business and (old.agency_looked_at, old.agency_looked_by)
                    is distinct from (new.agency_looked_at, new.agency_looked_by)
       or not business and (old.business_looked_at, old.business_looked_by)
                           is distinct from (new.business_looked_at, new.business_looked_by)
       or (case when business then new.business_looked_by else new.agency_looked_by end)
          is distinct from (select ctx_person()) then
        raise exception 'each side looks for itself' using errcode = '42501';
    end if;
    return new;
end $$;
create trigger guard before update on contact_flag for each row execute function contact_flag_guard();

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
grant select on communication to handoff_definer;
create policy definer on communication for select to handoff_definer using (true);

-- The contacts of the same customer in other cases of the same business, whichever agency holds them: only when, how,
-- who began and what came of it. Rules that count contacts per customer need no more, and nobody else may know more.
create function contacts_with_customer(wanted uuid, since timestamptz)
returns table (occurred_at timestamptz, channel text, direction text, party text, place text, outcome text)
language sql stable security definer set search_path = pg_catalog, public as $$
    select c.occurred_at, c.channel, c.direction, c.party, c.place, c.outcome
    from communication c
    where exists (select 1 from case_grant g where g.case_id = wanted and g.org_id = ctx_org())
      and c.case_id in (
        select other.case_id from case_customer mine
        join case_customer other on other.business_id = mine.business_id and other.index = mine.index
        where mine.case_id = wanted and other.case_id <> wanted)
      and c.occurred_at >= since and c.outcome is not null and c.party <> 'representative'
    order by c.occurred_at
$$;
alter function contacts_with_customer(uuid, timestamptz) owner to handoff_definer;
revoke all on function contacts_with_customer(uuid, timestamptz) from public;
grant execute on function contacts_with_customer(uuid, timestamptz) to handoff_app;

-- A contact counts in every case of the customer: what their lists say of the next call is worked out anew.
create function forget_call_times() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update cases set call_known_until = null
    where call_known_until is not null and id in (
        select other.case_id from case_customer mine
        join case_customer other on other.business_id = mine.business_id and other.index = mine.index
        where mine.case_id = new.case_id);
    return null;
end $$;
alter function forget_call_times() owner to handoff_definer;
revoke all on function forget_call_times() from public;
create trigger counted after insert on communication for each row when (new.source = 'contact')
    execute function forget_call_times();

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
