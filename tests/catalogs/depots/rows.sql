-- Weights, lengths and minutes are powers of two, so that a sum says which rows are in it. A load has a district of
-- its own, which need not be that of its depots. The origin of load 6 is the other tenant's, load 5 has no target.
INSERT INTO public.loads VALUES
    (1, 1, 1, 2, 'north', '2026-01-05', 1),
    (1, 2, 2, 1, 'north', '2026-01-06', 2),
    (1, 3, 1, 4, 'north', '2026-02-01', 4),
    (1, 4, 3, 1, 'north', '2026-02-02', 8),
    (1, 5, 1, NULL, 'north', '2026-02-03', 16),
    (1, 6, 9, 1, 'north', '2026-03-01', 32),
    (1, 7, 1, 1, 'south', '2026-03-02', 64),
    (1, 8, 5, 4, NULL, '2026-03-03', 128),
    (1, 9, 4, 5, 'east', NULL, 256),
    (2, 1, 1, 1, 'north', '2026-01-05', 9000);
-- Depot 3 has no district, depot 4 no firm.
INSERT INTO public.depots VALUES
    (1, 1, 'Ash', 'north', 1), (1, 2, 'Bay', 'south', 2), (1, 3, 'Cove', NULL, 1), (1, 4, 'Dune', 'north', NULL),
    (1, 5, 'Elm', 'east', 3),
    (2, 1, 'Not yours', 'north', 1), (2, 9, 'Not yours', 'north', 1);
-- Depot 4 has no permit, and permit 7 no depot.
INSERT INTO public.permits VALUES
    (1, 1, 'A'), (1, 2, 'B'), (1, 3, 'A'), (1, 5, 'C'), (1, 7, 'A'), (2, 1, 'Z'), (2, 4, 'Z');
INSERT INTO public.firms VALUES
    (1, 1, 'Fox', 'AT'), (1, 2, 'Gnu', 'DE'), (1, 3, 'Hen', NULL), (2, 1, 'Not yours', 'XX');
-- Trip 5 is of no load, trip 6 of one that is not there.
INSERT INTO public.trips VALUES
    (1, 1, 1, 'north', 'AT', 1), (1, 2, 2, 'north', 'AT', 2), (1, 3, 7, 'north', 'DE', 4), (1, 4, 3, 'south', 'AT', 8),
    (1, 5, NULL, 'north', 'AT', 16), (1, 6, 99, 'north', 'AT', 32), (1, 7, 5, 'north', NULL, 64),
    (1, 8, 9, 'east', 'DE', 128),
    (2, 1, 1, 'north', 'AT', 7000);
-- Visit 4 is at no depot, visit 5 at one that is not there and of no crew.
INSERT INTO public.visits VALUES
    (1, 1, 1, 1, 'AT', 1), (1, 2, 2, 1, 'AT', 2), (1, 3, 3, 2, 'AT', 4), (1, 4, NULL, 2, 'AT', 8),
    (1, 5, 99, NULL, 'AT', 16), (1, 6, 4, 1, 'AT', 32), (1, 7, 1, 2, 'DE', 64), (1, 8, 5, 1, NULL, 128),
    (2, 1, 1, 1, 'AT', 8000);
INSERT INTO public.crews VALUES (1, 1, 'Kim', 1), (1, 2, 'Lou', 2), (1, 3, 'Max', NULL), (2, 1, 'Not yours', 1);
-- The rating of brand 2 is no number: read before the rule on the rank of its group, it raises.
INSERT INTO public.brands VALUES
    (1, 1, 'Red', '5', 1), (1, 2, 'Blue', 'oops', 2), (2, 1, 'Not yours', 'secret', 1);
INSERT INTO public.groups VALUES (1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1);
