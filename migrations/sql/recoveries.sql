-- Payments that came back, how they were shared out, and what the agency earns with them. A row is never changed:
-- a payment is taken back by one row that mirrors it, at most once.

create table payment (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    org_id uuid not null references organisation,
    agency_id uuid references organisation,
    received_by text not null check (received_by in ('agency', 'business')),
    method text not null check (method in ('bank_transfer', 'card', 'cheque', 'cash', 'direct_debit', 'wallet', 'other')),
    currency char(3) not null,
    amount bigint not null check (amount <> 0),
    received_on date not null,
    costs bigint not null,
    interest bigint not null,
    fees bigint not null,
    principal bigint not null,
    commission_bp integer not null check (commission_bp between 0 and 10000),
    commission bigint not null check (abs(commission) <= abs(amount)),
    reverses uuid unique,
    reason text check (reason in ('bounced', 'refunded', 'reported_twice', 'wrong_case', 'wrong_figures')),
    key_version smallint not null,
    sealed bytea not null,
    reported_at timestamptz not null,
    reported_by uuid not null,
    unique (case_id, id),
    check (amount = costs + interest + fees + principal),
    check ((reverses is null) = (amount > 0) and (reverses is null) = (reason is null)),
    foreign key (business_id, case_id) references cases (business_id, id),
    foreign key (case_id, reverses) references payment (case_id, id)
);
create index payment_by_case on payment (case_id, reported_at, id);

-- The business sees all payments of its case; an agency those of its own hand-offs, never what another one earned.
alter table payment enable row level security;
alter table payment force row level security;
grant select, insert on payment to handoff_app;
create policy app_read on payment for select to handoff_app using (
    may_open(case_id)
    and (business_id = (select ctx_org()) or agency_id = (select ctx_org())));
create policy app_add on payment for insert to handoff_app with check (
    org_id = (select ctx_org()) and reported_by = (select ctx_person()) and may_open(case_id)
    and (business_id = (select ctx_org()) or agency_id = (select ctx_org())));
