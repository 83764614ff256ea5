-- Rule files of the contact guard beside the one that comes with the portal: uploaded, checked, scheduled, never edited.

create table guard_rules (
    id uuid primary key,
    version text not null unique check (version ~ '^[0-9][A-Za-z0-9_.-]{0,39}$'),
    state text not null check (state in ('checking', 'checked', 'scheduled', 'withdrawn')),
    compiled date not null,
    rules integer not null check (rules > 0),
    file_name text not null,
    -- As uploaded, and as the confined reader understood it; decisions are made from the second.
    content bytea not null check (octet_length(content) <= 1048576),
    sha256 bytea not null check (octet_length(sha256) = 32),
    parsed bytea not null,
    parsed_sha256 bytea not null check (octet_length(parsed_sha256) = 32),
    -- More test vectors that came with the file, as the confined reader understood them.
    vectors bytea,
    vectors_sha256 bytea check (octet_length(vectors_sha256) = 32),
    uploaded_at timestamptz not null,
    uploaded_by uuid not null,
    uploaded_name text not null,
    effective_at timestamptz,
    zone text,
    failing text[] not null default '{}',
    reason text not null default '',
    decided_at timestamptz,
    decided_by uuid,
    decided_name text,
    mac bytea not null check (octet_length(mac) = 32),
    check ((vectors is null) = (vectors_sha256 is null)),
    check (state <> 'scheduled' or (effective_at is not null and zone is not null and decided_by is not null))
);
create index guard_rules_in_force on guard_rules (effective_at desc, decided_at desc) where state = 'scheduled';

-- What a file would change: test vectors that come out differently, and contacts of the last month that it would block.
create table guard_replay (
    rules_id uuid primary key references guard_rules,
    state text not null check (state in ('waiting', 'running', 'done')),
    against text not null,
    since timestamptz not null,
    until timestamptz not null check (until > since),
    after_case uuid,
    result text not null default '',
    started_at timestamptz not null,
    finished_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32)
);

alter table guard_rules enable row level security;
alter table guard_rules force row level security;
alter table guard_replay enable row level security;
alter table guard_replay force row level security;

-- Everybody reads the rules that are or will be in force; drafts and their checks are the operator's.
grant select, insert, update (state, effective_at, zone, failing, reason, decided_at, decided_by, decided_name, mac)
    on guard_rules to handoff_app;
create policy app_read on guard_rules for select to handoff_app using (
    (state = 'scheduled' and (select ctx_org()) is not null) or (select ctx_kind()) = 'operator');
create policy app_add on guard_rules for insert to handoff_app with check (
    (select ctx_kind()) = 'operator' and state = 'checking' and effective_at is null and decided_by is null
    and uploaded_by = (select ctx_person()));
create policy app_change on guard_rules for update to handoff_app using ((select ctx_kind()) = 'operator')
    with check ((select ctx_kind()) = 'operator' and decided_by = (select ctx_person()));
grant select, update (state, mac) on guard_rules to handoff_worker;
create policy worker_read on guard_rules for select to handoff_worker using (true);
create policy worker_check on guard_rules for update to handoff_worker using (state = 'checking')
    with check (state = 'checked');

grant select, insert on guard_replay to handoff_app;
create policy app_read on guard_replay for select to handoff_app using ((select ctx_kind()) = 'operator');
create policy app_add on guard_replay for insert to handoff_app with check (
    (select ctx_kind()) = 'operator' and state = 'waiting' and result = '');
grant select, update (state, after_case, result, finished_at, mac) on guard_replay to handoff_worker;
create policy worker_read on guard_replay for select to handoff_worker using (true);
create policy worker_check on guard_replay for update to handoff_worker using (state <> 'done') with check (true);

-- A file goes on only from check to schedule, or is withdrawn; once it has begun to count, nothing about it changes.
create function guard_rules_guard() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if not ((old.state, new.state) in (('checking', 'checked'), ('checking', 'withdrawn'), ('checked', 'scheduled'),
                                       ('checked', 'withdrawn'), ('scheduled', 'withdrawn'))) then
        raise exception 'rules do not go from % to %', old.state, new.state using errcode = '42501';
    end if;
    if old.state = 'scheduled' and old.effective_at <= now() then
        raise exception 'rules that have been in force stay as they are' using errcode = '42501';
    end if;
    return new;
end $$;
create trigger guard before update on guard_rules for each row execute function guard_rules_guard();

-- The worker judges last month's contacts from what the guard knew then, and from clear columns: when, how, who began,
-- what came of it, what rested.
grant select on contact_basis to handoff_worker;
create policy worker_replay on contact_basis for select to handoff_worker using (true);
grant select (id, case_id, business_id, org_id, source, occurred_at, channel, direction, party, place, outcome)
    on communication to handoff_worker;
create policy worker_replay on communication for select to handoff_worker using (true);
grant select (id, reference, country, region, time_zone, debtor_type) on cases to handoff_worker;
grant select (id, case_id, org_id, kind, until, placed_at, lifted_at) on hold to handoff_worker;
create policy worker_replay on hold for select to handoff_worker using (true);
grant select (id, case_id, org_id, kind, happened_on, recorded_at, ended_on) on contact_fact to handoff_worker;
create policy worker_replay on contact_fact for select to handoff_worker using (true);
create index communication_by_moment on communication (occurred_at, case_id) where source = 'contact';

-- The contacts of the same customers in other cases of the same business, as `contacts_with_customer` gives them to
-- whoever works on one of the cases; for the worker, for many cases.
create function contacts_beside(wanted uuid[], since timestamptz, until timestamptz)
returns table (case_id uuid, occurred_at timestamptz, channel text, direction text, party text, place text, outcome text)
language sql stable security definer set search_path = pg_catalog, public as $$
    with beside as (
        select distinct mine.case_id, other.case_id as other_id from case_customer mine
        join case_customer other on other.business_id = mine.business_id and other.index = mine.index
        where mine.case_id = any(wanted) and other.case_id <> mine.case_id)
    select b.case_id, c.occurred_at, c.channel, c.direction, c.party, c.place, c.outcome
    from beside b join communication c on c.case_id = b.other_id
    where c.occurred_at >= since and c.occurred_at < until and c.outcome is not null and c.party <> 'representative'
$$;
alter function contacts_beside(uuid[], timestamptz, timestamptz) owner to handoff_definer;
revoke all on function contacts_beside(uuid[], timestamptz, timestamptz) from public;
grant execute on function contacts_beside(uuid[], timestamptz, timestamptz) to handoff_worker;
