-- The catalog, customization, access and module tables of the report builder:
-- 18 tables, and two columns on tables that exist already.
--
-- Needs beast_insights_v2.users, clients and client_features (stub_tables.sql has
-- minimal ones for tests). Runs once on an empty report_builder schema.
--
-- An author (created_by, enabled_by) who is deleted leaves the row behind without an
-- author. An audit row outlives the access rule it tells of, and the user who changed
-- a rule cannot be deleted while the audit names them.

CREATE SCHEMA IF NOT EXISTS report_builder;

-- 1. data_sources
CREATE TABLE report_builder.data_sources (
    id                          BIGSERIAL CONSTRAINT data_sources_pk PRIMARY KEY,
    source_key                  VARCHAR(100) NOT NULL,
    display_name                VARCHAR(200) NOT NULL,
    view_pattern                VARCHAR(500) NOT NULL,
    date_column                 VARCHAR(100) DEFAULT 'date',
    client_id_column            VARCHAR(100) NOT NULL DEFAULT 'client_id',
    refresh_frequency_minutes   INTEGER DEFAULT 60,
    description                 TEXT,
    is_active                   BOOLEAN NOT NULL DEFAULT true,
    created_at                  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT data_sources_source_key_uq UNIQUE (source_key)
);

-- 2. metrics
CREATE TABLE report_builder.metrics (
    id                  BIGSERIAL CONSTRAINT metrics_pk PRIMARY KEY,
    metric_key          VARCHAR(100) NOT NULL,
    display_name        VARCHAR(200) NOT NULL,
    description         TEXT,
    sql_expression      TEXT NOT NULL,
    data_type           VARCHAR(50) NOT NULL DEFAULT 'number',
    format_pattern      VARCHAR(50),
    category            VARCHAR(100) NOT NULL,
    aggregation_type    VARCHAR(50) NOT NULL DEFAULT 'sum',
    is_derived          BOOLEAN NOT NULL DEFAULT false,
    derived_formula     TEXT,
    sort_order          INTEGER DEFAULT 0,
    is_invertable       BOOLEAN NOT NULL DEFAULT false,
    is_active           BOOLEAN NOT NULL DEFAULT true,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT metrics_metric_key_uq UNIQUE (metric_key)
);

CREATE INDEX metrics_category_idx ON report_builder.metrics (category);

-- 3. dimensions
CREATE TABLE report_builder.dimensions (
    id                  BIGSERIAL CONSTRAINT dimensions_pk PRIMARY KEY,
    dimension_key       VARCHAR(100) NOT NULL,
    display_name        VARCHAR(200) NOT NULL,
    description         TEXT,
    column_expression   TEXT NOT NULL,
    display_column      VARCHAR(200),
    join_table          VARCHAR(200),
    join_condition      TEXT,
    data_type           VARCHAR(50) NOT NULL DEFAULT 'text',
    filter_type         VARCHAR(50) NOT NULL DEFAULT 'multi_select',
    is_groupable        BOOLEAN NOT NULL DEFAULT true,
    is_filterable       BOOLEAN NOT NULL DEFAULT true,
    category            VARCHAR(100),
    sort_order          INTEGER DEFAULT 0,
    is_active           BOOLEAN NOT NULL DEFAULT true,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT dimensions_dimension_key_uq UNIQUE (dimension_key)
);

CREATE INDEX dimensions_category_idx ON report_builder.dimensions (category);

-- 4. data_source_metrics
CREATE TABLE report_builder.data_source_metrics (
    id              BIGSERIAL CONSTRAINT data_source_metrics_pk PRIMARY KEY,
    data_source_id  BIGINT NOT NULL,
    metric_id       BIGINT NOT NULL,
    is_active       BOOLEAN NOT NULL DEFAULT true,
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT data_source_metrics_uq
        UNIQUE (data_source_id, metric_id),
    CONSTRAINT data_source_metrics_data_sources_id_fk
        FOREIGN KEY (data_source_id) REFERENCES report_builder.data_sources(id)
        ON DELETE CASCADE,
    CONSTRAINT data_source_metrics_metrics_id_fk
        FOREIGN KEY (metric_id) REFERENCES report_builder.metrics(id)
        ON DELETE CASCADE
);

CREATE INDEX data_source_metrics_data_source_id_idx
    ON report_builder.data_source_metrics (data_source_id);

-- 5. data_source_dimensions
CREATE TABLE report_builder.data_source_dimensions (
    id              BIGSERIAL CONSTRAINT data_source_dimensions_pk PRIMARY KEY,
    data_source_id  BIGINT NOT NULL,
    dimension_id    BIGINT NOT NULL,
    is_active       BOOLEAN NOT NULL DEFAULT true,
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT data_source_dimensions_uq
        UNIQUE (data_source_id, dimension_id),
    CONSTRAINT data_source_dimensions_data_sources_id_fk
        FOREIGN KEY (data_source_id) REFERENCES report_builder.data_sources(id)
        ON DELETE CASCADE,
    CONSTRAINT data_source_dimensions_dimensions_id_fk
        FOREIGN KEY (dimension_id) REFERENCES report_builder.dimensions(id)
        ON DELETE CASCADE
);

CREATE INDEX data_source_dimensions_data_source_id_idx
    ON report_builder.data_source_dimensions (data_source_id);

-- 6. metric_toggles
CREATE TABLE report_builder.metric_toggles (
    id              BIGSERIAL CONSTRAINT metric_toggles_pk PRIMARY KEY,
    toggle_key      VARCHAR(100) NOT NULL,
    display_name    VARCHAR(200) NOT NULL,
    description     TEXT,
    toggle_type     VARCHAR(50) NOT NULL DEFAULT 'metric_variant',
    ui_component    VARCHAR(50) NOT NULL DEFAULT 'pill_group',
    sort_order      INTEGER DEFAULT 0,
    is_active       BOOLEAN NOT NULL DEFAULT true,
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT metric_toggles_toggle_key_uq UNIQUE (toggle_key)
);

-- 7. metric_toggle_options
CREATE TABLE report_builder.metric_toggle_options (
    id              BIGSERIAL CONSTRAINT metric_toggle_options_pk PRIMARY KEY,
    toggle_id       BIGINT NOT NULL,
    option_key      VARCHAR(100) NOT NULL,
    display_name    VARCHAR(200) NOT NULL,
    description     TEXT,
    is_default      BOOLEAN NOT NULL DEFAULT false,
    sort_order      INTEGER DEFAULT 0,
    is_active       BOOLEAN NOT NULL DEFAULT true,
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT metric_toggle_options_uq
        UNIQUE (toggle_id, option_key),
    CONSTRAINT metric_toggle_options_metric_toggles_id_fk
        FOREIGN KEY (toggle_id) REFERENCES report_builder.metric_toggles(id)
        ON DELETE CASCADE
);

-- 8. metric_variants
CREATE TABLE report_builder.metric_variants (
    id                  BIGSERIAL CONSTRAINT metric_variants_pk PRIMARY KEY,
    metric_id           BIGINT NOT NULL,
    toggle_option_id    BIGINT NOT NULL,
    sql_expression      TEXT NOT NULL,
    is_active           BOOLEAN NOT NULL DEFAULT true,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT metric_variants_uq
        UNIQUE (metric_id, toggle_option_id),
    CONSTRAINT metric_variants_metrics_id_fk
        FOREIGN KEY (metric_id) REFERENCES report_builder.metrics(id)
        ON DELETE CASCADE,
    CONSTRAINT metric_variants_metric_toggle_options_id_fk
        FOREIGN KEY (toggle_option_id) REFERENCES report_builder.metric_toggle_options(id)
        ON DELETE CASCADE
);

CREATE INDEX metric_variants_metric_id_idx
    ON report_builder.metric_variants (metric_id);

-- 9. report_templates
CREATE TABLE report_builder.report_templates (
    id                      BIGSERIAL CONSTRAINT report_templates_pk PRIMARY KEY,
    template_key            VARCHAR(100) NOT NULL,
    name                    VARCHAR(200) NOT NULL,
    description             TEXT,
    category                VARCHAR(100) NOT NULL,
    layout                  JSONB NOT NULL,
    default_filters         JSONB DEFAULT '{}',
    default_date_range      VARCHAR(50) DEFAULT 'last_30_days',
    required_data_sources   VARCHAR(100)[] NOT NULL,
    required_toggles        VARCHAR(100)[],
    nav_section             VARCHAR(100),
    nav_order               INTEGER DEFAULT 0,
    nav_icon                VARCHAR(100),
    is_active               BOOLEAN NOT NULL DEFAULT true,
    is_deleted              BOOLEAN NOT NULL DEFAULT false,
    created_at              TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at              TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_by              VARCHAR,

    CONSTRAINT report_templates_template_key_uq UNIQUE (template_key),
    CONSTRAINT report_templates_users_id_fk
        FOREIGN KEY (created_by) REFERENCES beast_insights_v2.users(id)
        ON DELETE SET NULL
);

CREATE INDEX report_templates_category_idx ON report_builder.report_templates (category);
CREATE INDEX report_templates_nav_section_idx ON report_builder.report_templates (nav_section);

-- 10. saved_views
CREATE TABLE report_builder.saved_views (
    id                  BIGSERIAL CONSTRAINT saved_views_pk PRIMARY KEY,
    user_id             VARCHAR NOT NULL,
    template_id         BIGINT NOT NULL,
    client_id           BIGINT NOT NULL,
    name                VARCHAR(200) NOT NULL,
    filters             JSONB DEFAULT '{}',
    layout_overrides    JSONB DEFAULT '{}',
    toggles             JSONB DEFAULT '{}',
    is_default          BOOLEAN NOT NULL DEFAULT false,
    is_active           BOOLEAN NOT NULL DEFAULT true,
    is_deleted          BOOLEAN NOT NULL DEFAULT false,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT saved_views_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT saved_views_report_templates_id_fk
        FOREIGN KEY (template_id) REFERENCES report_builder.report_templates(id)
        ON DELETE CASCADE,
    CONSTRAINT saved_views_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE
);

CREATE INDEX saved_views_user_id_template_id_idx
    ON report_builder.saved_views (user_id, template_id);

-- 11. filter_presets
CREATE TABLE report_builder.filter_presets (
    id          BIGSERIAL CONSTRAINT filter_presets_pk PRIMARY KEY,
    user_id     VARCHAR NOT NULL,
    client_id   BIGINT NOT NULL,
    name        VARCHAR(200) NOT NULL,
    filters     JSONB NOT NULL,
    is_shared   BOOLEAN NOT NULL DEFAULT false,
    is_active   BOOLEAN NOT NULL DEFAULT true,
    is_deleted  BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT filter_presets_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT filter_presets_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE
);

CREATE INDEX filter_presets_user_id_client_id_idx
    ON report_builder.filter_presets (user_id, client_id);

-- 12. dashboards
CREATE TABLE report_builder.dashboards (
    id          BIGSERIAL CONSTRAINT dashboards_pk PRIMARY KEY,
    user_id     VARCHAR NOT NULL,
    client_id   BIGINT NOT NULL,
    name        VARCHAR(200) NOT NULL,
    description TEXT,
    layout      JSONB DEFAULT '[]',
    is_default  BOOLEAN NOT NULL DEFAULT false,
    is_active   BOOLEAN NOT NULL DEFAULT true,
    is_deleted  BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT dashboards_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT dashboards_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE
);

-- 13. dashboard_widgets
CREATE TABLE report_builder.dashboard_widgets (
    id                  BIGSERIAL CONSTRAINT dashboard_widgets_pk PRIMARY KEY,
    dashboard_id        BIGINT NOT NULL,
    source_template_id  BIGINT,
    widget_type         VARCHAR(50) NOT NULL,
    widget_config       JSONB NOT NULL,
    position            JSONB NOT NULL,
    title               VARCHAR(200),
    sort_order          INTEGER DEFAULT 0,
    is_active           BOOLEAN NOT NULL DEFAULT true,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT dashboard_widgets_dashboards_id_fk
        FOREIGN KEY (dashboard_id) REFERENCES report_builder.dashboards(id)
        ON DELETE CASCADE,
    CONSTRAINT dashboard_widgets_report_templates_id_fk
        FOREIGN KEY (source_template_id) REFERENCES report_builder.report_templates(id)
        ON DELETE SET NULL
);

-- 14. scheduled_reports
CREATE TABLE report_builder.scheduled_reports (
    id                  BIGSERIAL CONSTRAINT scheduled_reports_pk PRIMARY KEY,
    user_id             VARCHAR NOT NULL,
    client_id           BIGINT NOT NULL,
    template_id         BIGINT NOT NULL,
    name                VARCHAR(200) NOT NULL,
    frequency           VARCHAR(50) NOT NULL,
    day_of_week         INTEGER,
    day_of_month        INTEGER,
    time_of_day         TIME NOT NULL DEFAULT '08:00',
    timezone            VARCHAR(100) NOT NULL DEFAULT 'America/New_York',
    delivery_channel    VARCHAR(50) NOT NULL DEFAULT 'email',
    delivery_target     VARCHAR(500),
    filters             JSONB DEFAULT '{}',
    export_format       VARCHAR(50) NOT NULL DEFAULT 'pdf',
    last_sent_at        TIMESTAMP(6),
    next_send_at        TIMESTAMP(6),
    is_active           BOOLEAN NOT NULL DEFAULT true,
    is_deleted          BOOLEAN NOT NULL DEFAULT false,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT scheduled_reports_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT scheduled_reports_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE,
    CONSTRAINT scheduled_reports_report_templates_id_fk
        FOREIGN KEY (template_id) REFERENCES report_builder.report_templates(id)
        ON DELETE CASCADE
);

CREATE INDEX scheduled_reports_next_send_at_idx
    ON report_builder.scheduled_reports (next_send_at);

-- 15. export_jobs
CREATE TABLE report_builder.export_jobs (
    id              BIGSERIAL CONSTRAINT export_jobs_pk PRIMARY KEY,
    user_id         VARCHAR NOT NULL,
    client_id       BIGINT NOT NULL,
    template_id     BIGINT,
    format          VARCHAR(50) NOT NULL,
    status          VARCHAR(50) NOT NULL DEFAULT 'pending',
    filters         JSONB,
    file_url        TEXT,
    file_size_bytes BIGINT,
    error_message   TEXT,
    completed_at    TIMESTAMP(6),
    expires_at      TIMESTAMP(6),
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT export_jobs_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT export_jobs_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE,
    CONSTRAINT export_jobs_report_templates_id_fk
        FOREIGN KEY (template_id) REFERENCES report_builder.report_templates(id)
        ON DELETE SET NULL
);

CREATE INDEX export_jobs_user_id_status_idx
    ON report_builder.export_jobs (user_id, status);

-- 16. user_dimension_access
CREATE TABLE report_builder.user_dimension_access (
    id              BIGSERIAL CONSTRAINT user_dimension_access_pk PRIMARY KEY,
    user_id         VARCHAR NOT NULL,
    client_id       BIGINT NOT NULL,
    dimension_id    BIGINT NOT NULL,
    allowed_values  JSONB NOT NULL,
    access_type     VARCHAR(50) NOT NULL DEFAULT 'include',
    created_by      VARCHAR,
    is_active       BOOLEAN NOT NULL DEFAULT true,
    created_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at      TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT user_dimension_access_uq
        UNIQUE (user_id, client_id, dimension_id),
    CONSTRAINT user_dimension_access_users_id_fk
        FOREIGN KEY (user_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE,
    CONSTRAINT user_dimension_access_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE,
    CONSTRAINT user_dimension_access_dimensions_id_fk
        FOREIGN KEY (dimension_id) REFERENCES report_builder.dimensions(id)
        ON DELETE CASCADE,
    CONSTRAINT user_dimension_access_created_by_users_id_fk
        FOREIGN KEY (created_by) REFERENCES beast_insights_v2.users(id)
        ON DELETE SET NULL
);

CREATE INDEX user_dimension_access_user_client_idx
    ON report_builder.user_dimension_access (user_id, client_id);

-- 17. dimension_access_audit
CREATE TABLE report_builder.dimension_access_audit (
    id                          BIGSERIAL CONSTRAINT dimension_access_audit_pk PRIMARY KEY,
    user_dimension_access_id    BIGINT,
    target_user_id              VARCHAR NOT NULL,
    action                      VARCHAR(50) NOT NULL,
    performed_by                VARCHAR NOT NULL,
    old_values                  JSONB,
    new_values                  JSONB,
    created_at                  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT dimension_access_audit_user_dimension_access_id_fk
        FOREIGN KEY (user_dimension_access_id) REFERENCES report_builder.user_dimension_access(id)
        ON DELETE SET NULL,
    CONSTRAINT dimension_access_audit_users_id_fk
        FOREIGN KEY (performed_by) REFERENCES beast_insights_v2.users(id)
);

CREATE INDEX dimension_access_audit_target_user_idx
    ON report_builder.dimension_access_audit (target_user_id);
CREATE INDEX dimension_access_audit_created_at_idx
    ON report_builder.dimension_access_audit (created_at);

-- 18. client_modules
CREATE TABLE report_builder.client_modules (
    id          BIGSERIAL CONSTRAINT client_modules_pk PRIMARY KEY,
    client_id   BIGINT NOT NULL,
    module_key  VARCHAR(100) NOT NULL,
    is_enabled  BOOLEAN NOT NULL DEFAULT false,
    enabled_at  TIMESTAMP(6),
    enabled_by  VARCHAR,
    config      JSONB DEFAULT '{}',
    is_active   BOOLEAN NOT NULL DEFAULT true,
    created_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT client_modules_uq UNIQUE (client_id, module_key),
    CONSTRAINT client_modules_clients_id_fk
        FOREIGN KEY (client_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE,
    CONSTRAINT client_modules_users_id_fk
        FOREIGN KEY (enabled_by) REFERENCES beast_insights_v2.users(id)
        ON DELETE SET NULL
);

-- Columns added to existing tables
ALTER TABLE beast_insights_v2.clients
    ADD COLUMN IF NOT EXISTS report_mode VARCHAR(20) NOT NULL DEFAULT 'powerbi';

ALTER TABLE beast_insights_v2.client_features
    ADD COLUMN IF NOT EXISTS is_native_reports_enabled BOOLEAN NOT NULL DEFAULT false;
