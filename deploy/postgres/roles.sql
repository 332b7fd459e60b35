-- The users of PostgreSQL, made by its superuser when the database is new; the superuser is used for nothing else.
-- psql 14 or later runs it, in the database that is to be credsieve's, with the passwords in its environment:
--
--   CREDSIEVE_OWNER_PASSWORD     the owner of the schema, for `credsieve migrate`
--   CREDSIEVE_DETECTOR_PASSWORD  the detector
--   CREDSIEVE_API_PASSWORD       the API nodes
--   CREDSIEVE_KEYS_PASSWORD      `credsieve keys`
--
-- What the last three may do in the schema is granted by `credsieve migrate`.
\set ON_ERROR_STOP on
\getenv owner_password CREDSIEVE_OWNER_PASSWORD
\getenv detector_password CREDSIEVE_DETECTOR_PASSWORD
\getenv api_password CREDSIEVE_API_PASSWORD
\getenv keys_password CREDSIEVE_KEYS_PASSWORD

-- A statement that fails would stand in the server's log, with the password in it; so would every statement
-- where all are logged.
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
SET password_encryption = 'scram-sha-256';

BEGIN;
CREATE ROLE credsieve_owner    LOGIN PASSWORD :'owner_password';
CREATE ROLE credsieve_detector LOGIN PASSWORD :'detector_password';
CREATE ROLE credsieve_api      LOGIN PASSWORD :'api_password';
CREATE ROLE credsieve_keys     LOGIN PASSWORD :'keys_password';

-- Nobody but these comes into the database, and nobody but the owner makes anything in it, temporary tables and
-- large objects included.
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO credsieve_owner, credsieve_detector, credsieve_api, credsieve_keys;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO credsieve_owner WITH GRANT OPTION;
COMMIT;
