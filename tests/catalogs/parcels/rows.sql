INSERT INTO public.parcels VALUES
    ('1', 1, 1, 10, '{"client": "Ada"}', 2.505, '2024-01-01', '2024-01-01 12:00'),
    ('1', 1, 2, 20, '{"client": "Ada"}', 2.5, '2024-01-01', '2024-01-02 00:00'),
    ('1', 2, 3, 40, '{"client": "Bo"}', 3.456, '2024-01-02', '2024-01-02 00:00:01'),
    ('1', 3, 3, 80, '{}', NULL, NULL, '2025-06-01'),
    ('01', 1, 1, 160, '{"client": "Ada"}', 7, '2024-01-01', '2024-03-01'),
    ('2', 1, 1, 320, '{"client": "Ada"}', 8, '2024-01-01', '2024-03-01');
INSERT INTO public.routes VALUES
    (1, 1, 'Coast', true), (1, 2, 'Hills', false), (1, 3, 'Lakes', NULL), (2, 1, 'Not yours', true);
-- A rank of another tenant is no number: read before the tenant is compared, it raises.
INSERT INTO public.stages VALUES
    (1, 1, 'Packed', '1'), (1, 1, 'Boxed', '2'), (1, 2, 'Sent', '0'), (1, 3, 'Lost', NULL),
    (2, 1, 'Absent', 'secret'), (2, 2, 'Absent', '1');
-- The same of a key.
INSERT INTO public.depots VALUES (1, '1', 'North'), (1, '03', 'South'), (2, 'secret', 'Absent'), (2, '2', 'Absent');
