-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.growers (client_id INTEGER, id INTEGER, name TEXT, land TEXT, hectares NUMERIC);
CREATE TABLE public.crates (client_id INTEGER, id INTEGER, grower_id INTEGER, fruit TEXT, kilos NUMERIC, picked_on TEXT,
    spoiled INTEGER);
CREATE TABLE public.visits (client_id INTEGER, grower_id INTEGER);
