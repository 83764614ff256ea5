-- Who is asking: row-level security reads the organisation from the session whose token hash the unit of work names.
-- Setting the variable to something else gains nothing without knowing a live session's hash, which no role can select.

-- Rows that give rights carry a code of the portal (mac): docs/decisions/signed-rows.md. What has ended has none.

create table organisation (
    id uuid primary key,
    kind text not null check (kind in ('business', 'agency', 'operator')),
    name text not null check (length(name) between 2 and 120),
    country char(2) not null,
    time_zone text not null,
    currency char(3) not null,
    sector text not null default 'other',
    created_at timestamptz not null,
    closed_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32)
);

create table person (
    id uuid primary key,
    org_id uuid not null references organisation,
    email text not null unique check (email = lower(email)),
    name text not null,
    roles text[] not null,
    state text not null default 'invited' check (state in ('invited', 'active', 'disabled')),
    time_zone text not null,
    password_hash text,
    pepper_kid smallint,
    password_changed_at timestamptz,
    strange_failures integer not null default 0,
    role_version integer not null default 1,
    created_at timestamptz not null,
    last_sign_in_at timestamptz,
    mac bytea not null check (octet_length(mac) = 32),
    password_mac bytea check (octet_length(password_mac) = 32),
    check ((password_hash is null) = (password_mac is null))
);
create index person_by_org on person (org_id, name);

create table session (
    id uuid primary key,
    token_hash bytea not null unique check (length(token_hash) = 32),
    person_id uuid not null references person,
    org_id uuid not null references organisation,
    stage text not null check (stage in ('password', 'full')),
    created_at timestamptz not null,
    stepped_up_at timestamptz,
    last_seen_at timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    ip text not null default '',
    agent text not null default '',
    mac bytea check (octet_length(mac) = 32),
    check (mac is not null or revoked_at is not null)
);
create index session_by_person on session (person_id) where revoked_at is null;

grant select on organisation, session to handoff_definer;

create function ctx_session_hash() returns bytea language sql stable as
$$ select decode(nullif(current_setting('app.session', true), ''), 'hex') $$;

create function ctx_org() returns uuid language sql stable security definer set search_path = pg_catalog, public as
$$ select org_id from session
   where token_hash = ctx_session_hash() and stage = 'full' and revoked_at is null
     and expires_at > now() and idle_expires_at > now() $$;

create function ctx_person() returns uuid language sql stable security definer set search_path = pg_catalog, public as
$$ select person_id from session
   where token_hash = ctx_session_hash() and stage = 'full' and revoked_at is null
     and expires_at > now() and idle_expires_at > now() $$;

create function ctx_kind() returns text language sql stable security definer set search_path = pg_catalog, public as
$$ select organisation.kind from session join organisation on organisation.id = session.org_id
   where token_hash = ctx_session_hash() and stage = 'full' and revoked_at is null
     and expires_at > now() and idle_expires_at > now() $$;

alter function ctx_org() owner to handoff_definer;
alter function ctx_person() owner to handoff_definer;
alter function ctx_kind() owner to handoff_definer;
revoke all on function ctx_org(), ctx_person(), ctx_kind() from public;
grant execute on function ctx_org(), ctx_person(), ctx_kind()
    to handoff_app, handoff_gate, handoff_worker, handoff_sequencer;

alter table organisation enable row level security;
alter table organisation force row level security;
alter table person enable row level security;
alter table person force row level security;
alter table session enable row level security;
alter table session force row level security;

create policy definer on organisation to handoff_definer using (true);
create policy definer on session for select to handoff_definer using (true);
