-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2.
CREATE TABLE public.sales (client_id bigint, day date, shop_id bigint, product text, buyer_id bigint, amount numeric,
    cost numeric, code text);
CREATE TABLE public.visits (client_id bigint, day date, shop_id bigint, visitors bigint);
CREATE TABLE public.shops (client_id bigint, shop_id bigint, title text);
