-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2, whose numbers collide.
CREATE TABLE public.loads (
    client_id bigint, load_id bigint, from_depot bigint, to_depot bigint, district text, sent_on date, weight bigint,
    PRIMARY KEY (client_id, load_id)
);
CREATE TABLE public.depots (
    client_id bigint, depot_id bigint, name text, district text, firm_id bigint,
    PRIMARY KEY (client_id, depot_id)
);
CREATE TABLE public.permits (
    client_id bigint, depot_id bigint, grade text,
    PRIMARY KEY (client_id, depot_id)
);
CREATE TABLE public.firms (
    client_id bigint, firm_id bigint, name text, land text,
    PRIMARY KEY (client_id, firm_id)
);
CREATE TABLE public.trips (
    client_id bigint, trip_id bigint, load_id bigint, district text, land text, km bigint,
    PRIMARY KEY (client_id, trip_id)
);
CREATE TABLE public.visits (
    client_id bigint, visit_id bigint, depot_id bigint, crew_id bigint, land text, minutes bigint,
    PRIMARY KEY (client_id, visit_id)
);
CREATE TABLE public.crews (
    client_id bigint, crew_id bigint, name text, brand_id bigint,
    PRIMARY KEY (client_id, crew_id)
);
CREATE TABLE public.brands (
    client_id bigint, brand_id bigint, name text, rating_text text, group_id bigint,
    PRIMARY KEY (client_id, brand_id)
);
CREATE TABLE public.groups (
    client_id bigint, group_id bigint, rank bigint,
    PRIMARY KEY (client_id, group_id)
);
