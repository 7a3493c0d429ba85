-- The relations behind catalog.json.
CREATE TABLE public.cases (
    client_id bigint, id bigint, case_number text, status text, category_id bigint, unit_id bigint, location text,
    opened_on date, closed_on date, is_anonymous boolean, template_id text, custom_fields jsonb,
    is_deleted boolean NOT NULL, PRIMARY KEY (client_id, id)
);
CREATE TABLE public.investigations (
    client_id bigint, id bigint, case_id bigint, unit_id bigint, kind text, status text, started_on date,
    is_closed boolean, investigator_id bigint, template_id bigint, responses jsonb, PRIMARY KEY (client_id, id)
);
CREATE INDEX investigations_case_id_idx ON public.investigations (client_id, case_id, started_on, id);
CREATE TABLE public.subjects_1 (
    client_id bigint, case_id bigint, number bigint, full_name text, PRIMARY KEY (case_id, number)
);
CREATE TABLE public.subjects_2 (
    client_id bigint, case_id bigint, number bigint, full_name text, PRIMARY KEY (case_id, number)
);
CREATE TABLE public.outcomes (
    client_id bigint, case_id bigint, result text, details jsonb, PRIMARY KEY (client_id, case_id)
);
CREATE TABLE public.units (client_id bigint, id bigint, code text, name text, PRIMARY KEY (client_id, id));
CREATE TABLE public.categories (client_id bigint, id bigint, name text);
CREATE TABLE public.people (client_id bigint, id bigint, full_name text);
CREATE TABLE public.case_events (client_id bigint, case_id bigint);
