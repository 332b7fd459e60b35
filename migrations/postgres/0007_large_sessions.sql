-- An attack through thousands of addresses leaves thousands of sessions of a few attempts. Who asks for
-- larger ones must not read all of those. Few are that large: making it is short, and it stays small.
CREATE INDEX sessions_large ON sessions (last_at DESC, session_id DESC) WHERE attempts >= 5;
