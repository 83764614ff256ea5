-- Papers and mail of a portfolio: one row a file in its ZIP archives (or a mail of a mailbox in there). The archives
-- stay sealed; the worker takes the files out one by one and seals them anew under the key of the case they belong to.

create table portfolio_paper (
    portfolio_id uuid not null references portfolio,
    business_id uuid not null,
    number integer not null,
    state text not null check (state in ('open', 'matched', 'left_out', 'refused', 'stored', 'known', 'skipped')),
    kind text not null,
    size bigint not null,
    -- The account in this portfolio (0 for none), and the case once it is there.
    ordinal integer not null default 0,
    case_id uuid,
    sealed bytea not null,
    -- Keyed digest of the file: the same file is not stored in a case again.
    digest bytea,
    settled_at timestamptz,
    primary key (portfolio_id, number)
);
create index portfolio_paper_to_store on portfolio_paper (portfolio_id, number) where state = 'matched';
create index portfolio_paper_of_account on portfolio_paper (portfolio_id, ordinal) where state = 'matched';
create index portfolio_paper_by_digest on portfolio_paper (business_id, case_id, digest) where state = 'stored';

alter table portfolio_paper enable row level security;
alter table portfolio_paper force row level security;
create policy app_read on portfolio_paper for select to handoff_app using (business_id = (select ctx_org()));
create policy app_change on portfolio_paper for update to handoff_app using (business_id = (select ctx_org()))
    with check (business_id = (select ctx_org()));
create policy worker_all on portfolio_paper to handoff_worker using (true) with check (true);
grant select, update (state, kind, ordinal, case_id, sealed) on portfolio_paper to handoff_app;
grant select, insert, update, delete on portfolio_paper to handoff_worker;

-- What the worker needs to put a paper into a case of the business whose portfolio is being committed: never another's.
create function paper_cases(wanted uuid[])
returns table (case_id uuid, state text, time_zone text, wrapped bytea, key_version smallint)
language sql stable security definer set search_path = pg_catalog, public as
$$ select c.id, c.state, c.time_zone, g.wrapped, g.key_version
   from cases c join case_grant g on g.case_id = c.id and g.org_id = c.business_id and g.key_version = c.key_version
   where c.id = any(wanted) and c.business_id = ctx_portfolio_business() $$;
alter function paper_cases(uuid[]) owner to handoff_definer;
revoke all on function paper_cases(uuid[]) from public;
grant execute on function paper_cases(uuid[]) to handoff_worker;

grant insert, update (state, media_type, size, sealed_meta, stored_at) on document to handoff_worker;
create policy worker_import on document for insert to handoff_worker with check (
    business_id = (select ctx_portfolio_business()) and org_id = (select ctx_portfolio_business())
    and state = 'uploading');
create policy worker_finish on document for update to handoff_worker using (
    business_id = (select ctx_portfolio_business()) and org_id = (select ctx_portfolio_business()))
    with check (business_id = (select ctx_portfolio_business()));
