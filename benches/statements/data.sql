-- Orders and declines of two tenants over three years, in the order of their dates, and the campaigns that
-- name them; what products are, and what accounts hold each day. Every value is a function of the row's number, so that each run has the same rows.
CREATE SCHEMA reporting;

CREATE FUNCTION pg_temp.spread(row_number bigint, salt bigint, below bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT abs(hashint8extended(row_number, salt) % below) $$;

CREATE TABLE reporting.orders AS
SELECT
    n AS id,
    CASE WHEN pg_temp.spread(n, 1, 20) = 0 THEN 2 ELSE 1 END::bigint AS client_id,
    ('2023-01-01'::date + (n * 1096::bigint / ROWS_OF_ORDERS)::int) AS date,
    CASE WHEN pg_temp.spread(n, 2, 100) > 0 THEN 1 + pg_temp.spread(n, 3, 200) END AS campaign_id,
    1 + pg_temp.spread(n, 4, 500) AS product_id,
    1 + pg_temp.spread(n, 5, 80) AS gateway_id,
    (400000 + pg_temp.spread(n, 6, 20000))::text AS bin,
    CASE WHEN pg_temp.spread(n, 7, 10) > 0 THEN 'aff' || pg_temp.spread(n, 8, 2000) END AS affid,
    (ARRAY['initial', 'rebill', 'straight'])[1 + pg_temp.spread(n, 9, 3)] AS kind,
    pg_temp.spread(n, 10, 20000)::text AS score,
    (pg_temp.spread(n, 11, 20000) / 100.0)::numeric(12, 2) AS amount,
    pg_temp.spread(n, 12, 5)::int AS attempts,
    pg_temp.spread(n, 13, 3)::int AS approvals,
    pg_temp.spread(n, 14, 2)::int AS refunds
FROM generate_series(0, ROWS_OF_ORDERS - 1) AS n;
CREATE INDEX ON reporting.orders (date);
CREATE UNIQUE INDEX ON reporting.orders (client_id, id);

CREATE TABLE reporting.declines AS
SELECT
    CASE WHEN pg_temp.spread(n, 21, 20) = 0 THEN 2 ELSE 1 END::bigint AS client_id,
    ('2023-01-01'::date + (n * 1096::bigint / (ROWS_OF_ORDERS / 2))::int) AS date,
    1 + pg_temp.spread(n, 22, 220) AS campaign_id,
    pg_temp.spread(n, 23, 4)::int AS tries
FROM generate_series(0, ROWS_OF_ORDERS / 2 - 1) AS n;
CREATE INDEX ON reporting.declines (date);

CREATE TABLE public.campaigns AS
SELECT client_id::bigint, campaign_id::bigint, 'Campaign ' || (campaign_id % 190) || ' of ' || client_id AS campaign_name
FROM generate_series(1, 2) AS client_id, generate_series(1, 195) AS campaign_id;
CREATE UNIQUE INDEX ON public.campaigns (client_id, campaign_id);

CREATE TABLE public.products AS
SELECT client_id::bigint, product_id::bigint, 'line ' || (product_id % 40) AS line
FROM generate_series(1, 2) AS client_id, generate_series(1, 490) AS product_id;
CREATE UNIQUE INDEX ON public.products (client_id, product_id);

CREATE TABLE reporting.balances AS
SELECT
    1::bigint AS client_id,
    ('2023-01-01'::date + day::int) AS date,
    account,
    (account % 7)::int AS branch,
    (pg_temp.spread(account * 2000 + day, 31, 100000) / 100.0)::numeric(12, 2) AS balance
FROM generate_series(0, 1095) AS day, generate_series(1, ROWS_OF_ORDERS / 3000) AS account;
CREATE INDEX ON reporting.balances (date);

VACUUM ANALYZE reporting.orders;
VACUUM ANALYZE reporting.declines;
VACUUM ANALYZE reporting.balances;
VACUUM ANALYZE public.campaigns;
VACUUM ANALYZE public.products;
