-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.sales (client_id INTEGER, sale INTEGER PRIMARY KEY, day TEXT, paid_on TEXT, shop TEXT, buyer INTEGER,
    amount NUMERIC, note TEXT);
CREATE TABLE public.buyers (client_id INTEGER, buyer INTEGER, name TEXT);
CREATE TABLE public.balances (client_id INTEGER, account INTEGER, branch TEXT, taken_on TEXT, balance NUMERIC,
    is_open INTEGER);
CREATE TABLE public.visits (client_id INTEGER, seen_at TEXT, visitor INTEGER);
CREATE TABLE public.moves (client_id INTEGER, moved_at TEXT, pallets INTEGER);
CREATE TABLE public.shops (client_id INTEGER, shop TEXT, size INTEGER);
