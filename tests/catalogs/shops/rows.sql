-- Shop 5 sold for nothing that is known, shop 6 has no title, and some sales are of no shop. Shop 7 sold nothing.
INSERT INTO public.sales VALUES
    (1, '2026-01-10', 1, 'a', 10, 50, 20, '1'), (1, '2026-02-11', 1, 'b', 11, 30, 10, '1'),
    (1, '2026-01-12', 2, 'a', 10, 40, 30, '2'), (1, '2026-02-01', 2, 'b', 12, 40, 10, '2'),
    (1, '2026-01-15', 3, 'a', 13, 100, 75, '3'),
    (1, '2026-02-20', 4, 'b', 10, 20, 5, '4'), (1, '2026-02-21', 4, NULL, 11, 10, 5, '4'),
    (1, '2026-01-20', NULL, 'a', 10, 35, 5, NULL), (1, '2026-02-22', NULL, 'b', 14, 25, 10, NULL),
    (1, '2026-01-25', 5, 'b', NULL, NULL, NULL, '5'), (1, '2025-12-30', 6, 'a', 12, 5, 1, '6');
-- A code of another tenant is no number: read before the tenant is compared, it raises.
INSERT INTO public.sales VALUES
    (2, '2026-01-15', 3, 'a', 99, 1000, 1, 'secret'), (2, '2026-01-15', 8, 'c', 98, 5000, 1, 'secret');
INSERT INTO public.visits VALUES
    (1, '2026-01-10', 1, 100), (1, '2026-01-10', 2, 50), (1, '2026-01-10', NULL, 30), (1, '2026-01-11', 7, 400),
    (1, '2026-02-01', 4, 20), (2, '2026-01-10', 3, 9000);
INSERT INTO public.shops VALUES
    (1, 1, 'Corner'), (1, 2, 'Corner'), (1, 3, 'Mall'), (1, 4, 'Pier'), (1, 5, 'Attic'), (2, 7, 'Not yours');
