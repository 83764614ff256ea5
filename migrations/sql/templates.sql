-- Letters and messages of an agency; a version is used only after somebody else than its author approved it.

create table message_template (
    id uuid primary key,
    agency_id uuid not null references organisation,
    name text not null check (length(name) between 1 and 80),
    channel text not null check (channel in ('letter', 'email', 'sms')),
    language text not null check (language ~ '^[a-z]{2}$'),
    country text not null check (country = '' or country ~ '^[A-Z]{2}$'),
    created_at timestamptz not null,
    retired_at timestamptz,
    retired_by uuid
);
create index message_template_of_agency on message_template (agency_id, name);

create table template_version (
    template_id uuid not null references message_template,
    number integer not null check (number > 0),
    agency_id uuid not null references organisation,
    body text not null check (length(body) between 1 and 6000),
    state text not null check (state in ('waiting', 'approved', 'sent_back')),
    outcome text not null check (outcome in ('fine', 'review', 'violation')),
    classes text[] not null,
    model_version text not null,
    author_id uuid not null,
    written_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid check (decided_by <> author_id),
    note text not null default '' check (length(note) <= 2000),
    primary key (template_id, number),
    check ((state = 'waiting') = (decided_by is null))
);

-- An agency's own: no business and no other agency reads them.
alter table message_template enable row level security;
alter table message_template force row level security;
grant select, insert on message_template to handoff_app;
grant update (retired_at, retired_by) on message_template to handoff_app;
create policy app_read on message_template for select to handoff_app using (agency_id = (select ctx_org()));
create policy app_add on message_template for insert to handoff_app with check (agency_id = (select ctx_org()));
create policy app_retire on message_template for update to handoff_app
    using (agency_id = (select ctx_org()) and retired_at is null) with check (agency_id = (select ctx_org()));

alter table template_version enable row level security;
alter table template_version force row level security;
grant select, insert on template_version to handoff_app;
grant update (state, decided_at, decided_by, note) on template_version to handoff_app;
create policy app_read on template_version for select to handoff_app using (agency_id = (select ctx_org()));
create policy app_add on template_version for insert to handoff_app with check (
    agency_id = (select ctx_org()) and state = 'waiting' and author_id = (select ctx_person())
    and exists (select 1 from message_template t where t.id = template_id and t.agency_id = (select ctx_org())));
-- What was decided stays; what is approved is never edited, only followed by another version.
create policy app_decide on template_version for update to handoff_app
    using (agency_id = (select ctx_org()) and state = 'waiting')
    with check (agency_id = (select ctx_org()) and decided_by = (select ctx_person()));
