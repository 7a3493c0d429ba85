-- Amounts, quantities and minutes are powers of two, so that a sum says which rows are in it and how often.
-- The buyer of order 107 is deleted, that of order 108 is the other tenant's, and order 109 has none. Its
-- seller and the ninth are nobody of this tenant. The weights of tenant 2 are no numbers: read before the
-- guard, they raise.
INSERT INTO public.orders VALUES
    (1, 101, '2026-01-05', 1, 1, 2, 'web', 'open', 1, '10'),
    (1, 102, '2026-01-06', 1, 1, 1, 'web', 'done', 2, '20'),
    (1, 103, '2026-01-20', 2, 2, 1, 'shop', 'done', 4, '10'),
    (1, 104, '2026-02-03', 3, 2, NULL, 'shop', 'open', 8, NULL),
    (1, 105, '2026-02-10', 4, 3, 3, NULL, 'done', 16, '20'),
    (1, 106, '2026-02-11', 5, NULL, 1, 'web', 'done', 32, '10'),
    (1, 107, '2026-02-12', 6, 1, 2, 'web', 'open', 64, '30'),
    (1, 108, '2026-03-01', 8, 9, 1, 'fax', 'done', 128, '10'),
    (1, 109, NULL, NULL, 2, 2, 'web', NULL, 256, '10'),
    (2, 101, '2026-01-05', 1, 1, 1, 'web', 'open', 1000, 'secret'),
    (2, 110, '2026-02-10', 8, 9, 1, 'shop', 'done', 2000, 'secret');
-- No item of orders 104, 105, 108 and 109; the last one is of no order.
INSERT INTO public.order_items VALUES
    (1, 101, 1, 'lamp', 1), (1, 101, 2, 'bulb', 2), (1, 101, 3, 'bulb', 4), (1, 102, 1, 'lamp', 8),
    (1, 103, 1, 'desk', 16), (1, 103, 2, 'lamp', 32), (1, 106, 1, 'desk', 64), (1, 107, 1, 'lamp', 128),
    (1, 199, 1, 'lamp', 256),
    (2, 101, 1, 'lamp', 5000), (2, 110, 1, 'desk', 5000);
INSERT INTO public.payments VALUES
    (1, 1, 101, '2026-01-10', 'card', 0.25), (1, 2, 101, '2026-01-11', 'cash', 0.50),
    (1, 3, 103, '2026-02-01', 'card', 4), (1, 4, 104, '2026-02-15', 'card', 8),
    (1, 5, 106, '2026-03-01', 'cash', 16), (1, 6, NULL, '2026-03-02', 'card', 32),
    (1, 7, 199, NULL, 'card', 64), (1, 8, 107, '2026-03-03', 'cash', 128),
    (2, 1, 101, '2026-01-10', 'card', 9000);
INSERT INTO public.tickets VALUES
    (1, 1, 1, '2026-01-07', 1), (1, 2, 1, '2026-01-08', 2), (1, 3, 2, '2026-02-01', 4),
    (1, 4, 5, '2026-02-20', 8), (1, 5, 6, '2026-03-01', 16), (1, 6, NULL, '2026-03-02', 32),
    (1, 7, 7, '2026-03-03', 64),
    (2, 1, 1, '2026-01-07', 7000);
-- Customer 6 is deleted, 7 ordered nothing, 5 is of a region that only the other tenant has.
INSERT INTO public.customers VALUES
    (1, 1, 'Ada', 'active', 'AT', 'gold', 10, '2025-01-15', false),
    (1, 2, 'Bob', 'active', 'DE', 'silver', 10, '2025-02-20', false),
    (1, 3, 'Cyd', 'paused', 'DE', NULL, 20, '2025-02-25', false),
    (1, 4, 'Dee', 'active', NULL, 'gold', NULL, NULL, false),
    (1, 5, 'Eve', 'open', 'FR', 'gold', 99, '2025-03-05', false),
    (1, 6, 'Fay', 'active', 'AT', 'silver', 20, '2025-03-06', true),
    (1, 7, 'Gus', 'active', 'XX', 'bronze', 20, '2025-03-07', false),
    (2, 1, 'Not yours', 'active', 'FR', 'secret', 10, '2025-01-01', false),
    (2, 8, 'Not yours', 'active', 'FR', 'secret', 99, '2025-01-01', false);
-- The score of customer 3 is no number, nor is that of the other tenant.
INSERT INTO public.profiles VALUES
    (1, 1, 5, '50'), (1, 2, 7, '70'), (1, 3, NULL, 'oops'), (1, 5, 5, '90'),
    (2, 1, 1, 'secret'), (2, 4, 2, 'secret'), (2, 8, 3, 'secret');
INSERT INTO public.regions VALUES
    (1, 10, 'Alps', 'south', 3), (1, 20, 'Coast', 'north', 2),
    (2, 10, 'Not yours', 'secret', 1), (2, 99, 'Not yours', 'secret', 9);
INSERT INTO public.staff VALUES
    (1, 1, 'Ann', 'blue', 3), (1, 2, 'Bo', 'red', 3), (1, 3, 'Cy', 'red', NULL),
    (2, 1, 'Not yours', 'secret', NULL), (2, 9, 'Not yours', 'secret', 1);
INSERT INTO public.channels VALUES ('web', 'Web shop', true), ('shop', 'Corner shop', false), ('post', 'By post', false);
-- Germany has two titles; the least is taken.
INSERT INTO public.countries VALUES ('AT', 'Austria'), ('DE', 'Germany'), ('DE', 'Deutschland'), ('FR', 'France');
-- The second of these sources has other numbers than the first, so that a result says which one answered.
INSERT INTO public.letters VALUES (1, 1, 1, 1), (1, 2, 1, 2), (1, 3, 2, 4), (1, 4, 3, 8), (1, 5, 6, 16), (2, 1, 1, 32);
INSERT INTO public.letters_by_segment VALUES (1, 'gold', 100), (1, 'silver', 200), (1, NULL, 400), (2, 'secret', 800);
