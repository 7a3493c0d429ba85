-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2.
CREATE TABLE public.cases (client_id bigint, case_id bigint, opened date, status text, category_id bigint,
    person_id bigint, opened_by bigint, handled_by bigint, amount numeric, closed_on date, note text, risk text);
CREATE TABLE public.persons (client_id bigint, person_id bigint, name text, region text, level text);
CREATE TABLE public.staff (client_id bigint, staff_id bigint, team text);
CREATE TABLE public.investigations (client_id bigint, investigation_id bigint, case_id bigint, started date,
    hours numeric, cost numeric);
CREATE TABLE public.surveys (client_id bigint, opened date, category_id bigint, score bigint);
CREATE TABLE public.categories (client_id bigint, category_id bigint, title text);
