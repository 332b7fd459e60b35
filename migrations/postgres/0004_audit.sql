-- Who did what by hand, in the order in which it was done. Rows are added, never changed, and stay.
CREATE TABLE audit (
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    actor       text        COLLATE "C" NOT NULL,
    key_id      text        COLLATE "C",
    act         text        COLLATE "C" NOT NULL,
    subject     text        COLLATE "C" NOT NULL,
    old_value   text,
    new_value   text,
    CONSTRAINT audit_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_subject ON audit (subject, seq DESC);
