-- Tables that users define over the catalog's sources, to be run after report_builder.sql.
--
-- The names are those of the model that services know, in snake case. organization_id is the
-- tenant, which is a client here, and created_by_id the user whose table it is.
--
-- Who sees a table: its creator always; with TEAM also the users and the teams that it is
-- shared with; with ORG every user of the organization. Nobody of another organization, and
-- nobody at all once it is deleted. Who changes it: its creator.
--
-- Results are not kept here. What a table shows depends on the access rules of whoever looks,
-- and a row that all of them read would show each what its last reader was allowed to see. A
-- service keeps results under the fingerprint of the compiled query, which covers the rules.

CREATE TABLE report_builder.user_data_tables (
    id                  BIGSERIAL CONSTRAINT user_data_tables_pk PRIMARY KEY,
    organization_id     BIGINT NOT NULL,
    created_by_id       VARCHAR NOT NULL,
    name                VARCHAR(200) NOT NULL,
    description         TEXT,
    created_via         VARCHAR(50) NOT NULL DEFAULT 'BUILDER',
    ai_prompt           TEXT,
    data_sources        TEXT[] NOT NULL,
    columns             JSONB NOT NULL,
    filters             JSONB NOT NULL DEFAULT '[]',
    group_by            TEXT[] NOT NULL DEFAULT '{}',
    aggregates          JSONB NOT NULL DEFAULT '[]',
    sort_by             JSONB NOT NULL DEFAULT '[]',
    destinations        JSONB NOT NULL DEFAULT '[]',
    visibility          VARCHAR(50) NOT NULL DEFAULT 'PRIVATE',
    shared_with_teams   TEXT[] NOT NULL DEFAULT '{}',
    shared_with_users   TEXT[] NOT NULL DEFAULT '{}',
    schedule_config     JSONB,
    next_scheduled_run  TIMESTAMP(6),
    is_deleted          BOOLEAN NOT NULL DEFAULT false,
    created_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT user_data_tables_created_via_ck
        CHECK (created_via IN ('BUILDER', 'AI_GENERATED', 'IMPORT')),
    CONSTRAINT user_data_tables_visibility_ck
        CHECK (visibility IN ('PRIVATE', 'TEAM', 'ORG')),
    CONSTRAINT user_data_tables_clients_id_fk
        FOREIGN KEY (organization_id) REFERENCES beast_insights_v2.clients(id)
        ON DELETE CASCADE,
    CONSTRAINT user_data_tables_users_id_fk
        FOREIGN KEY (created_by_id) REFERENCES beast_insights_v2.users(id)
        ON DELETE CASCADE
);

CREATE INDEX user_data_tables_organization_id_created_by_id_idx
    ON report_builder.user_data_tables (organization_id, created_by_id);
CREATE INDEX user_data_tables_next_scheduled_run_idx
    ON report_builder.user_data_tables (next_scheduled_run);
