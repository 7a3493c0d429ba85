-- The same relations for SQLite. The databases `reporting` and `public` have to be attached first.
-- Dates are ISO text. Money has no exact type here, and moments with a zone have none at all.
CREATE TABLE reporting.order_summary_1 (
    client_id INTEGER, date TEXT, settled_on TEXT, campaign_id INTEGER, product_id INTEGER,
    gateway_id INTEGER, bin TEXT, affid TEXT, sales_type TEXT, billing_cycle INTEGER,
    price_point NUMERIC, is_trial BOOLEAN, risk_group TEXT, attempts INTEGER, approvals INTEGER,
    net_approvals INTEGER, approvals_organic INTEGER, revenue NUMERIC, net_revenue NUMERIC,
    cb INTEGER, refund INTEGER, refund_dollar NUMERIC, refund_refund_date INTEGER,
    refund_refund_date_dollar NUMERIC
);
CREATE TABLE reporting.order_summary_2 (
    client_id INTEGER, date TEXT, settled_on TEXT, campaign_id INTEGER, product_id INTEGER,
    gateway_id INTEGER, bin TEXT, affid TEXT, sales_type TEXT, billing_cycle INTEGER,
    price_point NUMERIC, is_trial BOOLEAN, risk_group TEXT, attempts INTEGER, approvals INTEGER,
    net_approvals INTEGER, approvals_organic INTEGER, revenue NUMERIC, net_revenue NUMERIC,
    cb INTEGER, refund INTEGER, refund_dollar NUMERIC, refund_refund_date INTEGER,
    refund_refund_date_dollar NUMERIC
);
CREATE TABLE reporting.order_rollup_1 (
    client_id INTEGER, date TEXT, region TEXT, attempts_total INTEGER, approvals INTEGER
);
CREATE TABLE reporting.order_totals_1 (
    client_id INTEGER, date TEXT, sales_type TEXT, net_revenue NUMERIC
);
CREATE TABLE reporting.cohort_summary_1 (
    client_id INTEGER, date TEXT, trial_campaign_id INTEGER, trial_product_id INTEGER, size INTEGER
);
CREATE TABLE reporting.order_events_1 (
    client_id INTEGER, event_id TEXT PRIMARY KEY, created_at TEXT, campaign_id INTEGER,
    is_refunded BOOLEAN, mark INTEGER, payload TEXT
);
CREATE TABLE reporting.refunds (
    client_id INTEGER, refunded_at TEXT, campaign_id INTEGER, mark INTEGER, is_deleted BOOLEAN
);
CREATE TABLE reporting.products_1 (
    client_id INTEGER, product_id INTEGER, product_group TEXT, price NUMERIC, active BOOLEAN
);
CREATE TABLE reporting.site_traffic_1 (
    client_id INTEGER, date TEXT, page TEXT, views INTEGER, visits INTEGER
);
CREATE TABLE reporting.site_traffic_copy_1 (
    client_id INTEGER, date TEXT, page TEXT, views INTEGER
);
CREATE TABLE reporting.legacy_daily_1 (
    client_id INTEGER, day TEXT, region TEXT, amount INTEGER
);
CREATE TABLE reporting.risk_scores (
    client_id INTEGER, date TEXT, campaign_id INTEGER, score_text TEXT, flag_text TEXT, mark INTEGER
);

CREATE TABLE public.exchange_rates (rate_date TEXT, currency TEXT, rate NUMERIC);
CREATE TABLE public.campaigns (client_id INTEGER, campaign_id INTEGER, campaign_name TEXT);
CREATE TABLE public.products (client_id INTEGER, product_id INTEGER, product_name TEXT);
CREATE TABLE public.gateways (client_id INTEGER, gateway_id INTEGER, alias TEXT);
CREATE TABLE public.bins (bin TEXT, brand TEXT);
