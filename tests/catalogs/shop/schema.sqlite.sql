-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.orders (
    client_id INTEGER, order_id INTEGER, ordered_on TEXT, customer_id INTEGER, taken_by INTEGER, packed_by INTEGER,
    channel_code TEXT, status TEXT, amount NUMERIC, weight_text TEXT, PRIMARY KEY (client_id, order_id)
);
CREATE TABLE public.order_items (
    client_id INTEGER, order_id INTEGER, line INTEGER, product TEXT, quantity INTEGER,
    PRIMARY KEY (client_id, order_id, line)
);
CREATE TABLE public.payments (
    client_id INTEGER, payment_id INTEGER, order_id INTEGER, paid_on TEXT, method TEXT, amount NUMERIC,
    PRIMARY KEY (client_id, payment_id)
);
CREATE TABLE public.tickets (
    client_id INTEGER, ticket_id INTEGER, customer_id INTEGER, opened_on TEXT, minutes INTEGER,
    PRIMARY KEY (client_id, ticket_id)
);
CREATE TABLE public.customers (
    client_id INTEGER, customer_id INTEGER, name TEXT, status TEXT, country_code TEXT, segment TEXT,
    region_id INTEGER, joined_on TEXT, is_deleted INTEGER, PRIMARY KEY (client_id, customer_id)
);
CREATE TABLE public.profiles (
    client_id INTEGER, customer_id INTEGER, points INTEGER, score_text TEXT, PRIMARY KEY (client_id, customer_id)
);
CREATE TABLE public.regions (
    client_id INTEGER, region_id INTEGER, name TEXT, zone TEXT, manager_id INTEGER,
    PRIMARY KEY (client_id, region_id)
);
CREATE TABLE public.staff (
    client_id INTEGER, staff_id INTEGER, name TEXT, team TEXT, boss_id INTEGER, PRIMARY KEY (client_id, staff_id)
);
CREATE TABLE public.channels (code TEXT PRIMARY KEY, title TEXT, is_online INTEGER);
CREATE TABLE public.countries (code TEXT, title TEXT);
CREATE TABLE public.letters (
    client_id INTEGER, letter_id INTEGER, customer_id INTEGER, pages INTEGER, PRIMARY KEY (client_id, letter_id)
);
CREATE TABLE public.letters_by_segment (client_id INTEGER, segment TEXT, pages INTEGER);
