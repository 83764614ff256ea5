-- Words of contacts that a supervisor looks at, and how many of the fine ones an agency draws.

create table conduct_review (
    communication_id uuid primary key references communication,
    case_id uuid not null,
    business_id uuid not null,
    agency_id uuid not null references organisation,
    person_id uuid not null,
    why text not null check (why in ('violation', 'review', 'sample')),
    classes text[] not null,
    model_version text not null,
    key_version smallint not null,
    -- The findings quote the words: sealed like the contact itself.
    sealed_findings bytea not null,
    asked_at timestamptz not null,
    due_at timestamptz not null,
    decision text check (decision in ('fine', 'coach', 'breach')),
    decided_at timestamptz,
    decided_by uuid,
    sealed_reason bytea,
    check ((decision is null) = (decided_at is null)),
    -- Nobody is the judge of their own words.
    check (decided_by <> person_id),
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index conduct_review_waiting on conduct_review (agency_id, asked_at) where decision is null;
create index conduct_review_decided on conduct_review (agency_id, decided_at) where decision is not null;
create index conduct_review_by_case on conduct_review (case_id);

create table conduct_setting (
    org_id uuid primary key references organisation,
    sample_percent smallint not null check (sample_percent between 0 and 100),
    changed_at timestamptz not null,
    changed_by uuid not null
);

-- The agency sees what its people wait for as long as it holds the case; the business sees what was a breach.
alter table conduct_review enable row level security;
alter table conduct_review force row level security;
grant select, insert on conduct_review to handoff_app;
grant update (decision, decided_at, decided_by, sealed_reason) on conduct_review to handoff_app;
create policy app_read on conduct_review for select to handoff_app using (
    may_open(case_id) and (agency_id = (select ctx_org())
                           or (business_id = (select ctx_org()) and decision = 'breach')));
create policy app_add on conduct_review for insert to handoff_app with check (
    agency_id = (select ctx_org()) and decision is null and may_open(case_id));
create policy app_decide on conduct_review for update to handoff_app
    using (agency_id = (select ctx_org()) and decision is null and may_open(case_id))
    with check (agency_id = (select ctx_org()) and decision is not null);

alter table conduct_setting enable row level security;
alter table conduct_setting force row level security;
grant select, insert, update on conduct_setting to handoff_app;
create policy app_read on conduct_setting for select to handoff_app using (org_id = (select ctx_org()));
create policy app_add on conduct_setting for insert to handoff_app with check (org_id = (select ctx_org()));
create policy app_change on conduct_setting for update to handoff_app
    using (org_id = (select ctx_org())) with check (org_id = (select ctx_org()));
