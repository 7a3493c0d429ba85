-- Rows of tenant 1 for every source that a stock template asks, over two years that end on 2026-11-20, with
-- rows of tenant 2 among them. Numbers follow from the day and a counter by remainders, so that no two
-- campaigns, products, gateways or days have the same shares; some rows lack a campaign, a product or a
-- gateway.

INSERT INTO public.campaigns (client_id, campaign_id, campaign_name) VALUES
    (1, 101, 'Spring Launch'), (1, 205, 'Retargeting'), (1, 306, 'Search'), (1, 407, 'Search'), (2, 101, 'Foreign');
INSERT INTO public.products (client_id, product_id, product_name) VALUES
    (1, 40, 'Serum'), (1, 41, 'Cream'), (1, 42, 'Mask'), (2, 40, 'Foreign');
INSERT INTO public.gateways (client_id, gateway_id, gateway_alias) VALUES
    (1, 1001, 'North'), (1, 1002, 'South'), (1, 1003, 'East'), (2, 1001, 'Foreign');
INSERT INTO public.bins (bin, issuer) VALUES ('411111', 'First Bank'), ('520000', 'Second Bank');

CREATE TEMPORARY TABLE sales AS
SELECT day::date AS day, i, (day::date - DATE '2024-11-01') * 4 + i AS n
FROM generate_series(TIMESTAMP '2024-11-01', TIMESTAMP '2026-11-20', INTERVAL '1 day') AS day,
     generate_series(0, 3) AS i;

INSERT INTO reporting.order_summary_1
    (client_id, date, campaign_id, product_id, gateway_id, bin, affid, sub_affid, c, price_point, sales_type,
     billing_cycle, refund_type, alert_type, cpa, attempts_total, attempts, approvals, net_approvals,
     approvals_organic, cancel, cancel_organic, revenue, cb, cb_dollar, cb_organic, cb_non_organic,
     cb_organic_dollar, cb_cb_date, cb_cb_date_dollar, refund, refund_dollar, refund_organic,
     refund_organic_dollar, refund_refund_date, refund_refund_date_dollar, trial_gateway_id)
SELECT CASE WHEN n % 17 = 5 THEN 2 ELSE 1 END, day,
       (ARRAY[101, 205, 306, 407, NULL])[n % 5 + 1], (ARRAY[40, 41, 42, NULL])[(n / 3) % 4 + 1],
       (ARRAY[1001, 1002, 1003, NULL])[(n / 7) % 4 + 1], (ARRAY['411111', '520000', '377777'])[n % 3 + 1],
       'aff' || n % 4, 'sub' || n % 9, 'c' || n % 2, (ARRAY[19.90, 39.90, 89.90])[(n / 2) % 3 + 1],
       (ARRAY['Initials', 'Rebills', 'Straight Sales'])[(n / 5) % 3 + 1], n % 4,
       (ARRAY['full', 'partial', NULL])[n % 3 + 1], (ARRAY['rdr', 'ethoca', NULL])[n % 3 + 1], 12.50 + n % 5,
       40 + n % 23, 30 + n % 19, 11 + n % 13, 7 + n % 5, 5 + n % 7, n % 6, n % 3, 300 + n % 101 * 1.10, n % 4,
       n % 4 * 19.90, n % 2, n % 3, n % 2 * 19.90, n % 5, n % 5 * 20, n % 7, n % 7 * 15.50, n % 4, n % 4 * 15.50,
       n % 3, n % 3 * 10, 1001 + n % 3
FROM sales;

INSERT INTO reporting.cohort_summary_1
    (client_id, date, sales_type, billing_cycle, attempt_col, refund_type, alert_type, cpa, trial_price_point,
     trial_bin, trial_sub_affid, trial_c, trial_affid, trial_campaign_id, trial_product_id, trial_gateway_id,
     attempts, approvals, net_approvals, cancel, revenue, cb, cb_dollar, refund, refund_dollar)
SELECT CASE WHEN n % 17 = 5 THEN 2 ELSE 1 END, day, (ARRAY['Initials', 'Rebills', 'Straight Sales'])[n % 3 + 1],
       (n / 5) % 4, n % 3, (ARRAY['full', NULL])[n % 2 + 1], NULL, 11 + n % 7, 19.90, '411111', 'sub' || n % 9,
       'c' || n % 2, 'aff' || n % 4, (ARRAY[101, 205, 306, 407, NULL])[n % 5 + 1],
       (ARRAY[40, 41, 42, NULL])[(n / 3) % 4 + 1], 1001 + n % 3, 30 + n % 19, 12 + n % 11, 8 + n % 5, n % 6,
       250 + n % 97 * 1.30, n % 4, n % 4 * 19.90, n % 7, n % 7 * 12.50
FROM sales;

INSERT INTO reporting.decline_recovery_1
    (client_id, date, decline_group, gateway_id, bin, campaign_id, product_id, affid, sub_affid, c, price_point,
     sales_type, billing_cycle, recovery_attempts, organic_declines, declines, reattempts, recovered, cancel, cb,
     refund, cb_cb_date, refund_refund_date, organic_declines_dollar, reattempts_dollar, not_reattempts_dollar,
     recovered_dollar)
SELECT CASE WHEN n % 17 = 5 THEN 2 ELSE 1 END, day, (ARRAY['Funds', 'Issuer', 'Fraud'])[(n / 2) % 3 + 1],
       (ARRAY[1001, 1002, 1003, NULL])[(n / 7) % 4 + 1], '411111', (ARRAY[101, 205, 306, 407, NULL])[n % 5 + 1],
       (ARRAY[40, 41, 42, NULL])[(n / 3) % 4 + 1], 'aff' || n % 4, 'sub' || n % 9, 'c' || n % 2, 19.90,
       'Initials', n % 4, 3 + n % 5, 20 + n % 11, 24 + n % 17, 9 + n % 7, 3 + n % 5, n % 3, n % 4, n % 3, n % 2,
       n % 3, 400 + n % 71, 200 + n % 37, 150 + n % 29, 60 + n % 23
FROM sales;

INSERT INTO reporting.mid_summary_1
    (client_id, gateway_id, month_year, volume, initials, rebills, overall_cb, cb_visa, cb_master,
     overall_declines, attempts, approvals, overall_refund, alert, rdr, ethoca, health_tag, monthly_cap,
     capacity_left, near_capacity)
SELECT CASE WHEN gateway = 1009 THEN 2 ELSE 1 END, gateway, month::date, 50000 + gateway * (m % 7), 100 + m * 3,
       60 + m * 5, 3 + (m * gateway) % 5, 1 + m % 3, 1 + m % 2, 40 + m % 9, 300 + m + gateway % 10, 200 + m,
       6 + m % 4, 9 + (m * gateway) % 4, 4 + m % 3, 3, (ARRAY['healthy', 'at risk', 'watch'])[(m + gateway) % 3 + 1],
       90000 + gateway * 10, 30000 - m * 100 - gateway, (m + gateway) % 2 = 0
FROM generate_series(TIMESTAMP '2025-01-01', TIMESTAMP '2026-11-01', INTERVAL '1 month') WITH ORDINALITY AS months (month, m),
     unnest(ARRAY[1001, 1002, 1003, 1009]) AS gateway;

INSERT INTO reporting.hourly_revenue_1
SELECT CASE WHEN h = 13 THEN 2 ELSE 1 END, h, to_char(h, 'FM00') || ':00', 100 + h * 7, 40 + h * 3, 35 + h * 2,
       25 + h * 2, CASE WHEN h < 16 THEN 90 + h * 11 - h % 3 * 40 END, 30 + h * 5, 28 + h * 4, 20 + h * 2
FROM generate_series(0, 23) AS h;

INSERT INTO reporting.products_1
    (product_id, product_name, product_sku, product_price, vertical_name, product_is_shippable,
     cost_of_goods_sold, crm, client_id, product_group, subscription_flag, product_cost, cpa, is_initial,
     is_exclude, subscription_type)
VALUES (40, 'Serum', 'S-40', 39.90, 'Beauty', true, 6.10, 'one', 1, 'Care', true, 7.20, 20, true, false, 'monthly'),
       (41, 'Cream', 'C-41', 29.90, 'Beauty', true, 5.10, 'one', 1, 'Care', false, 6.20, 18, true, false, NULL),
       (42, 'Mask', 'M-42', 19.90, 'Beauty', false, 2.10, 'two', 1, 'Extras', true, 3.20, 9, false, false, 'monthly'),
       (49, 'Foreign', 'F-49', 999, 'Other', true, 1, 'two', 2, 'Foreign', true, 1, 1, true, false, 'monthly');

INSERT INTO reporting.order_details_1
    (client_id, order_id, bill_country, bill_state, bill_email, order_total, date_of_sale, time_of_sale,
     campaign_id, gateway_id, order_status, decline_reason, is_chargeback, is_refund, refund_amount, product_id,
     affid, cycle, attempt, bin, decline_group)
SELECT CASE WHEN n % 17 = 5 THEN 2 ELSE 1 END, n, 'US', 'NY', 'buyer' || n % 7 || '@example.com', 19.90 + n % 31, day,
       to_char(n % 24, 'FM00') || ':15', (ARRAY[101, 205, 306, 407, NULL])[n % 5 + 1],
       (ARRAY[1001, 1002, 1003, NULL])[(n / 3) % 4 + 1],
       CASE WHEN n % 3 = 0 THEN 'declined' ELSE 'approved' END,
       CASE WHEN n % 3 = 0 THEN (ARRAY['Insufficient funds', 'Do not honor'])[(n / 3) % 2 + 1] END,
       n % 8 = 1, n % 5 = 1, CASE WHEN n % 5 = 1 THEN 9.90 END, (ARRAY[40, 41, 42, NULL])[(n / 2) % 4 + 1],
       'aff' || n % 4, n % 4, n % 3, '411111', CASE WHEN n % 3 = 0 THEN 'Funds' END
FROM sales;
