-- Agencies, what they say of themselves, and the licences and assurance reports that the operator's compliance
-- officer verified. The directory is open to every signed-in organisation; the documents are for the agency and the
-- operator only.

create table agency_profile (
    org_id uuid primary key references organisation,
    about text not null default '',
    sectors text[] not null default '{}',
    countries text[] not null default '{}',
    values_statement text not null default '',
    website text not null default '',
    conduct_attested_at timestamptz,
    updated_at timestamptz not null
);

create table agency_document (
    id uuid primary key,
    agency_id uuid not null references organisation,
    object_key text not null unique,
    wrapped_key bytea not null,
    sealed_name bytea not null,
    media_type text not null,
    size bigint not null check (size > 0),
    sha256 bytea not null check (length(sha256) = 32),
    stored_at timestamptz not null,
    stored_by uuid not null,
    unique (agency_id, id)
);

create table licence (
    id uuid primary key,
    agency_id uuid not null references organisation,
    jurisdiction text not null check (jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    regulator text not null,
    number text not null,
    class text not null,
    scope text not null check (scope in ('consumer', 'commercial', 'both')),
    issued_on date not null,
    expires_on date check (expires_on >= issued_on),
    state text not null check (state in ('submitted', 'verified', 'rejected', 'suspended')),
    document_id uuid,
    source_url text not null default '',
    remark text not null default '',
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    decided_at timestamptz,
    decided_by uuid,
    foreign key (agency_id, document_id) references agency_document (agency_id, id),
    check (state <> 'verified' or (source_url <> '' and decided_by is not null))
);
create index licence_by_agency on licence (agency_id, jurisdiction);
create index licence_by_state on licence (state, expires_on);

create table assurance (
    id uuid primary key,
    agency_id uuid not null references organisation,
    scheme text not null check (scheme in ('ospar', 'iso27001', 'soc2')),
    version text not null,
    auditor text not null,
    period_from date not null,
    period_to date not null check (period_to >= period_from),
    scope text not null,
    exceptions text not null default '',
    next_due date not null,
    state text not null check (state in ('recorded', 'verified', 'rejected')),
    document_id uuid,
    remark text not null default '',
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    decided_at timestamptz,
    decided_by uuid,
    foreign key (agency_id, document_id) references agency_document (agency_id, id),
    check (state <> 'verified' or decided_by is not null)
);
create index assurance_by_agency on assurance (agency_id, scheme, period_to);
create index assurance_by_state on assurance (state, next_due);

-- Whom a regulator approved to collect for an agency. A new row replaces an older one; nothing is rewritten.
create table collector_approval (
    id uuid primary key,
    agency_id uuid not null references organisation,
    person_id uuid not null,
    jurisdiction text not null check (jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    reference text not null,
    valid_from date not null,
    valid_until date check (valid_until >= valid_from),
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    ended_at timestamptz,
    ended_by uuid
);
create index collector_approval_of_person on collector_approval (person_id, jurisdiction);
create index collector_approval_of_agency on collector_approval (agency_id, recorded_at);

do $$
declare t text;
begin
    foreach t in array array['agency_profile', 'agency_document', 'licence', 'assurance', 'collector_approval'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

grant select, insert, update on agency_profile, licence, assurance to handoff_app;
grant select, insert on agency_document to handoff_app;

grant select, insert, update (ended_at, ended_by) on collector_approval to handoff_app;
create policy app_read on collector_approval for select to handoff_app using (
    agency_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
create policy app_add on collector_approval for insert to handoff_app with check (
    agency_id = (select ctx_org()) and (select ctx_kind()) = 'agency' and ended_at is null
    and exists (select 1 from person p where p.id = person_id and p.org_id = (select ctx_org())));
create policy app_end on collector_approval for update to handoff_app using (
    agency_id = (select ctx_org()) and ended_at is null) with check (agency_id = (select ctx_org()));

create policy app_read on agency_profile for select to handoff_app using ((select ctx_org()) is not null);
create policy app_add on agency_profile for insert to handoff_app with check (
    org_id = (select ctx_org()) and (select ctx_kind()) = 'agency');
create policy app_change on agency_profile for update to handoff_app using (
    org_id = (select ctx_org()) and (select ctx_kind()) = 'agency')
    with check (org_id = (select ctx_org()) and (select ctx_kind()) = 'agency');

create policy app_read on agency_document for select to handoff_app using (
    agency_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
create policy app_add on agency_document for insert to handoff_app with check (
    agency_id = (select ctx_org()) and (select ctx_kind()) = 'agency');

-- What was turned down is between the agency and the operator.
create policy app_read on licence for select to handoff_app using (
    (state <> 'rejected' and (select ctx_org()) is not null)
    or agency_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
create policy app_add on licence for insert to handoff_app with check (
    agency_id = (select ctx_org()) and state = 'submitted' and decided_by is null and (select ctx_kind()) = 'agency');
create policy app_change on licence for update to handoff_app using (
    (select ctx_kind()) = 'operator'
    or (agency_id = (select ctx_org()) and state in ('submitted', 'rejected') and (select ctx_kind()) = 'agency'))
    with check ((select ctx_kind()) = 'operator'
    or (agency_id = (select ctx_org()) and state = 'submitted' and (select ctx_kind()) = 'agency'));

create policy app_read on assurance for select to handoff_app using (
    (state <> 'rejected' and (select ctx_org()) is not null)
    or agency_id = (select ctx_org()) or (select ctx_kind()) = 'operator');
create policy app_add on assurance for insert to handoff_app with check (
    agency_id = (select ctx_org()) and state = 'recorded' and decided_by is null and (select ctx_kind()) = 'agency');
create policy app_change on assurance for update to handoff_app using (
    (select ctx_kind()) = 'operator'
    or (agency_id = (select ctx_org()) and state in ('recorded', 'rejected') and (select ctx_kind()) = 'agency'))
    with check ((select ctx_kind()) = 'operator'
    or (agency_id = (select ctx_org()) and state = 'recorded' and (select ctx_kind()) = 'agency'));

-- The operator decides and never rewrites; the agency writes and never decides. Rows keep their agency for good.
create function licence_guard() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if (select ctx_kind()) = 'operator' then
        if (old.id, old.agency_id, old.jurisdiction, old.regulator, old.number, old.class, old.scope, old.issued_on,
            old.expires_on, old.document_id, old.recorded_at, old.recorded_by)
           is distinct from
           (new.id, new.agency_id, new.jurisdiction, new.regulator, new.number, new.class, new.scope, new.issued_on,
            new.expires_on, new.document_id, new.recorded_at, new.recorded_by) then
            raise exception 'a decision does not change what the agency recorded' using errcode = '42501';
        end if;
    elsif (old.id, old.agency_id, old.decided_at, old.decided_by, old.source_url)
          is distinct from (new.id, new.agency_id, new.decided_at, new.decided_by, new.source_url) then
        raise exception 'an agency does not decide about its own licence' using errcode = '42501';
    end if;
    return new;
end $$;
create trigger guard before update on licence for each row execute function licence_guard();

create function assurance_guard() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if (select ctx_kind()) = 'operator' then
        if (old.id, old.agency_id, old.scheme, old.version, old.auditor, old.period_from, old.period_to, old.scope,
            old.exceptions, old.next_due, old.document_id, old.recorded_at, old.recorded_by)
           is distinct from
           (new.id, new.agency_id, new.scheme, new.version, new.auditor, new.period_from, new.period_to, new.scope,
            new.exceptions, new.next_due, new.document_id, new.recorded_at, new.recorded_by) then
            raise exception 'a decision does not change what the agency recorded' using errcode = '42501';
        end if;
    elsif (old.id, old.agency_id, old.decided_at, old.decided_by)
          is distinct from (new.id, new.agency_id, new.decided_at, new.decided_by) then
        raise exception 'an agency does not decide about its own report' using errcode = '42501';
    end if;
    return new;
end $$;
create trigger guard before update on assurance for each row execute function assurance_guard();
