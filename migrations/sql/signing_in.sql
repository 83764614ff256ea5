-- The rarer ways of signing in: both factors lost, another address, a password that has to be looked up again.

-- What gives rights carries the portal's code (mac), see docs/decisions/signed-rows.md.

-- Somebody lost phone and recovery codes. Two people who are not them look at it, then a day passes, then they get a
-- link. The database itself refuses the same person twice and a link before its day.
create table factor_recovery (
    id uuid primary key,
    person_id uuid not null references person,
    org_id uuid not null references organisation,
    stop_hash bytea not null unique check (length(stop_hash) = 32),
    asked_at timestamptz not null,
    method text check (method in ('in_person', 'video_with_id', 'call_back')),
    reference text check (reference ~ '^[A-Za-z0-9][A-Za-z0-9./#-]{2,39}$' and reference ~ '[0-9]'),
    checked_by uuid references person,
    checked_at timestamptz,
    approved_by uuid references person,
    approved_at timestamptz,
    opens_at timestamptz,
    link_hash bytea unique check (length(link_hash) = 32),
    opened_at timestamptz,
    expires_at timestamptz not null,
    ended_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32),
    ending text check (ending in ('completed', 'signed_in', 'by_person', 'by_admin', 'by_officer', 'disabled', 'lapsed')),
    check (num_nonnulls(method, reference, checked_by, checked_at) in (0, 4)),
    check (num_nonnulls(approved_by, approved_at, opens_at) in (0, 3)),
    check (num_nonnulls(link_hash, opened_at) in (0, 2)),
    check (num_nonnulls(ended_at, ending) in (0, 2)),
    check (checked_by <> person_id and approved_by <> person_id and approved_by <> checked_by),
    check (approved_at is null or approved_at >= checked_at),
    check (opens_at >= approved_at + interval '24 hours'),
    check (opened_at is null or opened_at >= opens_at),
    check (approved_at is null or checked_at is not null),
    check (opened_at is null or approved_at is not null),
    check (ending is distinct from 'completed' or opened_at is not null)
);
create unique index factor_recovery_open on factor_recovery (person_id) where ended_at is null;
create index factor_recovery_by_org on factor_recovery (org_id, asked_at);

-- Another address: it must answer before it counts, and the earlier one can take it back for three days. Both
-- addresses are sealed, and wiped when it is over.
create table email_change (
    id uuid primary key,
    person_id uuid not null references person,
    earlier bytea,
    wanted bytea,
    confirm_hash bytea not null unique check (length(confirm_hash) = 32),
    stop_hash bytea not null unique check (length(stop_hash) = 32),
    asked_at timestamptz not null,
    confirm_until timestamptz not null,
    stop_until timestamptz not null,
    confirmed_at timestamptz,
    ended_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32),
    check ((earlier is null) = (wanted is null)),
    check (ended_at is not null or earlier is not null)
);
create unique index email_change_open on email_change (person_id) where ended_at is null;

-- Passwords that the list of leaked ones could not be asked about, or that stand on it.
create table password_mark (
    person_id uuid primary key references person,
    mark text not null check (mark in ('unchecked', 'leaked')),
    since timestamptz not null
);

do $$
declare t text;
begin
    foreach t in array array['factor_recovery', 'email_change', 'password_mark'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

-- Who waits for whom can be seen inside the organisation and by the operator; the hashes of links by nobody.
grant select (id, person_id, org_id, asked_at, method, reference, checked_by, checked_at, approved_by, approved_at,
              opens_at, opened_at, expires_at, ended_at, ending) on factor_recovery to handoff_app;
create policy app_read on factor_recovery for select to handoff_app using (
    org_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
grant select, insert, update on factor_recovery, email_change to handoff_gate;
grant select, insert, update, delete on password_mark to handoff_gate;
grant select, update, delete on factor_recovery to handoff_worker;
grant select (id, ended_at, stop_until), delete on email_change to handoff_worker;
create policy gate_all on factor_recovery to handoff_gate using (true) with check (true);
create policy gate_all on email_change to handoff_gate using (true) with check (true);
create policy gate_all on password_mark to handoff_gate using (true) with check (true);
create policy worker_all on factor_recovery to handoff_worker using (true) with check (true);
create policy worker_sweep on email_change to handoff_worker using (true);
