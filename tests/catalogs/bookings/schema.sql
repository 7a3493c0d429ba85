CREATE TABLE public.bookings (
    client_id bigint, day date, paid_at timestamptz, packed_at timestamp, mark bigint
);
CREATE TABLE public.tiers (client_id bigint, mark bigint, tier integer, PRIMARY KEY (client_id, mark));
