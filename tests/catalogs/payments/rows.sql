-- Rows of the payments catalog. Every literal is read alike by PostgreSQL and SQLite.
--
-- Rows of small relations carry a `mark`, a power of two, so that a sum of marks tells which rows
-- were counted.

-- Columns: client_id, date, settled_on, campaign_id, product_id, gateway_id, bin, affid, sales_type,
-- billing_cycle, price_point, is_trial, risk_group, attempts, approvals, net_approvals,
-- approvals_organic, revenue, net_revenue, cb, refund, refund_dollar, refund_refund_date,
-- refund_refund_date_dollar
INSERT INTO reporting.order_summary_1 VALUES
    -- 101 Summer Push
    (1, '2023-12-31', '2024-01-02', 101, 11, 1, '411111', 'aff1', 'Initials', 0, 29.95, true, 'low', 10, 5, 4, 3, 100.00, 80.00, 1, 1, 10.00, 0, 0),
    (1, '2024-01-01', '2024-01-03', 101, 11, 1, '411111', 'aff1', 'Rebills', 1, 29.95, false, 'low', 8, 6, 6, 2, 120.00, 120.00, 0, 0, 0, 1, 10.00),
    (1, '2024-01-31', '2024-02-01', 101, 12, 1, '411111', 'aff2', 'Initials', 0, 9.99, true, 'low', 20, 10, 8, 5, 99.90, 79.92, 0, 2, 19.98, 0, 0),
    (1, '2024-02-28', '2024-02-29', 101, 12, 2, '520000', 'aff2', 'Rebills', 2, 29.95, false, 'mid', 4, 4, 4, 0, 119.80, 119.80, 0, 0, 0, 2, 19.98),
    (1, '2024-02-29', '2024-03-01', 101, 12, 2, '520000', 'aff1', 'Initials', 0, 9.99, true, 'mid', 16, 8, 7, 4, 79.92, 69.93, 1, 1, 9.99, 0, 0),
    (1, '2024-03-01', '2024-03-02', 101, 11, 1, '411111', NULL, 'Straight', NULL, 49.00, NULL, 'mid', 2, 1, 1, 1, 49.00, 49.00, 0, 0, 0, 0, 0),
    -- 102 Summer Push, another campaign of the same name
    (1, '2024-01-01', '2024-01-01', 102, 11, 1, '411111', 'aff1', 'Initials', 0, 29.95, true, 'low', 5, 5, 5, 5, 149.75, 149.75, 0, 0, 0, 0, 0),
    (1, '2024-06-30', '2024-07-01', 102, 13, 3, '370000', 'aff3', 'Initials', 0, 99.00, true, 'high', 10, 2, 1, 0, 198.00, 99.00, 1, 1, 99.00, 1, 99.00),
    (1, '2024-07-01', '2024-07-01', 102, 13, 3, '370000', 'aff3', 'Rebills', 1, 99.00, false, 'high', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (1, '2024-12-31', '2025-01-01', 102, 13, 3, '370000', 'aff3', 'Rebills', 2, 99.00, false, 'high', 4, 3, 3, 1, 297.00, 297.00, 0, 0, 0, 0, 0),
    -- 103 Hidden Gem, the campaign that access cases hide
    (1, '2024-01-15', '2024-01-16', 103, 11, 2, '520000', 'hid', 'Initials', 0, 29.95, true, 'low', 100, 50, 40, 30, 1000.00, 800.00, 5, 5, 50.00, 5, 50.00),
    (1, '2024-12-30', '2024-12-31', 103, 11, 2, '520000', 'hid', 'Rebills', 1, 29.95, false, 'low', 50, 25, 20, 10, 500.00, 400.00, 0, 0, 0, 0, 0),
    -- 104 has a NULL name
    (1, '2024-12-29', '2024-12-30', 104, 12, 7, '4242', 'a%b', 'Initials', 0, 9.99, true, 'mid', 3, 1, 1, 0, 9.99, 9.99, 0, 0, 0, 0, 0),
    (1, '2024-12-30', '2025-01-02', 104, 12, 7, '4242', 'a_b', 'Rebills', 1, 9.99, false, 'mid', 3, 2, 2, 1, 19.98, 19.98, 0, 0, 0, 0, 0),
    -- 105 has an empty name
    (1, '2025-01-01', '2025-01-03', 105, 12, 7, '4242', '', 'Initials', 0, 0.00, true, 'mid', 7, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0),
    (1, '2025-01-05', '2025-01-06', 105, 12, 7, '4242', 'a!b', 'Straight', 0, 0.00, NULL, 'mid', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    -- 106 50%_off!
    (1, '2025-01-06', '2025-01-07', 106, 13, 1, '411111', 'AFF1', 'Initials', 0, 29.95, true, 'low', 6, 3, 2, 1, 90.00, 60.00, 0, 0, 0, 0, 0),
    (1, '2025-01-12', '2025-01-13', 106, 13, 1, '411111', 'axb', 'Rebills', 3, 29.95, false, 'low', 2, 2, 2, 2, 59.90, 59.90, 0, 0, 0, 0, 0),
    (1, NULL, NULL, 106, 13, 1, '411111', 'aff1', 'Initials', 0, 29.95, true, 'low', 1, 1, 1, 1, 1.00, 1.00, 0, 0, 0, 0, 0),
    -- 107 O'Brien "Q"
    (1, '2023-12-30', '2023-12-31', 107, 14, 2, '520000', 'o''neil', 'Rebills', 4, 19.50, false, 'low', 3, 3, 3, 3, 58.50, 58.50, 0, 0, 0, 0, 0),
    (1, '2024-03-04', '2024-03-05', 107, 14, 7, '4242', 'aff4', 'Initials', 0, 19.50, true, 'low', 1, 1, 1, 1, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-03-10', '2024-03-11', 107, 14, 7, '4242', 'aff4', 'Initials', 0, 19.50, true, 'low', 2, 1, 1, 0, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-03-11', '2024-03-12', 107, 14, 7, '4242', 'aff4', 'Initials', 0, 19.50, true, 'low', 3, 1, 1, 0, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-03-17', '2024-03-18', 107, 14, 7, '4242', 'aff4', 'Initials', 0, 19.50, true, 'low', 4, 1, 1, 0, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-03-18', '2024-03-19', 107, 14, 8, '4242', 'aff4', 'Initials', 0, 19.50, true, 'low', 5, 1, 1, 0, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-03-18', '2024-03-20', 107, 14, 8, '4242', 'aff5', 'Initials', 0, 19.50, true, 'low', 6, 2, 2, 0, 39.00, 39.00, 0, 0, 0, 0, 0),
    (1, '2024-03-31', '2024-04-01', 107, 14, 2, '520000', 'o''neil', 'Initials', 0, 19.50, true, 'low', 12, 9, 9, 9, 175.50, 175.50, 3, 0, 0, 0, 0),
    (1, '2024-04-01', '2024-04-01', 107, 14, 2, '520000', 'o''neil', 'Rebills', 1, 19.50, false, 'low', 4, 0, 0, 0, 0, -19.50, 0, 1, 19.50, 0, 0),
    -- 108 zeta, whose chargebacks and refunds are unknown throughout
    (1, '2024-08-15', '2024-08-16', 108, 15, 4, '601100', 'aff2', 'Rebills', 2, 5.00, false, 'high', 5, 5, 4, 2, 25.00, 20.00, NULL, NULL, NULL, NULL, NULL),
    (1, '2024-09-30', '2024-10-01', 108, 15, 4, '601100', 'aff9', 'Initials', 0, 5.00, true, 'high', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (1, '2024-10-01', NULL, 108, 15, 4, '601100', 'aff9', 'Rebills', 1, 5.00, false, 'high', 1, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL),
    -- 109 Élan
    (1, '2022-12-31', '2023-01-02', 109, 14, 4, '601100', 'aff2', 'Rebills', 5, 19.50, false, 'low', 1, 1, 1, 1, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2023-01-01', '2023-01-02', 109, 14, 4, '601100', 'aff2', 'Rebills', 6, 19.50, false, 'low', 2, 1, 1, 0, 19.50, 19.50, 0, 0, 0, 0, 0),
    (1, '2024-08-15', '2024-08-16', 109, 14, 4, '601100', 'aff2', 'Rebills', 1, 19.50, false, 'low', 6, 4, 4, 0, 78.00, 78.00, 0, 0, 0, 0, 0),
    (1, '2024-10-31', '2024-11-01', 109, 14, NULL, NULL, 'aff1', 'Initials', 0, 19.50, true, NULL, 2, 1, 1, 1, 19.50, 19.50, 0, 0, 0, 0, 0),
    -- 110 All Null: not one measure
    (1, '2024-11-30', '2024-12-01', 110, 16, 5, '601100', 'aff9', NULL, NULL, NULL, NULL, 'high', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    -- 998 is in no lookup; 999 only in the lookup of tenant 2
    (1, '2024-05-15', '2024-05-15', 998, 16, 6, '999999', 'orph', 'Initials', 0, 1.00, false, 'low', 9, 3, 3, 3, 3.00, 3.00, 0, 0, 0, 0, 0),
    (1, '2024-05-16', '2024-05-17', 999, 11, 1, '411111', 'orph', 'Initials', 0, 1.00, false, 'low', 11, 4, 4, 4, 4.00, 4.00, 0, 0, 0, 0, 0),
    -- no campaign at all
    (1, '2024-05-17', '2024-05-18', NULL, 11, 1, '411111', 'aff1', 'Initials', 0, 29.95, true, 'low', 13, 6, 5, 2, 60.00, 50.00, 1, 0, 0, 0, 0),
    (1, '2024-12-31', '2025-01-01', NULL, NULL, 2, '520000', NULL, 'Rebills', 1, 29.95, false, 'mid', 17, 8, 8, 1, 80.00, 80.00, 0, 0, 0, 0, 0),
    -- rows that do not belong to the tenant of the relation
    (2, '2024-01-01', '2024-01-01', 101, 11, 1, '411111', 'spy', 'Initials', 0, 29.95, true, 'low', 1000000, 500000, 400000, 300000, 1000000.00, 800000.00, 1000, 1000, 1000.00, 1000, 1000.00),
    (NULL, '2024-01-01', '2024-01-01', 101, 11, 1, '411111', 'spy', 'Initials', 0, 29.95, true, 'low', 2000000, 500000, 400000, 300000, 2000000.00, 800000.00, 1000, 1000, 1000.00, 1000, 1000.00);

INSERT INTO reporting.order_summary_2 VALUES
    (2, '2024-01-01', '2024-01-01', 101, 11, 1, '411111', 't2', 'Initials', 0, 10.00, true, 'low', 70, 7, 6, 5, 700.00, 600.00, 2, 1, 10.00, 0, 0),
    (2, '2024-02-29', '2024-03-01', 999, 16, 6, '411111', 't2', 'Rebills', 1, 10.00, false, 'low', 30, 3, 3, 1, 300.00, 300.00, 0, 0, 0, 0, 0),
    -- a row of tenant 1
    (1, '2024-01-01', '2024-01-01', 101, 11, 1, '411111', 'lost', 'Initials', 0, 10.00, true, 'low', 1000, 500, 400, 300, 1000.00, 800.00, 0, 0, 0, 0, 0);

-- Columns: client_id, date, region, attempts_total, approvals
INSERT INTO reporting.order_rollup_1 VALUES
    (1, '2024-01-01', 'north', 5000, 1),
    (1, '2024-02-01', 'south', 6000, 1),
    (2, '2024-02-01', 'south', 9000, 1);

-- Columns: client_id, date, sales_type, net_revenue
INSERT INTO reporting.order_totals_1 VALUES
    (1, '2024-01-01', 'Initials', 10000.00),
    (1, '2024-12-31', 'Rebills', 20000.00),
    (2, '2024-12-31', 'Rebills', 40000.00);

-- Columns: client_id, date, trial_campaign_id, trial_product_id, size
INSERT INTO reporting.cohort_summary_1 VALUES
    (1, '2024-01-01', 101, 11, 1),
    (1, '2024-01-02', 103, 11, 2),
    (1, '2024-01-03', NULL, 16, 4),
    (1, '2024-01-04', 999, NULL, 8),
    (2, '2024-01-01', 101, 11, 16);

-- Columns: client_id, event_id, created_at, campaign_id, is_refunded, mark, payload
-- New York changes its clocks on 2024-03-10 at 07:00 UTC and on 2024-11-03 at 06:00 UTC.
INSERT INTO reporting.order_events_1 VALUES
    (1, '00000000-0000-4000-8000-000000000001', '2024-03-10 04:59:59.999999+00', 101, true, 1, '{"meta": {"channel": "web"}, "fee": 1.5}'),
    (1, '00000000-0000-4000-8000-000000000002', '2024-03-10 05:00:00+00', 101, false, 2, '{"meta": {"channel": "app"}, "fee": "2.25"}'),
    (1, '00000000-0000-4000-8000-000000000003', '2024-03-10 06:59:59+00', 102, NULL, 4, '{"meta": {"channel": null}, "fee": null}'),
    (1, '00000000-0000-4000-8000-000000000004', '2024-03-10 07:00:00+00', 103, true, 8, '{"meta": {}, "fee": "abc"}'),
    (1, '00000000-0000-4000-8000-000000000005', '2024-03-11 03:59:59.999999+00', 103, false, 16, '{"fee": 4}'),
    (1, '00000000-0000-4000-8000-000000000006', '2024-03-11 04:00:00+00', NULL, true, 32, '{"meta": {"channel": "web"}}'),
    (1, '00000000-0000-4000-8000-000000000007', '2024-11-03 03:59:59.5+00', 101, false, 64, '{"meta": {"channel": ""}}'),
    (1, '00000000-0000-4000-8000-000000000008', '2024-11-03 04:00:00+00', 101, NULL, 128, NULL),
    (1, '00000000-0000-4000-8000-000000000009', '2024-11-03 05:30:00+00', 102, true, 256, '{"meta": {"channel": "web"}, "fee": 10}'),
    (1, '00000000-0000-4000-8000-00000000000a', '2024-11-03 06:30:00+00', 102, false, 512, '{"meta": {"channel": "app"}}'),
    (1, '00000000-0000-4000-8000-00000000000b', '2024-11-04 04:59:59.999999+00', 999, false, 1024, '[]'),
    (1, '00000000-0000-4000-8000-00000000000c', '2024-11-04 05:00:00+00', 999, false, 2048, '{}'),
    (1, '00000000-0000-4000-8000-00000000000d', '2024-12-31 23:30:00+00', 101, true, 4096, '{}'),
    (1, '00000000-0000-4000-8000-00000000000e', '2025-01-01 04:30:00+00', 101, false, 8192, '{}'),
    (1, '00000000-0000-4000-8000-00000000000f', '2025-01-01 05:00:00+00', 101, false, 16384, '{}'),
    (1, '00000000-0000-4000-8000-000000000010', NULL, 101, true, 32768, '{}'),
    (2, '00000000-0000-4000-8000-000000000011', '2024-03-10 05:00:00+00', 101, true, 65536, '{"meta": {"channel": "web"}, "fee": 1000}');

-- Columns: client_id, refunded_at, campaign_id, mark, is_deleted
INSERT INTO reporting.refunds VALUES
    (1, '2024-01-31 23:59:59.999999', 101, 1, false),
    (1, '2024-02-01 00:00:00', 101, 2, false),
    (1, '2024-02-29 12:00:00', 101, 4, true),
    (1, '2024-02-29 23:59:59.999999', 102, 8, false),
    (1, '2024-03-01 00:00:00', 102, 16, NULL),
    (2, '2024-02-15 08:00:00', 101, 32, false),
    (1, '2024-02-10 10:00:00', 103, 64, false),
    (1, NULL, NULL, 128, false);

-- Columns: client_id, product_id, product_group, price, active
INSERT INTO reporting.products_1 VALUES
    (1, 11, 'box', 30.00, true),
    (1, 12, 'box', 10.00, true),
    (1, 13, 'kit', 99.00, false),
    (1, 14, 'kit', 21.00, NULL),
    (1, 15, NULL, NULL, true),
    (1, 77, 'box', 20.00, false),
    (2, 11, 'spy', 1000.00, true);

-- Columns: client_id, date, page, views, visits
INSERT INTO reporting.site_traffic_1 VALUES
    (1, '2024-01-01', '/', 100, 60),
    (1, '2024-01-02', '/buy', 40, 20),
    (1, '2024-01-02', NULL, 5, 3),
    (2, '2024-01-02', '/', 9000, 9000);

-- Columns: client_id, date, page, views
INSERT INTO reporting.site_traffic_copy_1 VALUES
    (1, '2024-01-01', '/', 101),
    (1, '2024-01-02', '/buy', 41);

-- Columns: client_id, day, region, amount
INSERT INTO reporting.legacy_daily_1 VALUES
    (1, '2024-01-01', 'north', 1),
    (1, '2024-01-31', 'south', 2),
    (1, '2024-02-01', NULL, 4),
    (2, '2024-01-15', 'north', 8);

-- Columns: client_id, date, campaign_id, score_text, flag_text, mark
-- The poisoned rows make a cast fail with a message that repeats their text.
INSERT INTO reporting.risk_scores VALUES
    (1, '2024-01-01', 101, '7', '1', 1),
    (1, '2024-01-02', 101, '9', '0', 2),
    (1, '2024-01-03', 102, '7', '1', 4),
    (1, '2024-01-04', 102, NULL, NULL, 8),
    (1, '2024-01-05', 103, 'hidden campaign', 'hidden campaign', 16),
    (2, '2024-01-01', 101, 'other tenant', 'other tenant', 32),
    (1, '2024-01-06', 106, '12', '1', 64);

-- Columns: rate_date, currency, rate
INSERT INTO public.exchange_rates VALUES
    ('2024-01-01', 'EUR', 1.1050),
    ('2024-02-01', 'EUR', 1.0850),
    ('2024-02-01', 'GBP', 1.2700),
    ('2024-02-02', NULL, 1.0000);

-- Columns: client_id, campaign_id, campaign_name
INSERT INTO public.campaigns VALUES
    (1, 101, 'Summer Push'),
    (1, 102, 'Summer Push'),
    (1, 103, 'Hidden Gem'),
    (1, 104, NULL),
    (1, 105, ''),
    (1, 106, '50%_off!'),
    (1, 107, 'O''Brien "Q"'),
    (1, 108, 'zeta'),
    (1, 109, 'Élan'),
    (1, 110, 'All Null'),
    (1, 120, 'Never Sold'),
    (1, NULL, 'No Key'),
    (2, 101, 'Other Co'),
    (2, 999, 'Tenant Two Secret');

-- Columns: client_id, product_id, product_name
INSERT INTO public.products VALUES
    (1, 11, 'Alpha Box'),
    (1, 12, 'Beta Box'),
    (1, 13, 'alpha box'),
    (1, 14, 'Gamma'),
    (1, 15, 'Delta Kit'),
    (2, 11, 'Spy Box'),
    (2, 16, 'Tenant Two Product');

-- Columns: client_id, gateway_id, alias
-- Gateways 7 and 8 are listed several times.
INSERT INTO public.gateways VALUES
    (1, 1, 'Alpha'),
    (1, 2, 'Beta'),
    (1, 3, 'Gamma'),
    (1, 4, 'Delta'),
    (1, 5, 'Epsilon'),
    (1, 7, 'Nu'),
    (1, 7, 'Mu'),
    (1, 7, NULL),
    (1, 8, NULL),
    (1, 8, NULL),
    (2, 1, 'Other Gateway'),
    (2, 6, 'Tenant Two Gateway');

-- Columns: bin, brand
INSERT INTO public.bins VALUES
    ('411111', 'Visa'),
    ('520000', 'Mastercard'),
    ('370000', 'Amex'),
    ('4242', 'Visa'),
    ('601100', 'Discover');
