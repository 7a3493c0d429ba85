-- Columns for the optional catalog fields, to be run after report_builder.sql.
-- All are nullable: NULL means the field is absent, and a catalog that uses none of
-- them reads as before. Running the file twice does no harm.

ALTER TABLE report_builder.data_sources
    ADD COLUMN IF NOT EXISTS columns        JSONB,
    ADD COLUMN IF NOT EXISTS primary_key    JSONB,
    ADD COLUMN IF NOT EXISTS rollup_by      JSONB,
    ADD COLUMN IF NOT EXISTS base_filter    TEXT,
    ADD COLUMN IF NOT EXISTS priority       INTEGER,
    ADD COLUMN IF NOT EXISTS relationships  JSONB,
    ADD COLUMN IF NOT EXISTS access_exempt  JSONB;

-- NULL says that the data is shared and has no tenant column; the default still fills
-- in client_id where a row does not mention the column.
ALTER TABLE report_builder.data_sources
    ALTER COLUMN client_id_column DROP NOT NULL;

ALTER TABLE report_builder.data_source_metrics
    ADD COLUMN IF NOT EXISTS sql_expression  TEXT;

ALTER TABLE report_builder.data_source_dimensions
    ADD COLUMN IF NOT EXISTS column_expression  TEXT,
    ADD COLUMN IF NOT EXISTS join_condition     TEXT;

ALTER TABLE report_builder.metrics
    ADD COLUMN IF NOT EXISTS filter         TEXT,
    ADD COLUMN IF NOT EXISTS additivity     JSONB,
    ADD COLUMN IF NOT EXISTS "window"       JSONB,
    ADD COLUMN IF NOT EXISTS "offset"       JSONB,
    ADD COLUMN IF NOT EXISTS null_as        NUMERIC,
    ADD COLUMN IF NOT EXISTS currency       VARCHAR(20),
    ADD COLUMN IF NOT EXISTS percent_scale  VARCHAR(20),
    ADD COLUMN IF NOT EXISTS module         VARCHAR(100);

ALTER TABLE report_builder.dimensions
    ADD COLUMN IF NOT EXISTS join_tenant_column  VARCHAR(100),
    ADD COLUMN IF NOT EXISTS join_global         BOOLEAN,
    ADD COLUMN IF NOT EXISTS join_unique         BOOLEAN,
    ADD COLUMN IF NOT EXISTS value_type          VARCHAR(50),
    ADD COLUMN IF NOT EXISTS grains              JSONB,
    ADD COLUMN IF NOT EXISTS synonyms            JSONB,
    ADD COLUMN IF NOT EXISTS module              VARCHAR(100);

ALTER TABLE report_builder.metric_toggle_options
    ADD COLUMN IF NOT EXISTS dimension_key   VARCHAR(100),
    ADD COLUMN IF NOT EXISTS date_column     VARCHAR(100),
    ADD COLUMN IF NOT EXISTS format_pattern  VARCHAR(50);

ALTER TABLE report_builder.metric_variants
    ADD COLUMN IF NOT EXISTS "when"           JSONB,
    ADD COLUMN IF NOT EXISTS derived_formula  TEXT,
    ADD COLUMN IF NOT EXISTS display_name     VARCHAR(200),
    ADD COLUMN IF NOT EXISTS data_type        VARCHAR(50),
    ADD COLUMN IF NOT EXISTS format_pattern   VARCHAR(50),
    ADD COLUMN IF NOT EXISTS currency         VARCHAR(20);

ALTER TABLE report_builder.report_templates
    ADD COLUMN IF NOT EXISTS module  VARCHAR(100);

-- Several variants may share an option when they differ in what else they ask for.
-- A missing "when" stands for the option alone, so two of them are a duplicate.
ALTER TABLE report_builder.metric_variants
    DROP CONSTRAINT IF EXISTS metric_variants_uq;
DROP INDEX IF EXISTS report_builder.metric_variants_uq;
CREATE UNIQUE INDEX metric_variants_uq
    ON report_builder.metric_variants (metric_id, toggle_option_id, COALESCE("when", 'null'::jsonb));

-- Names of user-defined SQL functions that catalog fragments may call.
CREATE TABLE IF NOT EXISTS report_builder.functions (
    name  VARCHAR(100) CONSTRAINT functions_pk PRIMARY KEY
);
