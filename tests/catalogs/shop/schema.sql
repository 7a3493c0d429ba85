-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2, whose numbers collide; channels and
-- countries are everybody's.
CREATE TABLE public.orders (
    client_id bigint, order_id bigint, ordered_on date, customer_id bigint, taken_by bigint, packed_by bigint,
    channel_code text, status text, amount numeric(12, 2), weight_text text, PRIMARY KEY (client_id, order_id)
);
CREATE TABLE public.order_items (
    client_id bigint, order_id bigint, line integer, product text, quantity bigint,
    PRIMARY KEY (client_id, order_id, line)
);
CREATE TABLE public.payments (
    client_id bigint, payment_id bigint, order_id bigint, paid_on date, method text, amount numeric(12, 2),
    PRIMARY KEY (client_id, payment_id)
);
CREATE TABLE public.tickets (
    client_id bigint, ticket_id bigint, customer_id bigint, opened_on date, minutes bigint,
    PRIMARY KEY (client_id, ticket_id)
);
CREATE TABLE public.customers (
    client_id bigint, customer_id bigint, name text, status text, country_code text, segment text,
    region_id bigint, joined_on date, is_deleted boolean, PRIMARY KEY (client_id, customer_id)
);
CREATE TABLE public.profiles (
    client_id bigint, customer_id bigint, points bigint, score_text text, PRIMARY KEY (client_id, customer_id)
);
CREATE TABLE public.regions (
    client_id bigint, region_id bigint, name text, zone text, manager_id bigint, PRIMARY KEY (client_id, region_id)
);
CREATE TABLE public.staff (
    client_id bigint, staff_id bigint, name text, team text, boss_id bigint, PRIMARY KEY (client_id, staff_id)
);
CREATE TABLE public.channels (code text PRIMARY KEY, title text, is_online boolean);
CREATE TABLE public.countries (code text, title text);
CREATE TABLE public.letters (
    client_id bigint, letter_id bigint, customer_id bigint, pages bigint, PRIMARY KEY (client_id, letter_id)
);
CREATE TABLE public.letters_by_segment (client_id bigint, segment text, pages bigint);
