-- The seventh ticket is deleted. The scores of the fourth and of the other tenant's are no numbers: read
-- before the guard, they raise.
INSERT INTO public.tickets VALUES
    (1, 1, '2026-01-05', '2026-01-09', 7, 2, 10.50, 'Broken lamp', true, '2026-01-05 09:00:00', '{a,b}', '{"channel": "mail"}', '5', 'gold', 1, false),
    (1, 2, '2026-01-05', NULL, 8, NULL, 20, 'Late parcel', false, '2026-01-06 10:00:00', '{}', '{"channel": "phone"}', '3', 'silver', 2, false),
    (1, 3, '2026-02-10', '2026-02-11', 7, 1, NULL, 'Refund', NULL, NULL, NULL, '{}', '7', 'gold', 4, false),
    (1, 4, NULL, NULL, 9, 2, 20, 'Broken lamp', true, '2026-01-05 09:00:00', '{a,b}', NULL, 'oops', NULL, 8, false),
    (1, 5, '2026-02-10', '2026-03-01', NULL, 3, 5.25, NULL, false, '2026-02-10 00:00:00', '{c}', '{"channel": "mail"}', '1', 'gold', 16, false),
    (1, 6, '2026-03-15', NULL, 8, NULL, 10.50, '50%_off''; --', true, '2026-03-15 23:59:59', NULL, '{"channel": null}', '9', 'silver', 32, false),
    (1, 7, '2026-03-15', NULL, 7, 1, 1, 'Deleted', true, NULL, NULL, NULL, '0', 'gold', 64, true),
    (2, 8, '2026-01-05', NULL, 7, 2, 10.50, 'Not yours', true, '2026-01-05 09:00:00', NULL, NULL, 'secret', 'gold', 128, false),
    (2, 9, '2026-02-10', NULL, 9, 2, 20, 'Not yours', true, NULL, NULL, NULL, 'secret', 'gold', 256, false);
INSERT INTO public.ticket_notes VALUES
    (1, 'called', 5), (1, 'called', 5), (1, 'mailed', NULL), (1, NULL, 5), (1, 'called', 10), (2, 'called', 5);
INSERT INTO public.ticket_lines VALUES
    (1, 1, 1, 'lamp'), (1, 1, 2, 'bulb'), (1, 2, 1, 'parcel'), (1, 3, 1, 'money'), (1, 3, 2, NULL), (2, 1, 3, 'Not yours');
INSERT INTO public.ticket_events VALUES
    (1, '00000000-0000-0000-0000-00000000000a', '2026-03-08 04:30:00+00'),
    (1, '00000000-0000-0000-0000-00000000000b', '2026-03-08 05:30:00.000001+00'),
    (1, '00000000-0000-0000-0000-00000000000c', NULL),
    (1, '00000000-0000-0000-0000-00000000000d', '2026-03-08 05:30:00.000001+00'),
    (2, '00000000-0000-0000-0000-00000000000e', '2026-03-08 05:30:00+00');
INSERT INTO public.ticket_feed VALUES (1, 1, 'new'), (1, 2, NULL), (1, 3, 'new'), (1, 4, 'done'), (2, 5, 'new');
-- Agent 9 is the other tenant's alone.
INSERT INTO public.agents VALUES (1, 7, 'Ann'), (1, 8, 'Bo'), (2, 7, 'Not yours'), (2, 9, 'Not yours');
