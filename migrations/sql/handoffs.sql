-- Offers and hand-offs. The agency's wrapped key waits in the offer, in a column that no agency can select, until
-- accept_offer() moves it into a grant: of many simultaneous acceptances exactly one finds the case still offered.

create table offer (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    agency_id uuid not null references organisation,
    state text not null check (state in ('open', 'accepted', 'declined', 'withdrawn', 'lapsed', 'lost')),
    preview jsonb not null,
    commission_bp integer not null check (commission_bp between 0 and 10000),
    allocation text[] not null,
    wrapped bytea not null,
    key_version smallint not null,
    talk_for_business bytea not null,
    talk_for_agency bytea not null,
    made_at timestamptz not null,
    made_by uuid not null,
    expires_at timestamptz not null,
    seen_at timestamptz,
    answer_due timestamptz,
    answered_at timestamptz,
    decline_reason text,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create unique index offer_once_open on offer (case_id, agency_id) where state = 'open';
comment on column offer.answer_due is 'until when the business answers the question that waits; null while none does';
create index offer_of_agency on offer (agency_id, state, expires_at, id);
create index offer_of_agency_any on offer (agency_id, expires_at, id);
create index offer_of_business on offer (business_id, state, made_at, case_id, id);
create index offer_of_business_any on offer (business_id, made_at, case_id, id);
create index offer_unanswered on offer (business_id, answer_due, id) where state = 'open' and answer_due is not null;
create index offer_by_case on offer (case_id, made_at);
create index offer_running_out on offer (expires_at) where state = 'open';

create table offer_message (
    id uuid primary key,
    offer_id uuid not null references offer,
    business_id uuid not null,
    agency_id uuid not null,
    org_id uuid not null references organisation,
    person_id uuid not null,
    sealed bytea not null,
    sent_at timestamptz not null
);
create index offer_message_by_offer on offer_message (offer_id, sent_at);

create table handoff (
    id uuid primary key,
    case_id uuid not null,
    business_id uuid not null,
    agency_id uuid not null references organisation,
    offer_id uuid not null references offer,
    licence jsonb not null,
    commission_bp integer not null,
    allocation text[] not null,
    accepted_at timestamptz not null,
    accepted_by uuid not null,
    ended_at timestamptz,
    ended_by uuid,
    end_kind text check (end_kind in ('returned', 'recalled', 'closed')),
    end_reason text,
    agency_reference text,
    foreign key (business_id, case_id) references cases (business_id, id)
);
create unique index handoff_one_at_a_time on handoff (case_id) where ended_at is null;
create index handoff_of_agency on handoff (agency_id, accepted_at);

do $$
declare t text;
begin
    foreach t in array array['offer', 'offer_message', 'handoff'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
    end loop;
end $$;

grant select (id, case_id, business_id, agency_id, state, preview, commission_bp, allocation, talk_for_business,
              talk_for_agency, made_at, made_by, expires_at, seen_at, answer_due, answered_at, decline_reason),
      insert, update (state, seen_at, answer_due, answered_at, decline_reason) on offer to handoff_app;
create policy app_read on offer for select to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()));
create policy app_add on offer for insert to handoff_app with check (
    business_id = (select ctx_org()) and may_open(case_id) and state = 'open'
    and exists (select 1 from organisation o where o.id = agency_id and o.kind = 'agency'));
create policy app_change on offer for update to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()))
    with check (business_id = (select ctx_org()) or (agency_id = (select ctx_org()) and state <> 'accepted'));
-- Pages end an open offer and nothing else; accepting and lapsing go through other doors.
create function offer_guard() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if current_user = 'handoff_app' and old.state <> new.state
       and (old.state, new.state) is distinct from
           ('open', case when old.business_id = (select ctx_org()) then 'withdrawn' else 'declined' end) then
        raise exception 'an offer does not go from % to %', old.state, new.state using errcode = '42501';
    end if;
    return new;
end $$;
create trigger guard before update of state on offer for each row execute function offer_guard();
grant select (id, case_id, business_id, agency_id, state, expires_at), update (state, answered_at) on offer
    to handoff_worker;
create policy worker_sweep on offer to handoff_worker using (true) with check (true);

grant select, insert on offer_message to handoff_app;
create policy app_read on offer_message for select to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()));
create policy app_add on offer_message for insert to handoff_app with check (
    org_id = (select ctx_org()) and person_id = (select ctx_person())
    and exists (select 1 from offer o where o.id = offer_id and o.business_id = offer_message.business_id
                and o.agency_id = offer_message.agency_id));

grant select on handoff to handoff_app;
grant update (agency_reference) on handoff to handoff_app;
create policy app_read on handoff for select to handoff_app using (
    business_id = (select ctx_org()) or agency_id = (select ctx_org()));
create policy app_name on handoff for update to handoff_app using (agency_id = (select ctx_org()))
    with check (agency_id = (select ctx_org()));

grant select, update on offer, cases to handoff_definer;
grant select, insert, update on handoff to handoff_definer;
grant select, insert, delete on case_grant to handoff_definer;
create policy definer on offer to handoff_definer using (true) with check (true);
create policy definer on cases to handoff_definer using (true) with check (true);
create policy definer on handoff to handoff_definer using (true) with check (true);
create policy definer on case_grant to handoff_definer using (true) with check (true);

-- An agency may know the name of a business that offered it something. (A function, because the policies of offer
-- and organisation would otherwise ask each other without end.)
create function offered_to_caller(business uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select 1 from offer o where o.business_id = business and o.agency_id = ctx_org())
$$;
alter function offered_to_caller(uuid) owner to handoff_definer;
revoke all on function offered_to_caller(uuid) from public;
grant execute on function offered_to_caller(uuid) to handoff_app;
create policy app_read_partner on organisation for select to handoff_app using (
    kind = 'business' and offered_to_caller(id));

-- Accepts for the caller's organisation. Returns false when somebody was faster or the offer ended.
create function accept_offer(wanted uuid, handoff_id uuid, frozen_licence jsonb, at timestamptz, due timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare o offer%rowtype;
begin
    select * into o from offer where id = wanted and agency_id = ctx_org();
    if not found then return false; end if;
    perform from cases where id = o.case_id for update;
    -- Its own statement: it sees how offers ended while this one waited for the case.
    update cases set state = 'held', holder_id = o.agency_id, turn = 'agency', turn_until = due, updated_at = at
        where id = o.case_id and state = 'offered'
          and exists (select 1 from offer x where x.id = wanted and x.state = 'open' and x.expires_at > at);
    if not found then return false; end if;
    update offer set state = case when id = wanted then 'accepted' else 'lost' end, answered_at = at
        where case_id = o.case_id and state = 'open';
    insert into handoff (id, case_id, business_id, agency_id, offer_id, licence, commission_bp, allocation,
                         accepted_at, accepted_by)
        values (handoff_id, o.case_id, o.business_id, o.agency_id, wanted, frozen_licence, o.commission_bp,
                o.allocation, at, ctx_person());
    insert into case_grant (case_id, org_id, key_version, wrapped, granted_at)
        values (o.case_id, o.agency_id, o.key_version, o.wrapped, at);
    return true;
end $$;

-- Whose turn it is while a case is offered, worked out from its open offers: the business's while a question waits,
-- else the agencies'; without an open offer the case is the business's again. Harmless at any time, but only for those
-- whom the case or one of its offers concerns. Whatever changes an offer of a case calls it first too: the case is
-- locked before its offers, so that answers which meet take turns.
create function settle_offers(wanted uuid, at timestamptz) returns boolean
language sql security definer set search_path = pg_catalog, public as $$
    update cases c set state = case when f.waiting = 0 then 'ready' else 'offered' end,
                       turn = case when f.waiting = 0 or f.due is not null then 'business' else 'agency' end,
                       turn_until = case when f.waiting = 0 then null else coalesce(f.due, f.last_end) end,
                       updated_at = at
    from (select count(*) waiting, min(o.answer_due) due, max(o.expires_at) last_end
          from offer o where o.case_id = wanted and o.state = 'open') f
    where c.id = wanted and c.state = 'offered'
      and (session_user = 'handoff_worker' or c.business_id = ctx_org()
           or exists (select 1 from offer mine where mine.case_id = wanted and mine.agency_id = ctx_org()))
    returning true
$$;

-- Ends the running hand-off for the business or the agency that asks; the agency's grant goes in the same breath.
-- A closed case leaves the agency's desk but stays with its holder's name for the statement.
create function end_handoff(wanted uuid, kind text, reason text, at timestamptz)
returns uuid language plpgsql security definer set search_path = pg_catalog, public as $$
declare h handoff%rowtype;
begin
    update handoff set ended_at = at, ended_by = ctx_person(), end_kind = kind, end_reason = reason
        where case_id = wanted and ended_at is null
          and (business_id = ctx_org() and kind in ('recalled', 'closed')
               or agency_id = ctx_org() and kind in ('returned', 'closed'))
        returning * into h;
    if not found then return null; end if;
    delete from case_grant where case_id = wanted and org_id = h.agency_id;
    update cases set state = case when kind = 'closed' then 'closed' else 'ready' end, holder_id = null,
                     turn = case when kind = 'closed' then 'nobody' else 'business' end,
                     turn_until = null, updated_at = at,
                     closed_at = case when kind = 'closed' then at end
        where id = wanted;
    return h.agency_id;
end $$;

alter function accept_offer(uuid, uuid, jsonb, timestamptz, timestamptz) owner to handoff_definer;
alter function end_handoff(uuid, text, text, timestamptz) owner to handoff_definer;
alter function settle_offers(uuid, timestamptz) owner to handoff_definer;
revoke all on function accept_offer(uuid, uuid, jsonb, timestamptz, timestamptz),
                       end_handoff(uuid, text, text, timestamptz),
                       settle_offers(uuid, timestamptz) from public;
grant execute on function accept_offer(uuid, uuid, jsonb, timestamptz, timestamptz),
                          end_handoff(uuid, text, text, timestamptz),
                          settle_offers(uuid, timestamptz) to handoff_app;
grant execute on function settle_offers(uuid, timestamptz) to handoff_worker;
