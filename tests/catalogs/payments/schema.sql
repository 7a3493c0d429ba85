-- The relations behind catalog.json, for PostgreSQL. Tenants are 1 and 2.
CREATE SCHEMA reporting;

CREATE TABLE reporting.order_summary_1 (
    client_id bigint,
    date date,
    settled_on date,
    campaign_id bigint,
    product_id bigint,
    gateway_id bigint,
    bin text,
    affid text,
    sales_type text,
    billing_cycle integer,
    price_point numeric(10, 2),
    is_trial boolean,
    risk_group text,
    attempts integer,
    approvals integer,
    net_approvals integer,
    approvals_organic integer,
    revenue numeric(12, 2),
    net_revenue numeric(12, 2),
    cb integer,
    refund integer,
    refund_dollar numeric(12, 2),
    refund_refund_date integer,
    refund_refund_date_dollar numeric(12, 2)
);
CREATE TABLE reporting.order_summary_2 (LIKE reporting.order_summary_1);

CREATE TABLE reporting.order_rollup_1 (
    client_id bigint, date date, region text, attempts_total integer, approvals integer
);
CREATE TABLE reporting.order_totals_1 (
    client_id bigint, date date, sales_type text, net_revenue numeric(12, 2)
);
CREATE TABLE reporting.cohort_summary_1 (
    client_id bigint, date date, trial_campaign_id bigint, trial_product_id bigint, size integer
);
CREATE TABLE reporting.order_events_1 (
    client_id bigint, event_id uuid PRIMARY KEY, created_at timestamptz, campaign_id bigint,
    is_refunded boolean, mark integer, payload jsonb
);
CREATE TABLE reporting.refunds (
    client_id bigint, refunded_at timestamp, campaign_id bigint, mark integer, is_deleted boolean
);
CREATE TABLE reporting.products_1 (
    client_id bigint, product_id bigint, product_group text, price numeric(10, 2), active boolean
);
CREATE TABLE reporting.site_traffic_1 (
    client_id bigint, date date, page text, views integer, visits integer
);
CREATE TABLE reporting.site_traffic_copy_1 (
    client_id bigint, date date, page text, views integer
);
CREATE TABLE reporting.legacy_daily_1 (
    client_id bigint, day date, region text, amount integer
);
CREATE TABLE reporting.risk_scores (
    client_id bigint, date date, campaign_id bigint, score_text text, flag_text text, mark integer
);

CREATE TABLE public.exchange_rates (rate_date date, currency text, rate numeric(12, 4));
CREATE TABLE public.campaigns (client_id bigint, campaign_id bigint, campaign_name text);
CREATE TABLE public.products (client_id bigint, product_id bigint, product_name text);
CREATE TABLE public.gateways (client_id bigint, gateway_id bigint, alias text);
CREATE TABLE public.bins (bin text, brand text);
