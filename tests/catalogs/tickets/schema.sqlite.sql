-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.tickets (
    client_id INTEGER, ticket_id INTEGER PRIMARY KEY, opened_on TEXT, closed_on TEXT, agent_id INTEGER,
    priority INTEGER, amount NUMERIC, subject TEXT, is_urgent INTEGER, seen_at TEXT,
    tags TEXT, data TEXT, score_text TEXT, tier TEXT, margin NUMERIC, is_deleted INTEGER
);
CREATE TABLE public.ticket_notes (client_id INTEGER, note TEXT, minutes INTEGER);
CREATE TABLE public.ticket_lines (
    client_id INTEGER, ticket_id INTEGER, line INTEGER, item TEXT, PRIMARY KEY (client_id, ticket_id, line)
);
CREATE TABLE public.ticket_events (client_id INTEGER, event_id TEXT PRIMARY KEY, happened_at TEXT);
CREATE TABLE public.ticket_feed (client_id INTEGER, feed_id INTEGER PRIMARY KEY, kind TEXT);
CREATE TABLE public.agents (client_id INTEGER, agent_id INTEGER, agent_name TEXT);
