-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2; all share every relation.
CREATE TABLE public.tickets (
    client_id bigint, ticket_id bigint PRIMARY KEY, opened_on date, closed_on date, agent_id bigint,
    priority integer, amount numeric(10, 2), subject text, is_urgent boolean, seen_at timestamp,
    tags text[], data jsonb, score_text text, tier text, margin numeric(10, 2), is_deleted boolean
);
CREATE TABLE public.ticket_notes (client_id bigint, note text, minutes integer);
CREATE TABLE public.ticket_lines (
    client_id bigint, ticket_id bigint, line integer, item text, PRIMARY KEY (client_id, ticket_id, line)
);
CREATE TABLE public.ticket_events (client_id bigint, event_id uuid PRIMARY KEY, happened_at timestamptz);
CREATE TABLE public.ticket_feed (client_id bigint, feed_id bigint PRIMARY KEY, kind text);
CREATE TABLE public.agents (client_id bigint, agent_id bigint, agent_name text);
