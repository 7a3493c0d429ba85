CREATE TABLE public.growers (client_id bigint, id bigint, name text, land text, hectares numeric);
CREATE TABLE public.crates (client_id bigint, id bigint, grower_id bigint, fruit text, kilos numeric, picked_on date,
    spoiled boolean);
CREATE TABLE public.visits (client_id bigint, grower_id bigint);
