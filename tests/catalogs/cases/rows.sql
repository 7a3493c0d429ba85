-- Two tenants whose ids are the same, cases without and with many investigations, JSON of every kind of fault.
INSERT INTO public.cases VALUES
    (1, 1, 'C-001', 'open', 10, 1, 'Berlin', '2026-01-05', NULL, true, 'fraud',
     '{"amount": 1250.5, "due": "2026-02-01", "severe": true, "share": "0.125", "note": "first", "deep": {"er": "x"}}', false),
    (1, 2, 'C-002', 'closed', 20, 1, 'Paris', '2026-01-20', '2026-02-10', false, 'harassment',
     '{"amount": "abc", "due": "2026-02-30", "severe": "yes", "share": null, "note": 7}', false),
    (1, 3, 'C-003', 'open', 10, 2, 'Berlin', '2026-02-03', NULL, false, 'fraud', '{"amount": "17", "deep": []}', false),
    (1, 4, 'C-004', 'open', NULL, 2, NULL, '2026-02-03', NULL, NULL, NULL, NULL, false),
    (1, 5, 'C-005', 'closed', 30, 9, 'Rome', '2026-03-01', '2026-03-02', true, 'fraud', '[1, 2]', false),
    (1, 6, 'C-006', 'open', 10, 1, 'Berlin', '2026-03-09', NULL, true, 'fraud', '{"amount": 6}', true),
    (2, 1, 'D-001', 'open', 10, 1, 'Oslo', '2026-01-07', NULL, true, 'fraud', '{"amount": 99}', false),
    (2, 2, 'D-002', 'open', 20, 1, 'Oslo', '2026-01-08', NULL, true, 'fraud', '{"amount": 98}', false);
INSERT INTO public.investigations VALUES
    (1, 11, 1, 1, 'desk', 'done', '2026-01-10', true, 100, 7, '{"q5": "late", "score": 3}'),
    (1, 12, 1, 1, 'field', 'running', '2026-01-08', false, 101, 8, '{"q5": "early", "score": "4.5"}'),
    (1, 13, 1, 9, 'field', 'running', '2026-01-07', false, 102, 8, '{"q5": "hidden", "score": 9}'),
    (1, 14, 1, 1, 'desk', 'new', NULL, false, NULL, NULL, NULL),
    (1, 15, 1, 2, 'desk', 'new', '2026-01-10', false, 404, 7, '{"q5": "tie"}'),
    (1, 21, 2, 1, 'field', 'done', '2026-01-25', true, 100, 7, '{"q5": ["a"], "score": "x"}'),
    (1, 31, 3, 9, 'desk', 'done', '2026-02-05', true, 100, 8, '{"q5": "third"}'),
    (1, 51, 5, 9, 'desk', 'done', '2026-03-01', true, 100, 8, '{}'),
    (1, 91, NULL, 1, 'desk', 'done', '2026-03-01', true, 100, 8, '{"q5": "of none"}'),
    (2, 11, 1, 1, 'desk', 'theirs', '2025-12-01', true, 100, 7, '{"q5": "theirs", "score": 1}'),
    (2, 92, 3, 1, 'desk', 'theirs', '2025-12-01', true, 100, 7, '{"q5": "theirs"}');
INSERT INTO public.subjects_1 VALUES (1, 1, 1, 'Ada'), (1, 1, 2, 'Ben'), (1, 3, 1, 'Cem'), (2, 3, 2, 'of another tenant');
INSERT INTO public.subjects_2 VALUES (2, 1, 1, 'Dag');
INSERT INTO public.outcomes VALUES
    (1, 1, 'upheld', '{"fine": 12.5}'), (1, 2, 'dismissed', '{"fine": "none"}'), (2, 1, 'theirs', '{"fine": 1}');
INSERT INTO public.units VALUES (1, 1, 'FIN', 'Finance'), (1, 2, 'OPS', 'Operations'), (1, 9, 'BRD', 'Board'),
    (2, 1, 'XXX', 'Theirs');
INSERT INTO public.categories VALUES (1, 10, 'Fraud'), (1, 20, 'Conduct'), (2, 10, 'Their fraud'), (2, 20, 'Their conduct');
INSERT INTO public.people VALUES (1, 100, 'Kim'), (1, 101, 'Lou'), (1, 102, 'Max'), (2, 100, 'Nobody');
