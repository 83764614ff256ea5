-- Contact rests in every case of an agency that has no valid licence for the customer's place any more, and goes on by
-- itself once one is verified. Placed by the worker, and in the transaction in which an officer of the operator decides
-- about a licence. Neither opens a case, so the reason stands in clear: it names a licence and never the customer.
alter table hold alter column sealed_reason drop not null, add column clear_reason text,
    add check ((kind = 'licence') = (clear_reason is not null)),
    add check ((kind = 'licence') = (sealed_reason is null));
create unique index hold_for_licence on hold (case_id, org_id) where kind = 'licence' and lifted_at is null;

-- Only the functions below write such holds.
create policy licence_add on hold as restrictive for insert to handoff_app with check (kind <> 'licence');
create policy licence_lift on hold as restrictive for update to handoff_app using (kind <> 'licence');
grant insert, update (lifted_at, lifted_by) on hold to handoff_definer;
create policy definer_add on hold for insert to handoff_definer with check (kind = 'licence');
create policy definer_lift on hold for update to handoff_definer using (kind = 'licence') with check (kind = 'licence');

create policy worker_read on licence for select to handoff_worker using (true);
grant select on licence to handoff_worker;

create function may_stop_for_licence() returns boolean
language sql stable set search_path = pg_catalog, public as $$
    select session_user = 'handoff_worker' or coalesce(ctx_kind() = 'operator', false)
$$;

-- The cases that an agency holds, and those that still rest because of its licence; with what decides on the licence.
create function licence_cases(agency uuid)
returns table (case_id uuid, business_id uuid, country text, region text, debtor_type text, time_zone text,
               held boolean, hold_id uuid)
language sql stable security definer set search_path = pg_catalog, public as $$
    select c.id, c.business_id, c.country, c.region, c.debtor_type, c.time_zone,
           c.state = 'held' and c.holder_id = agency, h.id
    from cases c left join hold h on h.case_id = c.id and h.org_id = agency and h.kind = 'licence' and h.lifted_at is null
    where may_stop_for_licence() and (h.id is not null or (c.state = 'held' and c.holder_id = agency))
    order by c.business_id, c.id
$$;

-- Gives the cases that rest from now on; what waits for the business goes on waiting for it.
create function stop_for_licence(agency uuid, ids uuid[], wanted uuid[], due timestamptz[], reasons text[], at timestamptz,
                                 by uuid)
returns setof uuid language sql security definer set search_path = pg_catalog, public as $$
    with asked as (select * from unnest(ids, wanted, due, reasons) as t(id, case_id, due_at, reason)),
    placed as (
        insert into hold (id, case_id, business_id, org_id, kind, stops_contact, owner, due_at, key_version, clear_reason,
                          placed_at, placed_by)
        select a.id, c.id, c.business_id, agency, 'licence', true, 'agency', a.due_at, 0, a.reason, at, by
        from asked a join cases c on c.id = a.case_id and c.state = 'held' and c.holder_id = agency
        where may_stop_for_licence()
        on conflict do nothing
        returning case_id, due_at),
    turned as (
        update cases c set turn = 'agency', turn_until = p.due_at, updated_at = at
        from placed p where p.case_id = c.id and c.turn <> 'business')
    select case_id from placed
$$;

-- Gives the holds that ended; the agency goes on where nothing else stops it.
create function lift_for_licence(ids uuid[], due timestamptz[], at timestamptz, by uuid)
returns setof uuid language sql security definer set search_path = pg_catalog, public as $$
    with asked as (select * from unnest(ids, due) as t(id, due_at)),
    lifted as (
        update hold h set lifted_at = at, lifted_by = by from asked a
        where h.id = a.id and h.kind = 'licence' and h.lifted_at is null and may_stop_for_licence()
        returning h.id, h.case_id, h.org_id, a.due_at),
    turned as (
        update cases c set turn = 'agency', turn_until = l.due_at, updated_at = at
        from lifted l where l.case_id = c.id and c.state = 'held' and c.holder_id = l.org_id and c.turn <> 'business'
          and not exists (select from hold o where o.case_id = c.id and o.id <> l.id and o.stops_contact
                          and o.lifted_at is null and (o.until is null or o.until > at)))
    select id from lifted
$$;

alter function licence_cases(uuid) owner to handoff_definer;
alter function stop_for_licence(uuid, uuid[], uuid[], timestamptz[], text[], timestamptz, uuid) owner to handoff_definer;
alter function lift_for_licence(uuid[], timestamptz[], timestamptz, uuid) owner to handoff_definer;
alter function may_stop_for_licence() owner to handoff_definer;
revoke all on function licence_cases, stop_for_licence, lift_for_licence, may_stop_for_licence from public;
grant execute on function licence_cases, stop_for_licence, lift_for_licence to handoff_app, handoff_worker;
