-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.cases (
    client_id INTEGER, id INTEGER, case_number TEXT, status TEXT, category_id INTEGER, unit_id INTEGER,
    location TEXT, opened_on TEXT, closed_on TEXT, is_anonymous INTEGER, template_id TEXT, custom_fields TEXT,
    is_deleted INTEGER NOT NULL, PRIMARY KEY (client_id, id)
);
CREATE TABLE public.investigations (
    client_id INTEGER, id INTEGER, case_id INTEGER, unit_id INTEGER, kind TEXT, status TEXT, started_on TEXT,
    is_closed INTEGER, investigator_id INTEGER, template_id INTEGER, responses TEXT, PRIMARY KEY (client_id, id)
);
CREATE TABLE public.subjects_1 (
    client_id INTEGER, case_id INTEGER, number INTEGER, full_name TEXT, PRIMARY KEY (case_id, number)
);
CREATE TABLE public.subjects_2 (
    client_id INTEGER, case_id INTEGER, number INTEGER, full_name TEXT, PRIMARY KEY (case_id, number)
);
CREATE TABLE public.outcomes (
    client_id INTEGER, case_id INTEGER, result TEXT, details TEXT, PRIMARY KEY (client_id, case_id)
);
CREATE TABLE public.units (client_id INTEGER, id INTEGER, code TEXT, name TEXT, PRIMARY KEY (client_id, id));
CREATE TABLE public.categories (client_id INTEGER, id INTEGER, name TEXT);
CREATE TABLE public.people (client_id INTEGER, id INTEGER, full_name TEXT);
CREATE TABLE public.case_events (client_id INTEGER, case_id INTEGER);
