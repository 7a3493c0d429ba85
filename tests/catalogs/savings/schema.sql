CREATE TABLE public.sales (client_id bigint, sale bigint PRIMARY KEY, day date, paid_on date, shop text, buyer bigint,
    amount numeric, note text);
CREATE TABLE public.buyers (client_id bigint, buyer bigint, name text);
CREATE TABLE public.balances (client_id bigint, account bigint, branch text, taken_on date, balance numeric,
    is_open boolean);
CREATE TABLE public.visits (client_id bigint, seen_at timestamptz, visitor bigint);
CREATE TABLE public.moves (client_id bigint, moved_at timestamp, pallets bigint);
CREATE TABLE public.shops (client_id bigint, shop text, size bigint);
