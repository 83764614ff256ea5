-- People, credentials, sessions. Credentials are reachable by the front door's role only, never by the role that
-- serves signed-in pages.

create table organisation_key (
    org_id uuid not null references organisation,
    version smallint not null,
    wrapped bytea not null,
    created_at timestamptz not null,
    primary key (org_id, version)
);

create table system_key (
    purpose text primary key,
    wrapped bytea not null,
    created_at timestamptz not null default now()
);

create table invitation (
    id uuid primary key,
    org_id uuid not null references organisation,
    person_id uuid not null references person,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    mac bytea check (octet_length(mac) = 32),
    check (mac is not null or used_at is not null)
);

-- A candidate is a secret that was shown and not yet proved; only a proved one counts.
create table totp (
    person_id uuid primary key references person,
    sealed bytea,
    last_counter bigint not null default 0,
    confirmed_at timestamptz,
    candidate bytea,
    candidate_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32),
    check ((sealed is null) = (confirmed_at is null)),
    check ((candidate is null) = (candidate_at is null))
);

create table recovery_code (
    person_id uuid not null references person,
    code_hash bytea not null,
    used_at timestamptz,
    mac bytea check (octet_length(mac) = 32),
    check (mac is not null or used_at is not null),
    primary key (person_id, code_hash)
);

create table password_reset (
    token_hash bytea primary key,
    person_id uuid not null references person,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    mac bytea check (octet_length(mac) = 32),
    check (mac is not null or used_at is not null)
);

-- Generic cell rate algorithm: one theoretical arrival time per keyed bucket. Losing it in a crash is harmless.
create unlogged table throttle (
    bucket bytea primary key,
    arrival timestamptz not null
);

-- Mail waiting for the worker. Links are sealed and wiped after delivery; the address is read at delivery.
create table outbox (
    id uuid primary key,
    person_id uuid not null references person,
    template text not null,
    sealed bytea,
    created_at timestamptz not null,
    next_try_at timestamptz not null,
    attempts smallint not null default 0,
    sent_at timestamptz,
    failed_at timestamptz
);
create index outbox_waiting on outbox (next_try_at) where sent_at is null and failed_at is null;

do $$
declare t text;
begin
    foreach t in array array['organisation_key', 'system_key', 'invitation', 'totp', 'recovery_code',
                             'password_reset', 'throttle', 'outbox'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

-- organisations: your own, every agency (the directory), the operator; the operator sees all.
grant select on organisation to handoff_app;
create policy app_read on organisation for select to handoff_app using (
    id = (select ctx_org()) or kind in ('agency', 'operator') or (select ctx_kind()) = 'operator');
grant select, insert on organisation to handoff_gate;
create policy gate_read on organisation for select to handoff_gate using (true);
create policy gate_add on organisation for insert to handoff_gate with check (true);
grant select, insert on organisation to handoff_worker;
create policy worker_all on organisation to handoff_worker using (true) with check (true);

-- organisation keys: your own; a business also those of agencies, to wrap a case key for an offer.
grant select on organisation_key to handoff_app;
create policy app_read on organisation_key for select to handoff_app using (
    org_id = (select ctx_org())
    or ((select ctx_kind()) = 'business' and exists (
        select 1 from organisation o where o.id = org_id and o.kind = 'agency')));
grant insert on organisation_key to handoff_gate;
create policy gate_add on organisation_key for insert to handoff_gate with check (true);
grant select, insert, update on organisation_key to handoff_worker;
create policy worker_all on organisation_key to handoff_worker using (true) with check (true);

grant select on system_key to handoff_app, handoff_gate, handoff_worker, handoff_sequencer;
create policy everyone_read on system_key for select using (true);
grant insert, update on system_key to handoff_worker;
create policy worker_add on system_key for insert to handoff_worker with check (true);
create policy worker_rewrap on system_key for update to handoff_worker using (true);

-- people: colleagues; the operator sees all. No credential columns for the application role.
grant select (id, org_id, email, name, roles, state, time_zone, role_version, created_at, last_sign_in_at, mac)
    on person to handoff_app;
create policy app_read on person for select to handoff_app using (
    org_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
grant select, insert, update on person to handoff_gate;
create policy gate_all on person to handoff_gate using (true) with check (true);
grant select (id, org_id, email, name, roles, state, time_zone, role_version, created_at, last_sign_in_at, mac), insert
    on person to handoff_worker;
create policy worker_all on person to handoff_worker using (true) with check (true);

grant select (id, person_id, org_id, stage, created_at, stepped_up_at, last_seen_at, idle_expires_at, expires_at,
              revoked_at, ip, agent) on session to handoff_app;
create policy app_read on session for select to handoff_app using (person_id = (select ctx_person()));
grant select, insert, update on session to handoff_gate;
create policy gate_all on session to handoff_gate using (true) with check (true);
grant select (id, person_id, org_id, stage, idle_expires_at, expires_at, revoked_at), delete on session to handoff_worker;
create policy worker_sweep on session to handoff_worker using (true);

grant select, insert, update on invitation, password_reset to handoff_gate;
grant select, insert, update, delete on invitation to handoff_worker;
grant select, delete on password_reset to handoff_worker;
grant select, insert, update, delete on totp, recovery_code, throttle to handoff_gate;
grant select, delete on throttle to handoff_worker;
create policy gate_all on invitation to handoff_gate using (true) with check (true);
create policy worker_all on invitation to handoff_worker using (true) with check (true);
create policy worker_sweep on password_reset to handoff_worker using (true);
create policy gate_all on password_reset to handoff_gate using (true) with check (true);
create policy gate_all on totp to handoff_gate using (true) with check (true);
create policy gate_all on recovery_code to handoff_gate using (true) with check (true);
create policy gate_all on throttle to handoff_gate using (true) with check (true);
create policy worker_sweep on throttle to handoff_worker using (true);

grant insert on outbox to handoff_gate;
grant select, insert, update, delete on outbox to handoff_worker;
create policy gate_add on outbox for insert to handoff_gate with check (true);
create policy worker_all on outbox to handoff_worker using (true) with check (true);
