-- What a business asks of a case before it may leave the house, and the receipt it gets.

create table escalation_policy (
    org_id uuid not null references organisation,
    version integer not null,
    min_days_overdue smallint not null,
    min_amounts jsonb not null,
    min_reminders smallint not null,
    reminder_spacing_days smallint not null,
    needs_personal boolean not null,
    notice_channels text[] not null,
    notice_wording boolean not null,
    final_notice_days smallint not null,
    needs_contract boolean not null,
    checks text[] not null,
    evidence jsonb not null,
    limitation boolean not null,
    made_by uuid not null,
    made_at timestamptz not null,
    primary key (org_id, version)
);

-- How a case was judged when it was submitted: by which version, line by line (sealed, with the reasons of exceptions),
-- and the amounts, days, counts and codes it was judged by. Those name nobody and stay in clear, so that a changed
-- policy can be tried on thousands of cases without opening one.
create table judgement (
    -- Of the business's case: case_rows.sql.
    case_id uuid primary key,
    business_id uuid not null,
    policy_version integer not null,
    facts json not null,
    key_version smallint not null,
    sealed_lines bytea not null,
    judged_at timestamptz not null
);
alter table judgement alter column sealed_lines set storage external;
create index judgement_of_business on judgement (business_id);

create table readiness_override (
    case_id uuid not null,
    business_id uuid not null,
    rule text not null,
    key_version smallint not null,
    sealed_reason bytea not null,
    person_id uuid not null,
    made_at timestamptz not null,
    primary key (case_id, rule),
    foreign key (business_id, case_id) references cases (business_id, id)
);

-- The receipt of a case, or of a whole portfolio, which names no case.
create table receipt (
    id uuid primary key,
    case_id uuid,
    business_id uuid not null,
    body bytea not null,
    signature bytea not null,
    issued_at timestamptz not null,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index receipt_by_case on receipt (case_id, issued_at);

do $$
declare t text;
begin
    foreach t in array array['escalation_policy', 'readiness_override', 'judgement', 'receipt'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('grant select, insert on %I to handoff_app', t);
    end loop;
end $$;

create policy app_read on escalation_policy for select to handoff_app using (org_id = (select ctx_org()));
create policy app_add on escalation_policy for insert to handoff_app with check (org_id = (select ctx_org()));
create policy app_read on readiness_override for select to handoff_app using (business_id = (select ctx_org()));
create policy app_add on readiness_override for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id));
grant delete on readiness_override to handoff_app;
create policy app_discard on readiness_override for delete to handoff_app using (
    business_id = (select ctx_org())
    and exists (select 1 from cases c where c.id = case_id and c.state = 'draft'));
create policy app_read on judgement for select to handoff_app using (may_open(case_id));
create policy app_add on judgement for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id));
create policy app_read on receipt for select to handoff_app using (business_id = (select ctx_org()));
create policy app_add on receipt for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id));
