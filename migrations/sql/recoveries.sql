-- Payments that came back, how they were allocated, and what the agency earns with them.

create table payment (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    agency_id uuid references organisation,
    received_by text not null check (received_by in ('agency', 'business')),
    method text not null,
    currency char(3) not null,
    amount bigint not null check (amount <> 0),
    received_on date not null,
    costs bigint not null,
    interest bigint not null,
    fees bigint not null,
    principal bigint not null,
    commission_bp integer not null,
    commission bigint not null,
    reverses uuid unique references payment,
    key_version smallint not null,
    sealed bytea not null,
    reported_at timestamptz not null,
    reported_by uuid not null,
    check (amount = costs + interest + fees + principal),
    foreign key (business_id, case_id) references cases (business_id, id)
);
create index payment_by_case on payment (case_id, reported_at, id);

alter table payment enable row level security;
alter table payment force row level security;
grant select, insert on payment to handoff_app;
create policy app_read on payment for select to handoff_app using (may_open(case_id));
create policy app_add on payment for insert to handoff_app with check (
    org_id = (select ctx_org()) and may_open(case_id));
