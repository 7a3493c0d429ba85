-- Case 4 is of nobody, case 5 of no category, case 6 without a status and of a person who is not there, case 7 of a
-- category without a title. Investigation 105 is of no case.
INSERT INTO public.cases VALUES
    (1, 1, '2026-10-05', 'open', 1, 11, 21, 22, 100.5, NULL, 'first', 'high'),
    (1, 2, '2026-10-20', 'closed', 1, 11, 21, 21, 50, '2026-11-01', 'second', 'low'),
    (1, 3, '2026-11-02', 'open', 2, 12, 22, 22, 200, NULL, NULL, 'high'),
    (1, 4, '2026-11-03', 'open', 2, NULL, 21, NULL, 75.25, NULL, 'nobody', NULL),
    (1, 5, '2026-11-10', 'closed', NULL, 13, 22, 21, NULL, '2026-11-12', '100% sure', 'low'),
    (1, 6, '2026-11-15', NULL, 1, 14, 21, 22, 20, NULL, 'unknown', 'low'),
    (1, 7, '2026-11-19', 'open', 3, 13, 22, 22, 300, NULL, 'latest', 'high'),
    (1, 8, '2025-11-19', 'closed', 2, 12, 21, 22, 10, '2025-12-01', 'last year', 'low'),
    (2, 1, '2026-11-18', 'open', 1, 11, 21, 22, 9999, NULL, 'of another tenant', 'high'),
    (2, 9, '2026-11-18', 'secret', 9, 11, 21, 22, 8888, NULL, 'of another tenant', 'high');
INSERT INTO public.persons VALUES
    (1, 11, 'Ann', 'north', 'staff'), (1, 12, 'Bob', 'south', 'manager'), (1, 13, 'Cyd', 'south', NULL),
    (2, 11, 'Zoe', 'east', 'staff'), (2, 14, 'Yan', 'east', 'staff');
INSERT INTO public.staff VALUES (1, 21, 'blue'), (1, 22, 'red'), (2, 21, 'black');
INSERT INTO public.investigations VALUES
    (1, 101, 1, '2026-10-06', 3.5, 100), (1, 102, 1, '2026-10-08', 2, 50), (1, 103, 3, '2026-11-04', 10, 500),
    (1, 104, 7, '2026-11-19', 1, NULL), (1, 105, NULL, '2026-11-20', 4, 20), (1, 106, 2, '2026-10-25', NULL, 5),
    (2, 901, 1, '2026-11-19', 700, 7);
INSERT INTO public.surveys VALUES
    (1, '2026-11-01', 1, 8), (1, '2026-11-15', 1, 6), (1, '2026-11-16', 4, 10), (1, '2026-10-01', NULL, 2),
    (2, '2026-11-01', 1, 1000);
INSERT INTO public.categories VALUES (1, 1, 'Fraud'), (1, 2, 'Conduct'), (1, 4, 'Other'), (2, 3, 'Not yours');
