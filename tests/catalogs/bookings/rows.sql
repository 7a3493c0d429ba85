INSERT INTO public.bookings VALUES
    (1, '2026-03-07', '2026-03-08 04:30:00+00', '2026-03-09 00:00:00', 1),
    (1, '2026-03-08', '2026-03-08 05:30:00+00', '2026-03-09 23:59:59.999999', 2),
    (1, '2026-03-08', NULL, NULL, 4),
    (2, '2026-03-08', '2026-03-08 12:00:00+00', '2026-03-09 12:00:00', 8);
-- Mark 4 has no tier; the other tenant's tier of mark 1 is another one.
INSERT INTO public.tiers VALUES (1, 1, 10), (1, 2, 20), (2, 1, 20), (2, 4, 20);
