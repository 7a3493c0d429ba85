-- The parcels' tenant is a text, that of the lookups a number; and `client` of a parcel is somebody else.
CREATE TABLE public.parcels (owner text, route bigint, stage bigint, weight bigint, data jsonb, fee numeric,
    "Sent On" date, sent_at timestamp);
CREATE TABLE public.routes (client bigint, route bigint, title text, is_open boolean);
CREATE TABLE public.stages (client bigint, stage bigint, title text, rank text);
CREATE TABLE public.depots (client bigint, code text, title text);
