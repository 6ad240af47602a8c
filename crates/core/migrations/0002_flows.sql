-- Flows: where they are read from, their cards, what these are bound to, and which flow calls which.

create table flow_sources (
    id integer primary key autoincrement,
    -- as the person chose it, absolute
    path text not null unique,
    -- file or folder
    kind text not null,
    added_at integer not null,
    last_read_at integer,
    -- the path isn't there or can't be read since then; flows are kept
    gone_since integer,
    -- JSON array of problems of the folder itself
    problems text not null default '[]'
) strict;

create table flow_files (
    id integer primary key autoincrement,
    source integer not null references flow_sources (id) on delete cascade,
    -- relative to the source, with `/`; empty when the source is the file
    path text not null,
    format text,
    version text,
    size integer not null,
    -- milliseconds since 1970
    modified integer not null,
    -- SHA-256 of the bytes, as hex; empty when they couldn't be read
    hash text not null,
    last_read_at integer not null,
    gone_since integer,
    -- JSON array of problems
    problems text not null default '[]',
    unique (source, path)
) strict;

create table flows (
    id integer primary key autoincrement,
    source integer not null references flow_sources (id) on delete cascade,
    file integer not null references flow_files (id) on delete cascade,
    -- place in the file, from 0
    position integer not null,
    -- id in the file: other for each Okta export
    file_id text,
    folder text not null,
    name text not null,
    description text not null,
    trigger_kind text not null,
    schedule text,
    -- JSON array: program and arguments of a manifest
    command text not null,
    -- JSON array: ids of all steps; recognises the flow in another export
    steps text not null,
    -- folded name, folder, file, titles and connection names: what search looks in
    search text not null,
    -- a newer reading of the file doesn't hold it any more; kept so that it is known when it comes back
    gone_since integer,
    cards integer not null default 0,
    unbound integer not null default 0
) strict;
create index flows_by_file on flows (file, position);
create index flows_by_source on flows (source, name);
create index flows_by_file_id on flows (file_id) where file_id is not null;
-- what pages are sorted and counted by, without reading the rows themselves
create index flows_listed on flows (source, folder, name, unbound, cards) where gone_since is null;

create table flow_cards (
    id integer primary key autoincrement,
    flow integer not null references flows (id) on delete cascade,
    -- place in the flow, from 0
    position integer not null,
    -- id in the file: survives a new export
    card_id text not null,
    title text not null,
    -- as the file names the connector
    connector_key text not null,
    -- the connector's id, when it is in the catalogue
    connector text,
    method text,
    -- as the file names the connection
    connection_name text,
    nested text,
    is_trigger integer not null,
    -- JSON array of arrays: one scope of each inner array is needed; null: nothing is known
    needs text,
    -- JSON object of a manifest: variable -> what fills it
    environment text,
    -- the bound connection; may have been deleted
    connection text,
    -- match or person; set without a connection when a person took it away
    chosen_by text,
    chosen_at integer,
    -- name of the connection that was deleted while this card was bound to it
    lost_name text
) strict;
create index flow_cards_by_flow on flow_cards (flow, position);
create index flow_cards_by_connection on flow_cards (connection, flow) where connection is not null;
create index flow_cards_by_name on flow_cards (connector, connection_name) where connection is null;
create index flow_cards_lost on flow_cards (flow) where lost_name is not null and connection is null;
create index flow_cards_with_needs on flow_cards (flow) where needs is not null;
create index flow_cards_by_card_id on flow_cards (card_id, connector_key);

create table flow_calls (
    caller integer not null references flows (id) on delete cascade,
    position integer not null,
    -- id of the called flow in its file
    file_id text,
    name text,
    -- title of the calling card
    card text not null,
    callee integer references flows (id) on delete set null,
    primary key (caller, position)
) strict, without rowid;
create index flow_calls_by_callee on flow_calls (callee) where callee is not null;

-- what a person answered for a name in a source; asked once
create table flow_choices (
    source integer not null references flow_sources (id) on delete cascade,
    connector_key text not null,
    -- folded
    connection_name text not null,
    connection text not null,
    chosen_at integer not null,
    primary key (source, connector_key, connection_name)
) strict, without rowid;
create index flow_choices_by_connection on flow_choices (connection);

-- moves of cards from one connection to another, for undo
create table flow_moves (
    id integer primary key autoincrement,
    at integer not null,
    from_connection text not null,
    to_connection text not null,
    -- JSON array: card, who had chosen it, when
    cards text not null,
    -- JSON array: source, connector key, name, when chosen
    choices text not null,
    undone_at integer
) strict;

-- A deleted connection leaves its cards unbound; they remember its name.
create trigger flows_forget_connection after delete on connections begin
    update flows set unbound = unbound + (
        select count(*) from flow_cards c where c.flow = flows.id and c.connection = old.id
    ) where id in (select flow from flow_cards where connection = old.id);
    update flow_cards set connection = null, chosen_by = null, chosen_at = null, lost_name = old.name
    where connection = old.id;
    delete from flow_choices where connection = old.id;
end;
