-- The relations behind catalog.json, for SQLite.
CREATE TABLE public.cases (client_id INTEGER, case_id INTEGER, opened TEXT, status TEXT, category_id INTEGER,
    person_id INTEGER, opened_by INTEGER, handled_by INTEGER, amount NUMERIC, closed_on TEXT, note TEXT, risk TEXT);
CREATE TABLE public.persons (client_id INTEGER, person_id INTEGER, name TEXT, region TEXT, level TEXT);
CREATE TABLE public.staff (client_id INTEGER, staff_id INTEGER, team TEXT);
CREATE TABLE public.investigations (client_id INTEGER, investigation_id INTEGER, case_id INTEGER, started TEXT,
    hours NUMERIC, cost NUMERIC);
CREATE TABLE public.surveys (client_id INTEGER, opened TEXT, category_id INTEGER, score INTEGER);
CREATE TABLE public.categories (client_id INTEGER, category_id INTEGER, title TEXT);
