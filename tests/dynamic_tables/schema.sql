CREATE TABLE table_records (
  id bigint PRIMARY KEY,
  company_id bigint NOT NULL,
  table_id bigint NOT NULL,
  workspace_id bigint,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz);
