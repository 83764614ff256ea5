-- The log. Writers call append_event and can do nothing else; one role (the sequencer) turns the queue into a Merkle
-- tree; nobody may change or remove what was written. Expects ctx_org() and ctx_kind() to exist.
--
-- Not partitioned by month: a unique event id cannot span partitions, and the owner would have to make new ones in time.

create table audit_event (
    id bigint generated always as identity (cache 1) primary key,
    eid uuid not null unique,
    ts timestamptz not null,
    kid smallint not null,
    mac bytea not null check (octet_length(mac) = 32),
    leaf bytea not null check (octet_length(leaf) between 2 and 65535),
    -- Copies for searching; the sequencer and the verifier compare them with the leaf.
    org_id uuid,
    own_org_id uuid,
    case_id uuid,
    case_seq bigint,
    actor_id uuid,
    action text not null,
    outcome text not null,
    check (case_seq is null or (case_seq > 0 and case_id is not null))
);
create index audit_event_by_org on audit_event (org_id, id desc) where org_id is not null;
create index audit_event_by_owner on audit_event (own_org_id, id desc) where own_org_id is not null;
create index audit_event_by_actor on audit_event (actor_id, id desc) where actor_id is not null;
create index audit_event_by_action on audit_event (action, id desc);
create index audit_event_by_time on audit_event (ts, id);
create unique index audit_event_by_case on audit_event (case_id, case_seq desc) where case_id is not null;

create table audit_queue (
    id bigint primary key
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table audit_leaf (
    idx bigint primary key check (idx >= 0),
    event_id bigint not null unique,
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32)
);

create table audit_tile (
    level smallint not null check (level between 0 and 7),
    n bigint not null check (n >= 0),
    hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
    primary key (level, n)
);

create table audit_root (
    one boolean primary key default true check (one),
    size bigint not null check (size > 0),
    root bytea not null check (octet_length(root) = 32)
);

create table audit_checkpoint (
    size bigint primary key check (size >= 0),
    root bytea not null check (octet_length(root) = 32),
    note text not null,
    created_at timestamptz not null unique
);

create table audit_anchored (
    size bigint primary key references audit_checkpoint,
    key text not null,
    created_at timestamptz not null
);

-- What outsiders said about a checkpoint: a time stamp (RFC 3161, the whole response) or a witness's signature line.
create table audit_testimony (
    size bigint not null references audit_checkpoint,
    kind text not null check (kind in ('timestamp', 'cosignature')),
    giver text not null check (length(giver) between 1 and 255),
    said bytea not null check (octet_length(said) between 1 and 65536),
    at timestamptz not null,
    stored_at timestamptz not null,
    primary key (size, kind, giver)
);
create index audit_testimony_by_giver on audit_testimony (kind, giver, size desc);

create table audit_quarantine (
    event_id bigint primary key,
    reason text not null,
    seen_at timestamptz not null
);

create table case_counter (
    case_id uuid primary key,
    own_org_id uuid,
    seq bigint not null check (seq > 0)
) with (fillfactor = 70);

-- What was written stays.

create function audit_refuse() returns trigger language plpgsql as
$$ begin raise exception '% on % is refused: the log is append-only', tg_op, tg_table_name
       using errcode = 'insufficient_privilege'; end $$;

create trigger keep before update or delete or truncate on audit_event
    for each statement execute function audit_refuse();
create trigger keep before update or delete or truncate on audit_leaf
    for each statement execute function audit_refuse();
create trigger keep before update or delete or truncate on audit_checkpoint
    for each statement execute function audit_refuse();
create trigger keep before update or delete or truncate on audit_anchored
    for each statement execute function audit_refuse();
create trigger keep before update or delete or truncate on audit_testimony
    for each statement execute function audit_refuse();
create trigger keep before update or delete or truncate on audit_quarantine
    for each statement execute function audit_refuse();
create trigger keep before delete or truncate on audit_tile for each statement execute function audit_refuse();
create trigger keep before delete or truncate on audit_root for each statement execute function audit_refuse();
create trigger keep before delete or truncate on case_counter for each statement execute function audit_refuse();
create trigger keep before truncate on audit_queue for each statement execute function audit_refuse();
create trigger grow before update on audit_tile for each row
    when (new.level <> old.level or new.n <> old.n
          or substr(new.hashes, 1, octet_length(old.hashes)) <> old.hashes)
    execute function audit_refuse();
create trigger grow before update on audit_root for each row
    when (new.size <= old.size) execute function audit_refuse();
create trigger grow before update on case_counter for each row
    when (new.case_id <> old.case_id or new.seq <> old.seq + 1) execute function audit_refuse();

-- The doors. Both functions see every row they need, whoever calls them, and give nothing back but a number.

create function append_event(
    eid uuid, ts timestamptz, kid smallint, mac bytea, leaf bytea, org uuid, own uuid,
    "case" uuid, cseq bigint, actor uuid, action text, outcome text
) returns void language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
    number bigint;
begin
    if $8 is not null and not exists (select from case_counter c where c.case_id = $8 and c.seq = $9) then
        raise exception 'case % has not counted to %', $8, $9 using errcode = 'insufficient_privilege';
    end if;
    insert into audit_event (eid, ts, kid, mac, leaf, org_id, own_org_id, case_id, case_seq, actor_id, action, outcome)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id into number;
    insert into audit_queue values (number);
end
$$;

-- Who may count a case on: the business that owns it, agencies that it was offered to, and the operator where contact
-- rests or rested for want of a licence, which its officer decides about. A number that was drawn and
-- never written would look like a missing event, so nobody draws one for a case of others. Jobs are trusted to know.
create function may_count("case" uuid, own uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as
$$
begin
    return session_user = 'handoff_worker' or $2 = ctx_org()
        or exists (select from offer o where o.case_id = $1 and o.business_id = $2 and o.agency_id = ctx_org())
        or ctx_kind() = 'operator' and exists (
            select from hold h where h.case_id = $1 and h.business_id = $2 and h.kind = 'licence');
end
$$;

create function next_case_seq("case" uuid, own uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
    number bigint;
begin
    if may_count($1, $2) is not true then
        raise exception 'case % is not for the caller to count', $1 using errcode = 'insufficient_privilege';
    end if;
    insert into case_counter as c (case_id, own_org_id, seq) values ($1, $2, 1)
    on conflict (case_id) do update
        set seq = c.seq + 1, own_org_id = coalesce(c.own_org_id, excluded.own_org_id)
        where c.own_org_id is null or excluded.own_org_id is null or c.own_org_id = excluded.own_org_id
    returning seq into number;
    if number is null then
        raise exception 'case % belongs to another organisation', $1 using errcode = 'insufficient_privilege';
    end if;
    return number;
end
$$;

-- The same for many cases of one business at once; each case is named once.
create function append_events(
    eids uuid[], ts timestamptz, kid smallint, macs bytea[], leaves bytea[], org uuid, own uuid,
    cases uuid[], cseqs bigint[], actor uuid, actions text[], outcomes text[]
) returns void language plpgsql security definer set search_path = pg_catalog, public as
$$
begin
    if exists (select from unnest($8, $9) as t(c, n)
               where not exists (select from case_counter k where k.case_id = t.c and k.seq = t.n)) then
        raise exception 'a case has not counted that far' using errcode = 'insufficient_privilege';
    end if;
    with added as (
        insert into audit_event (eid, ts, kid, mac, leaf, org_id, own_org_id, case_id, case_seq, actor_id, action,
                                 outcome)
        select e, $2, $3, m, l, $6, $7, c, n, $10, a, o
        from unnest($1, $4, $5, $8, $9, $11, $12) as t(e, m, l, c, n, a, o)
        returning id
    )
    insert into audit_queue select id from added;
end
$$;

create function next_case_seqs(cases uuid[], own uuid) returns table (case_id uuid, seq bigint)
language plpgsql security definer set search_path = pg_catalog, public as
$$
declare
    found bigint;
begin
    return query
    insert into case_counter as c (case_id, own_org_id, seq) select t.one, $2, 1 from unnest($1) as t(one)
    on conflict on constraint case_counter_pkey do update
        set seq = c.seq + 1, own_org_id = coalesce(c.own_org_id, excluded.own_org_id)
        where c.own_org_id is null or excluded.own_org_id is null or c.own_org_id = excluded.own_org_id
    returning c.case_id, c.seq;
    get diagnostics found = row_count;
    if found <> cardinality($1) then
        raise exception 'one of % cases belongs to another organisation', cardinality($1)
            using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- Numbers for health checks: how much waits since when, how much is signed since when, and how much is wrong.
create function audit_freshness(
    out waiting bigint, out waiting_since timestamptz, out size bigint, out signed_size bigint,
    out signed_at timestamptz, out anchored_size bigint, out quarantined bigint
) language sql stable security definer set search_path = pg_catalog, public as
$$
    select (select count(*) from audit_queue),
           (select e.ts from audit_queue q join audit_event e on e.id = q.id order by q.id limit 1),
           coalesce((select r.size from audit_root r), 0),
           coalesce((select max(c.size) from audit_checkpoint c), 0),
           (select c.created_at from audit_checkpoint c order by c.size desc limit 1),
           coalesce((select max(a.size) from audit_anchored a), 0),
           (select count(*) from audit_quarantine)
$$;

alter function append_event(uuid, timestamptz, smallint, bytea, bytea, uuid, uuid, uuid, bigint, uuid, text, text)
    owner to handoff_definer;
alter function may_count(uuid, uuid) owner to handoff_definer;
alter function next_case_seq(uuid, uuid) owner to handoff_definer;
alter function append_events(uuid[], timestamptz, smallint, bytea[], bytea[], uuid, uuid, uuid[], bigint[], uuid,
                             text[], text[]) owner to handoff_definer;
alter function next_case_seqs(uuid[], uuid) owner to handoff_definer;
alter function audit_freshness() owner to handoff_definer;
revoke all on function append_event, may_count, next_case_seq, append_events, next_case_seqs, audit_freshness from public;
grant execute on function append_event to handoff_app, handoff_gate, handoff_worker;
grant execute on function next_case_seq to handoff_app, handoff_worker;
grant execute on function append_events, next_case_seqs to handoff_worker;
grant execute on function audit_freshness to handoff_app, handoff_gate, handoff_worker, handoff_sequencer;

-- Who may do what, and then to which rows.

grant select (id, ts), insert (eid, ts, kid, mac, leaf, org_id, own_org_id, case_id, case_seq, actor_id, action, outcome)
    on audit_event to handoff_definer;
grant select, insert on audit_queue to handoff_definer;
grant select, insert, update on case_counter to handoff_definer;
grant select on audit_root, audit_checkpoint, audit_anchored, audit_quarantine to handoff_definer;

grant select on audit_event, audit_leaf, audit_tile, audit_checkpoint, audit_anchored, audit_testimony, audit_quarantine,
    case_counter to handoff_app;

grant select on audit_event, case_counter to handoff_sequencer;
grant select, delete on audit_queue to handoff_sequencer;
grant select, insert on audit_leaf, audit_checkpoint, audit_anchored, audit_testimony, audit_quarantine
    to handoff_sequencer;
grant select, insert, update on audit_tile, audit_root to handoff_sequencer;

do $$
declare
    name text;
begin
    foreach name in array array['audit_event', 'audit_queue', 'audit_leaf', 'audit_tile', 'audit_root',
                                'audit_checkpoint', 'audit_anchored', 'audit_testimony', 'audit_quarantine',
                                'case_counter']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        -- Grants above say which of the commands each of the two may use.
        execute format('create policy inside on %I to handoff_definer, handoff_sequencer using (true)', name);
    end loop;
end
$$;

create policy read_own on audit_event for select to handoff_app using (
    org_id = (select ctx_org()) or own_org_id = (select ctx_org()) or (select ctx_kind()) = 'operator'
);
create policy read_own on case_counter for select to handoff_app using (
    own_org_id = (select ctx_org()) or (select ctx_kind()) = 'operator'
);
create policy read_all on audit_quarantine for select to handoff_app using ((select ctx_kind()) = 'operator');
-- Hashes and numbers only: proofs need them, and each leaf holds a random id, so a hash gives nothing away.
create policy read_all on audit_leaf for select to handoff_app using ((select ctx_kind()) is not null);
create policy read_all on audit_tile for select to handoff_app using ((select ctx_kind()) is not null);
create policy read_all on audit_checkpoint for select to handoff_app using ((select ctx_kind()) is not null);
create policy read_all on audit_testimony for select to handoff_app using ((select ctx_kind()) is not null);
create policy read_all on audit_anchored for select to handoff_app using ((select ctx_kind()) is not null);
