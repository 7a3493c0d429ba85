-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.sales (client_id INTEGER, day TEXT, shop_id INTEGER, product TEXT, buyer_id INTEGER, amount NUMERIC,
    cost NUMERIC, code TEXT);
CREATE TABLE public.visits (client_id INTEGER, day TEXT, shop_id INTEGER, visitors INTEGER);
CREATE TABLE public.shops (client_id INTEGER, shop_id INTEGER, title TEXT);
