-- What a process needs of a table that it does not own, and no more: the weeks of `verdicts`, and the end of what
-- is old. These run with the rights of the schema's owner, so each checks what it is asked, and finds its names
-- in this schema alone (a temporary table comes last). Who may call them is said by `credsieve migrate`.

-- Makes the partition of the week that begins on a Monday. Not where it is there, nor where ten years of them are
-- (event times are the producers', who must not make tables without end), nor where the default partition has
-- verdicts of that week: there they stay. Whoever waits for the lock on `verdicts` makes all others wait too, so
-- this gives up soon.
CREATE FUNCTION make_verdicts_week(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '5s' AS $$
DECLARE
    part text := to_char(first_day, '"verdicts_"YYYYMMDD');
    form text := 'YYYY-MM-DD "00:00:00+00"';
BEGIN
    IF first_day IS NULL OR first_day NOT BETWEEN date '1969-12-29' AND date '9999-12-24'
       OR extract(isodow FROM first_day) <> 1 THEN
        RAISE EXCEPTION 'no week of verdicts begins on %', first_day USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- "credsiev": one process at a time makes or drops partitions.
    PERFORM pg_advisory_xact_lock(7165901439207302518);
    IF to_regclass(part) IS NOT NULL
       OR (SELECT count(*) FROM pg_inherits WHERE inhparent = 'verdicts'::regclass) > 520 THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF verdicts FOR VALUES FROM (%L) TO (%L)',
                   part, to_char(first_day, form), to_char(first_day + 7, form));
EXCEPTION WHEN check_violation THEN
    RETURN;
END $$;

-- Drops the partition of a week, and answers how many verdicts went. Retention keeps a day at least, and clocks
-- differ: what is younger than 23 hours stays, whoever asks.
CREATE FUNCTION drop_verdicts_week(first_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '5s' AS $$
DECLARE
    part text := to_char(first_day, '"verdicts_"YYYYMMDD');
    gone bigint;
BEGIN
    IF first_day IS NULL OR NOT isfinite(first_day) OR first_day + 7 > (now() - interval '23 hours') AT TIME ZONE 'UTC' THEN
        RAISE EXCEPTION 'the week of % is not over for a day', first_day USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(7165901439207302518);
    -- First, and as DROP does it, the whole table: nothing is added between the two.
    LOCK TABLE verdicts IN ACCESS EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM pg_inherits
                   WHERE inhparent = 'verdicts'::regclass AND inhrelid = to_regclass(part)) THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', part) INTO gone;
    EXECUTE format('DROP TABLE %I', part);
    RETURN gone;
END $$;

-- Removes what ended before an instant, of one kind, and answers how many rows went.
CREATE FUNCTION remove_old(kind text, before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone bigint;
BEGIN
    IF before IS NULL OR before > now() - interval '23 hours' THEN
        RAISE EXCEPTION 'what is younger than a day is not old' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    CASE kind
        WHEN 'verdicts'       THEN DELETE FROM verdicts_default v WHERE v.time < before;
        WHEN 'sessions'       THEN DELETE FROM sessions s WHERE s.last_at < before AND s.review IS NULL;
        WHEN 'campaigns'      THEN DELETE FROM campaigns c WHERE c.last_at < before;
        WHEN 'alerts'         THEN DELETE FROM alerts a WHERE a.time < before;
        WHEN 'allow_counts'   THEN DELETE FROM allow_counts c WHERE c.hour < before;
        WHEN 'distinct_panes' THEN DELETE FROM distinct_panes p WHERE p.hour < before;
        ELSE RAISE EXCEPTION 'nothing old is removed of this kind' USING ERRCODE = 'invalid_parameter_value';
    END CASE;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE EXECUTE ON FUNCTION make_verdicts_week(date), drop_verdicts_week(date), remove_old(text, timestamptz) FROM PUBLIC;

DO $$
DECLARE
    callee text;
BEGIN
    FOREACH callee IN ARRAY ARRAY['make_verdicts_week(date)', 'drop_verdicts_week(date)', 'remove_old(text, timestamptz)']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', callee, current_schema());
    END LOOP;
END $$;
