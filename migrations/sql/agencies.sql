-- Agencies, what they say of themselves, and the licences that the operator's compliance officer verified.

create table agency_profile (
    org_id uuid primary key references organisation,
    about text not null default '',
    sectors text[] not null default '{}',
    countries text[] not null default '{}',
    values_statement text not null default '',
    updated_at timestamptz not null
);

create table licence (
    id uuid primary key,
    agency_id uuid not null references organisation,
    jurisdiction text not null,
    regulator text not null,
    number text not null,
    class text not null,
    scope text not null check (scope in ('consumer', 'commercial', 'both')),
    issued_on date not null,
    expires_on date not null check (expires_on >= issued_on),
    state text not null check (state in ('submitted', 'verified', 'rejected', 'suspended')),
    object_key text,
    wrapped_key bytea,
    media_type text,
    file_name text,
    size bigint,
    source_url text not null default '',
    remark text not null default '',
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    decided_at timestamptz,
    decided_by uuid
);
create index licence_by_agency on licence (agency_id, jurisdiction);
create index licence_by_state on licence (state, expires_on);

do $$
declare t text;
begin
    foreach t in array array['agency_profile', 'licence'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

grant select, insert, update on agency_profile, licence to handoff_app;
create policy app_read on agency_profile for select to handoff_app using ((select ctx_org()) is not null);
create policy app_add on agency_profile for insert to handoff_app with check (
    org_id = (select ctx_org()) and (select ctx_kind()) = 'agency');
create policy app_change on agency_profile for update to handoff_app using (org_id = (select ctx_org()))
    with check (org_id = (select ctx_org()));
-- The directory shows every licence, the document only to the agency and the operator (see agencies/actions.py).
create policy app_read on licence for select to handoff_app using ((select ctx_org()) is not null);
create policy app_add on licence for insert to handoff_app with check (
    agency_id = (select ctx_org()) and state = 'submitted' and (select ctx_kind()) = 'agency');
create policy app_change on licence for update to handoff_app using (
    (select ctx_kind()) = 'operator' or (agency_id = (select ctx_org()) and state = 'submitted'))
    with check ((select ctx_kind()) = 'operator' or (agency_id = (select ctx_org()) and state = 'submitted'));
