-- Documents: the row holds the wrapped document key and sealed name; the sealed bytes are an object.

create table document (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    kind text not null,
    state text not null check (state in ('uploading', 'stored', 'failed')),
    media_type text not null default 'application/octet-stream',
    size bigint not null default 0 check (size >= 0),
    object_key text not null unique,
    wrapped_key bytea not null,
    key_version smallint not null,
    sealed_meta bytea not null,
    started_at timestamptz not null,
    stored_at timestamptz,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index document_by_case on document (case_id, started_at, id);
create index document_uploading on document (started_at) where state = 'uploading';

alter table document enable row level security;
alter table document force row level security;
grant select, insert, update (state, media_type, size, sealed_meta, stored_at), delete on document to handoff_app;
create policy app_read on document for select to handoff_app using (may_open(case_id));
create policy app_add on document for insert to handoff_app with check (
    org_id = (select ctx_org()) and may_open(case_id));
create policy app_change on document for update to handoff_app using (
    org_id = (select ctx_org()) and may_open(case_id)) with check (org_id = (select ctx_org()));
create policy app_remove on document for delete to handoff_app using (
    org_id = (select ctx_org()) and may_open(case_id));
grant select (id, case_id, business_id, org_id, state, object_key, started_at), delete on document to handoff_worker;
create policy worker_read on document for select to handoff_worker using (true);
create policy worker_reap on document for delete to handoff_worker using (true);
