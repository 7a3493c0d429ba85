CREATE TABLE public.bookings (
    client_id bigint, day date, paid_at timestamptz, packed_at timestamp, mark bigint
);
