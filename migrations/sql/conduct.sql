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
    -- "left": the case left the agency before anybody had decided; written by left_reviews() alone.
    decision text check (decision in ('fine', 'coach', 'breach', 'left')),
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

-- The agency sees what its people wait for as long as it holds the case, and afterwards that nobody had decided; the
-- business sees what was a breach, and what stood out and was never decided about.
alter table conduct_review enable row level security;
alter table conduct_review force row level security;
grant select, insert on conduct_review to handoff_app;
grant update (decision, decided_at, decided_by, sealed_reason) on conduct_review to handoff_app;
create policy app_read on conduct_review for select to handoff_app using (
    (agency_id = (select ctx_org()) and (decision = 'left' or may_open(case_id)))
    or (business_id = (select ctx_org()) and may_open(case_id)
        and (decision = 'breach' or (decision = 'left' and why <> 'sample'))));
create policy app_add on conduct_review for insert to handoff_app with check (
    agency_id = (select ctx_org()) and person_id = (select ctx_person()) and decision is null and may_open(case_id));
create policy app_decide on conduct_review for update to handoff_app
    using (agency_id = (select ctx_org()) and decision is null and may_open(case_id))
    with check (agency_id = (select ctx_org()) and decision in ('fine', 'coach', 'breach') and decided_by = (select ctx_person()));

alter table conduct_setting enable row level security;
alter table conduct_setting force row level security;
grant select, insert, update on conduct_setting to handoff_app;
create policy app_read on conduct_setting for select to handoff_app using (org_id = (select ctx_org()));
create policy app_add on conduct_setting for insert to handoff_app with check (org_id = (select ctx_org()));
create policy app_change on conduct_setting for update to handoff_app
    using (org_id = (select ctx_org())) with check (org_id = (select ctx_org()));

-- The respectful-contact score: counts of each agency over all businesses, nothing of a case, a customer or a person.
create index communication_of_agency on communication (org_id, occurred_at)
    where source = 'contact' and direction = 'out' and disposition is not null;
create index note_asked on note (sent_at) where asks_answer;
grant select on conduct_review, contact_flag, note, cases to handoff_definer;
create policy definer on conduct_review for select to handoff_definer using (true);
create policy definer on contact_flag for select to handoff_definer using (true);
create policy definer on note for select to handoff_definer using (true);

create function respect_counts(wanted uuid[], since timestamptz)
returns table (agency_id uuid, contacts bigint, checked bigint, fine bigint, flagged bigint, received bigint,
               well bigint, complaints bigint, coached bigint, breaches bigint, asked bigint, answered bigint)
language sql stable security definer set search_path = pg_catalog, public as $$
    -- An agency reads its own figures; businesses and the operator read those of all.
    with agency as (
        select o.id from organisation o
        where o.kind = 'agency' and o.id = any(wanted)
          and (o.id = ctx_org() or exists (
              select 1 from organisation mine where mine.id = ctx_org() and mine.kind <> 'agency'))),
    said as (
        select c.org_id, count(*) as contacts,
               count(c.conduct_outcome) as checked,
               count(*) filter (where c.conduct_outcome = 'fine') as fine,
               count(f.communication_id) as flagged,
               count(*) filter (where c.received_as in ('kindly', 'neutral', 'upset', 'angry', 'distressed')) as received,
               count(*) filter (where c.received_as in ('kindly', 'neutral')) as well
        from communication c left join contact_flag f on f.communication_id = c.id
        where c.org_id in (select id from agency) and c.source = 'contact' and c.direction = 'out'
          and c.disposition is not null and c.occurred_at >= since
        group by c.org_id),
    complained as (
        select h.org_id, count(*) as complaints from hold h
        where h.org_id in (select id from agency) and h.kind = 'complaint' and h.placed_at >= since
        group by h.org_id),
    looked as (
        select r.agency_id, count(*) filter (where r.decision = 'coach') as coached,
               count(*) filter (where r.decision = 'breach') as breaches
        from conduct_review r
        where r.agency_id in (select id from agency) and r.decided_at >= since
        group by r.agency_id),
    -- A question of the business, and whether the agency that held the case wrote within three days.
    answers as (
        select a.id, count(*) as asked, count(*) filter (where exists (
            select 1 from note back where back.case_id = n.case_id and back.org_id = a.id
              and back.sent_at > n.sent_at and back.sent_at <= n.sent_at + interval '3 days')) as answered
        from note n
        join cases k on k.id = n.case_id
        join agency a on a.id = k.holder_id
        where n.asks_answer and n.org_id = n.business_id and n.sent_at >= since
        group by a.id)
    select a.id, coalesce(s.contacts, 0), coalesce(s.checked, 0), coalesce(s.fine, 0), coalesce(s.flagged, 0),
           coalesce(s.received, 0), coalesce(s.well, 0), coalesce(c.complaints, 0), coalesce(l.coached, 0),
           coalesce(l.breaches, 0), coalesce(w.asked, 0), coalesce(w.answered, 0)
    from agency a
    left join said s on s.org_id = a.id
    left join complained c on c.org_id = a.id
    left join looked l on l.agency_id = a.id
    left join answers w on w.id = a.id
$$;
alter function respect_counts(uuid[], timestamptz) owner to handoff_definer;
revoke all on function respect_counts(uuid[], timestamptz) from public;
grant execute on function respect_counts(uuid[], timestamptz) to handoff_app;

-- Words of an agency that does not hold the case any more cannot be opened by it, so nobody can decide about them.
create function left_reviews(wanted uuid, at timestamptz)
returns table (communication_id uuid, why text, classes text[])
language sql security definer set search_path = pg_catalog, public as $$
    update conduct_review r set decision = 'left', decided_at = at
    where r.case_id = wanted and r.decision is null and ctx_org() in (r.business_id, r.agency_id)
      and not exists (select from handoff h where h.case_id = r.case_id and h.agency_id = r.agency_id and h.ended_at is null)
    returning r.communication_id, r.why, r.classes
$$;
alter function left_reviews(uuid, timestamptz) owner to handoff_definer;
revoke all on function left_reviews(uuid, timestamptz) from public;
grant execute on function left_reviews(uuid, timestamptz) to handoff_app;
grant update (decision, decided_at) on conduct_review to handoff_definer;
create policy definer_leave on conduct_review for update to handoff_definer using (decision is null)
    with check (decision = 'left');
