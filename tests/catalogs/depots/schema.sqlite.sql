-- The relations behind catalog.json, for SQLite. Tenants are 1 and 2, whose numbers collide.
CREATE TABLE public.loads (
    client_id INTEGER, load_id INTEGER, from_depot INTEGER, to_depot INTEGER, district TEXT, sent_on TEXT, weight INTEGER,
    PRIMARY KEY (client_id, load_id)
);
CREATE TABLE public.depots (
    client_id INTEGER, depot_id INTEGER, name TEXT, district TEXT, firm_id INTEGER,
    PRIMARY KEY (client_id, depot_id)
);
CREATE TABLE public.permits (
    client_id INTEGER, depot_id INTEGER, grade TEXT,
    PRIMARY KEY (client_id, depot_id)
);
CREATE TABLE public.firms (
    client_id INTEGER, firm_id INTEGER, name TEXT, land TEXT,
    PRIMARY KEY (client_id, firm_id)
);
CREATE TABLE public.trips (
    client_id INTEGER, trip_id INTEGER, load_id INTEGER, district TEXT, land TEXT, km INTEGER,
    PRIMARY KEY (client_id, trip_id)
);
CREATE TABLE public.visits (
    client_id INTEGER, visit_id INTEGER, depot_id INTEGER, crew_id INTEGER, land TEXT, minutes INTEGER,
    PRIMARY KEY (client_id, visit_id)
);
CREATE TABLE public.crews (
    client_id INTEGER, crew_id INTEGER, name TEXT, brand_id INTEGER,
    PRIMARY KEY (client_id, crew_id)
);
CREATE TABLE public.brands (
    client_id INTEGER, brand_id INTEGER, name TEXT, rating_text TEXT, group_id INTEGER,
    PRIMARY KEY (client_id, brand_id)
);
CREATE TABLE public.groups (
    client_id INTEGER, group_id INTEGER, rank INTEGER,
    PRIMARY KEY (client_id, group_id)
);
