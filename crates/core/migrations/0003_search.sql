-- Search looks into a copy in memory; its index is gone, and what the copy is read from lies in one index.

drop trigger connections_search_insert;
drop trigger connections_search_delete;
drop trigger connections_search_update;
drop table connection_search;

drop index connections_by_name;
create index connections_listed on connections (
    name_key, status, connector, connector_name, flows, registration, account_name, last_test_at, search
) where deleted_at is null;
-- numbers for the rail and the filter chips
create index connections_counted on connections (connector_name, connector, status, flows) where deleted_at is null;
