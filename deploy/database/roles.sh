#!/bin/bash
# At the first start of the database: two roles. The owner makes the tables; the program, which serves requests, owns nothing and gets
# its rights from the owner after each migration, so that it can neither change the record nor switch off what guards it.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$XUNGAI_OWNER_PASSWORD" -v program="$XUNGAI_PROGRAM_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE xungai_owner LOGIN PASSWORD :'owner';
CREATE ROLE xungai_program LOGIN PASSWORD :'program';
CREATE DATABASE xungai OWNER xungai_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE xungai FROM PUBLIC;
GRANT CONNECT ON DATABASE xungai TO xungai_program;
\connect xungai
CREATE EXTENSION postgis;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO xungai_owner;
GRANT USAGE ON SCHEMA public TO xungai_program;
SQL
