-- A grower without crates, crates without a grower, of one that is not there, spoiled ones, and those of somebody else
-- under the same numbers.
INSERT INTO public.growers VALUES
    (1, 1, 'Ann', 'north', 10), (1, 2, 'Bo', 'north', 20.5), (1, 3, 'Cy', 'south', 5), (1, 4, 'Di', NULL, NULL),
    (2, 1, 'Zed', 'north', 1000);
INSERT INTO public.crates VALUES
    (1, 1, 1, 'apple', 10, '2026-01-01', FALSE), (1, 2, 1, 'apple', 12.5, '2026-01-05', FALSE),
    (1, 3, 1, 'pear', 7, '2026-01-03', FALSE), (1, 4, 1, 'plum', 999, '2026-02-01', TRUE),
    (1, 5, 2, 'pear', 8, '2026-01-09', FALSE), (1, 6, 2, NULL, NULL, NULL, FALSE),
    (1, 7, 3, 'plum', 500, '2026-01-02', TRUE),
    (1, 8, NULL, 'apple', 1, '2026-01-01', FALSE), (1, 9, 77, 'apple', 2, '2026-01-01', FALSE),
    (2, 10, 1, 'apple', 100000, '2027-01-01', FALSE), (2, 11, 3, 'apple', 100000, '2027-01-01', FALSE);
INSERT INTO public.visits VALUES (1, 1), (1, 1), (1, 2), (2, 3);
