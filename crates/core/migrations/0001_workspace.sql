-- The workspace: facts, connections, client registrations, authorizations, activity.

create table meta (
    key text primary key,
    -- JSON, or plain text
    value text not null
) strict, without rowid;

create table connections (
    id text primary key,
    name text not null,
    -- the name folded (NFKC, lower case, single spaces): unique among those not deleted
    name_key text not null,
    description text not null,
    connector text not null,
    connector_name text not null,
    method text not null,
    -- JSON object: settings that aren't secret, captured ones among them
    settings text not null,
    registration text references registrations (id),
    -- JSON array
    scopes_requested text not null,
    -- JSON array; null when the provider didn't say
    scopes_granted text,
    account_id text,
    account_name text,
    status text not null,
    status_reason text,
    -- JSON of the error that explains the status
    problem text,
    -- JSON of the redirect used at the last authorization
    redirect text,
    -- JSON of the endpoints the grant belongs to; a refresh token is sent nowhere else
    endpoints text,
    created_at integer not null,
    authorized_at integer,
    refreshed_at integer,
    expires_at integer,
    refresh_expires_at integer,
    has_refresh_token integer not null default 0,
    -- JSON array: names of the secrets in the sealed record
    secret_names text not null default '[]',
    last_test_at integer,
    last_test_verdict text,
    -- JSON of the whole result
    last_test text,
    -- flows bound to it, kept by the flow tables
    flows integer not null default 0,
    generation integer not null default 1,
    -- the sealed record
    sealed blob not null,
    -- journal of a refresh: set before the request, cleared with its result
    refresh_started_at integer,
    refresh_generation integer,
    deleted_at integer,
    -- folded name, description, account and connector: what search looks in; empty once deleted
    search text not null
) strict;

create unique index connections_name on connections (name_key) where deleted_at is null;
create index connections_by_name on connections (name_key, status, connector, flows, search) where deleted_at is null;
create index connections_by_connector on connections (connector_name, connector, name_key) where deleted_at is null;
create index connections_by_account on connections (account_name, name_key) where deleted_at is null;
create index connections_by_status on connections (status, name_key) where deleted_at is null;
create index connections_by_test on connections (last_test_at, name_key) where deleted_at is null;
create index connections_by_flows on connections (flows, name_key) where deleted_at is null;
create index connections_by_registration on connections (registration) where registration is not null;
create index connections_deleted on connections (deleted_at) where deleted_at is not null;

-- substring search over 100,000 rows without reading them all
create virtual table connection_search using fts5 (
    search,
    content = 'connections',
    tokenize = 'trigram'
);
create trigger connections_search_insert after insert on connections begin
    insert into connection_search (rowid, search) values (new.rowid, new.search);
end;
create trigger connections_search_delete after delete on connections begin
    insert into connection_search (connection_search, rowid, search) values ('delete', old.rowid, old.search);
end;
create trigger connections_search_update after update of search on connections when old.search <> new.search begin
    insert into connection_search (connection_search, rowid, search) values ('delete', old.rowid, old.search);
    insert into connection_search (rowid, search) values (new.rowid, new.search);
end;

create table registrations (
    id text primary key,
    connector text not null,
    name text not null,
    client_id text not null,
    source text not null,
    -- scheme and host of the token endpoint it was first used at; it is used nowhere else
    origin text,
    has_secret integer not null,
    has_next_secret integer not null default 0,
    secret_expires_at integer,
    created_at integer not null,
    generation integer not null default 1,
    sealed blob not null
) strict;
create index registrations_by_connector on registrations (connector, name);

create table authorizations (
    id text primary key,
    connection text not null references connections (id) on delete cascade,
    reauthorization integer not null,
    -- first 16 bytes of SHA-256 of the state, as hex: finds the row, proves nothing
    state_key text,
    phase text not null,
    started_at integer not null,
    expires_at integer not null,
    -- JSON
    redirect text,
    -- JSON array
    scopes text not null,
    -- JSON of the connection's change that takes effect with success (settings, registration)
    change text not null default '{}',
    -- JSON of the endpoints of this attempt
    endpoints text,
    -- JSON, for the device grant
    device text,
    -- JSON of what failed
    error text,
    new_account text,
    generation integer not null default 1,
    -- state, verifier, nonce, device code, address; after the exchange of a doubtful account the new tokens
    sealed blob not null
) strict;
create index authorizations_by_state on authorizations (state_key);
create index authorizations_by_connection on authorizations (connection);

create table activity (
    id integer primary key,
    at integer not null,
    action text not null,
    outcome text not null,
    connection text,
    connection_name text,
    connector text,
    detail text
) strict;
create index activity_by_connection on activity (connection, id);
