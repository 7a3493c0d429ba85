-- Rows of tenant 1 that are added up by hand in `report_layers/`, and rows of tenant 2 that nothing may count.
CREATE SCHEMA reporting;
CREATE TABLE reporting.orders (client_id bigint, id bigint PRIMARY KEY, date date, campaign_id bigint, channel text,
    status text, amount numeric, returned numeric);
INSERT INTO reporting.orders VALUES
    (1, 1, '2026-11-02', 1, 'web', 'paid', 100, 10),
    (1, 2, '2026-11-10', 1, 'shop', 'open', 50, 0),
    (1, 3, '2026-11-18', 2, 'web', 'paid', 30, 5),
    (1, 4, '2026-10-05', 2, 'web', 'paid', 7, 0),
    (1, 5, '2025-06-01', 1, 'shop', 'paid', 1000, 100),
    (1, 6, '2026-11-18', NULL, 'web', 'open', 3, 0),
    (2, 7, '2026-11-10', 1, 'web', 'paid', 9999, 999);
CREATE TABLE reporting.visits (client_id bigint, date date, channel text, visits bigint);
INSERT INTO reporting.visits VALUES (1, '2026-11-02', 'web', 40), (1, '2026-11-10', 'shop', 8), (2, '2026-11-10', 'web', 9999);
CREATE TABLE reporting.stock (client_id bigint, units bigint);
INSERT INTO reporting.stock VALUES (1, 12), (2, 9999);
