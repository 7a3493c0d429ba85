CREATE TABLE table_records (
  id integer PRIMARY KEY,
  company_id integer NOT NULL,
  table_id integer NOT NULL,
  workspace_id integer,
  data text NOT NULL,
  created_at text NOT NULL,
  deleted_at text);
