-- Minimal stand-ins for the tables outside report_builder that report_builder.sql
-- refers to. For tests only: where the real ones exist, leave this file out.

CREATE SCHEMA IF NOT EXISTS beast_insights_v2;

CREATE TABLE beast_insights_v2.users (
    id          VARCHAR CONSTRAINT users_pk PRIMARY KEY,
    email       VARCHAR CONSTRAINT users_pk_2 UNIQUE,
    is_active   BOOLEAN NOT NULL DEFAULT true,
    is_deleted  BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE beast_insights_v2.clients (
    id          BIGSERIAL CONSTRAINT clients_pk PRIMARY KEY,
    name        VARCHAR,
    is_active   BOOLEAN NOT NULL DEFAULT true,
    is_deleted  BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE beast_insights_v2.client_features (
    id                        BIGSERIAL CONSTRAINT client_features_pk PRIMARY KEY,
    client_id                 BIGINT NOT NULL,
    is_bin_routing_enabled    BOOLEAN NOT NULL DEFAULT false,
    is_dashboard_enabled      BOOLEAN NOT NULL DEFAULT false,
    is_mid_enabled            BOOLEAN NOT NULL DEFAULT false,
    is_router_enabled         BOOLEAN NOT NULL DEFAULT false,
    is_order_details_enabled  BOOLEAN NOT NULL DEFAULT false,
    created_at                TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT client_features_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE
);
