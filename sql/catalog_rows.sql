-- The whole catalog as one JSON text, in the rows spelling: an object of table name to
-- array of rows. Whole rows are aggregated, so the statement works with and without
-- the columns of optional_fields.sql. Its table of functions may be missing, and a statement
-- that names a missing table does not run at all: its text is therefore run as a query of its
-- own, whose answer comes as XML. Names of functions hold nothing that XML would escape.
SELECT json_build_object(
    'data_sources', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.data_sources AS t),
    'metrics', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.metrics AS t),
    'dimensions', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.dimensions AS t),
    'data_source_metrics', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.data_source_metrics AS t),
    'data_source_dimensions', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.data_source_dimensions AS t),
    'metric_toggles', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.metric_toggles AS t),
    'metric_toggle_options', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.metric_toggle_options AS t),
    'metric_variants', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.metric_variants AS t),
    'report_templates', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]'::json) FROM report_builder.report_templates AS t),
    'functions', CASE WHEN to_regclass('report_builder.functions') IS NULL THEN '[]'::json
        ELSE coalesce(substring(
            query_to_xml('SELECT json_agg(name ORDER BY name) AS names FROM report_builder.functions', false, true, '')::text
            FROM '<names>(.*)</names>')::json, '[]'::json) END
)::text AS catalog;
