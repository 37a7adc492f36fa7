
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA format_1;

CREATE FUNCTION format_1.append(settled boolean, codes text[], units text[], years integer[], follows bigint[], counts integer[], keys_ bytea[], works text[], nexts text[], waits text[], states bytea[], sums bigint[], bodies text[], words_ text[], salts bytea[], texts_ bytea[], OUT versions bigint[], OUT hashes bytea[]) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    now_at bigint;
    at integer := 0;
    count integer;
    is_new boolean;
    last bytea;
    waited text;
BEGIN
    versions := '{}';
    hashes := '{}';
    IF cardinality(codes) > 1 THEN
        -- In one order everywhere, so that two calls do not wait for each other.
        PERFORM FROM (SELECT FROM dossiers d JOIN unnest(units, years, codes) AS a (unit, year, code) USING (unit, year, code)
            ORDER BY d.code FOR UPDATE OF d) AS locked;
    END IF;
    FOR i IN 1 .. cardinality(codes) LOOP
        count := counts[i];
        is_new := count > 0 AND follows[i] = 0;
        IF is_new THEN
            INSERT INTO routes VALUES (codes[i], units[i], years[i]) ON CONFLICT DO NOTHING;
            last := sha256(convert_to(codes[i], 'UTF8'));
            now_at := count;
            waited := '';
        ELSE
            UPDATE dossiers d SET
                version = d.version + count,
                keys = d.keys || keys_[i],
                hash = CASE count WHEN 1 THEN sha256(d.hash || sealed_part(texts_[at + 1], bodies[at + 1])) ELSE d.hash END,
                work = coalesce(works[i], d.work),
                next = CASE WHEN works[i] IS NULL THEN d.next ELSE nexts[i] END,
                state = coalesce(states[i], d.state),
                state_version = CASE WHEN states[i] IS NULL THEN d.state_version ELSE d.version + count END,
                state_sum = coalesce(sums[i], d.state_sum)
            WHERE d.unit = units[i] AND d.year = years[i] AND d.code = codes[i] AND (count = 0 OR d.version = follows[i]
                AND (settled OR CASE count WHEN 1 THEN position(keys_[i] IN d.keys) = 0 ELSE NOT knows(d.keys, keys_[i]) END))
            RETURNING d.hash, d.version, d.waiting INTO last, now_at, waited;
        END IF;
        IF NOT FOUND THEN
            IF count = 0 THEN
                versions := versions || 0::bigint;
                hashes := hashes || NULL::bytea;
                CONTINUE;
            ELSIF i = 1 THEN
                versions := NULL;
                RETURN;
            END IF;
            RAISE EXCEPTION 'a dossier is not as expected' USING ERRCODE = 'MC001';
        END IF;
        FOR n IN 1 .. count LOOP
            at := at + 1;
            IF is_new OR count > 1 THEN
                last := sha256(last || sealed_part(texts_[at], bodies[at]));
            END IF;
            INSERT INTO events (unit, year, dossier, version, body, words, salt, texts, hash)
            VALUES (units[i], years[i], codes[i], follows[i] + n, bodies[at], words_[at], salts[at], texts_[at], last);
        END LOOP;
        IF is_new THEN
            INSERT INTO dossiers VALUES (units[i], years[i], codes[i], count, last, keys_[i], nexts[i], coalesce(waits[i], ''),
                coalesce(works[i], '[]'), states[i], CASE WHEN states[i] IS NOT NULL THEN count END, sums[i]);
        ELSIF count > 1 THEN
            UPDATE dossiers SET hash = last WHERE unit = units[i] AND year = years[i] AND code = codes[i];
        END IF;
        IF works[i] IS NOT NULL AND waited <> waits[i] THEN
            IF NOT is_new THEN
                UPDATE dossiers SET waiting = waits[i] WHERE unit = units[i] AND year = years[i] AND code = codes[i];
            END IF;
            PERFORM wait_at(units[i], years[i], codes[i], waited, waits[i]);
        END IF;
        versions := versions || now_at;
        hashes := hashes || last;
    END LOOP;
END $$;

CREATE FUNCTION format_1.erase(unit_ text, year_ integer, code_ text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    erased bigint;
BEGIN
    UPDATE dossiers SET state = NULL, state_version = NULL, state_sum = NULL
    WHERE unit = unit_ AND year = year_ AND code = code_;
    UPDATE events SET words = NULL, salt = NULL
    WHERE unit = unit_ AND year = year_ AND dossier = code_ AND salt IS NOT NULL;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$;

CREATE FUNCTION format_1.give_places(up_to bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    placed_to bigint;
    places bigint;
    added bigint;
BEGIN
    SELECT id, place INTO placed_to, places FROM last_placed FOR UPDATE;
    IF up_to > placed_to THEN
        INSERT INTO placed
        SELECT places + row_number() OVER (ORDER BY id), unit, year, dossier, version, hash
        FROM events WHERE id > placed_to AND id <= up_to ORDER BY id;
        GET DIAGNOSTICS added = ROW_COUNT;
        places := places + added;
        UPDATE last_placed SET id = up_to, place = places;
    END IF;
    RETURN places;
END $$;

CREATE FUNCTION format_1.knows(known bytea, asked bytea) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
BEGIN
    FOR at IN 1 .. length(asked) BY 8 LOOP
        IF position(substr(asked, at, 8) IN known) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

CREATE FUNCTION format_1.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'events never change and are never deleted; only their words are erased';
END $$;

CREATE FUNCTION format_1.sealed_part(texts bytea, body text) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN texts IS NULL THEN '\x00'::bytea ELSE '\x01'::bytea || texts END || convert_to(body, 'UTF8') $$;

CREATE FUNCTION format_1.settled_up_to() RETURNS bigint
    LANGUAGE plpgsql
    SET lock_timeout TO '10s'
    AS $$
BEGIN
    LOCK TABLE ONLY events IN SHARE MODE;
    RETURN (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_ids);
END $$;

CREATE FUNCTION format_1.wait_at(home_ text, year_ integer, code_ text, old_ text, new_ text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    line text;
BEGIN
    FOREACH line IN ARRAY string_to_array(rtrim(old_, E'\n'), E'\n') LOOP
        DELETE FROM waiting WHERE unit = split_part(line, E'\t', 1) AND due = split_part(line, E'\t', 2)
            AND assignee = split_part(line, E'\t', 3) AND dossier = code_;
    END LOOP;
    FOREACH line IN ARRAY string_to_array(rtrim(new_, E'\n'), E'\n') LOOP
        INSERT INTO waiting (unit, due, assignee, dossier, home, year)
        VALUES (split_part(line, E'\t', 1), split_part(line, E'\t', 2), split_part(line, E'\t', 3), code_, home_, year_);
    END LOOP;
END $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE format_1.dossiers (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    hash bytea NOT NULL,
    keys bytea NOT NULL,
    next text COLLATE pg_catalog."C",
    waiting text NOT NULL COLLATE pg_catalog."C",
    work text NOT NULL COLLATE pg_catalog."C",
    state bytea,
    state_version bigint,
    state_sum bigint
)
WITH (fillfactor='70');

CREATE SEQUENCE format_1.event_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE format_1.events (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_1.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
)
PARTITION BY LIST (year);

CREATE TABLE format_1.events_2023 (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_1.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
)
PARTITION BY LIST (unit);

CREATE TABLE format_1."events_2023_nghe-an" (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_1.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_1.events_2023_other (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_1.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_1.events_other (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_1.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_1.placed (
    place bigint NOT NULL,
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE VIEW format_1.history AS
 SELECT p.place,
    e.dossier,
    e.version,
    ((e.body)::json ->> 'at'::text) AS at,
    ((e.body)::json ->> 'actor'::text) AS actor,
    ((e.body)::json ->> 'unit'::text) AS unit,
    ((e.body)::json ->> 'key'::text) AS key,
    ((e.body)::json -> 'command'::text) AS command,
    e.words
   FROM (format_1.events e
     LEFT JOIN format_1.placed p USING (unit, year, dossier, version));

CREATE TABLE format_1.last_placed (
    id bigint NOT NULL,
    place bigint NOT NULL
);

CREATE TABLE format_1.motcua (
    format integer NOT NULL
);

CREATE TABLE format_1.positions (
    name text NOT NULL COLLATE pg_catalog."C",
    place bigint NOT NULL
);

CREATE TABLE format_1.routes (
    code text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL
);

CREATE TABLE format_1.waiting (
    unit text NOT NULL COLLATE pg_catalog."C",
    due text NOT NULL COLLATE pg_catalog."C",
    assignee text NOT NULL COLLATE pg_catalog."C",
    dossier text NOT NULL COLLATE pg_catalog."C",
    home text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL
);

CREATE VIEW format_1.work AS
 SELECT w.dossier,
    (i.value ->> 'procedure'::text) AS procedure,
    (i.value ->> 'action'::text) AS action,
    (i.value ->> 'step'::text) AS step,
    (i.value ->> 'role'::text) AS role,
    w.unit,
    (i.value ->> 'assignee'::text) AS assignee,
    (i.value ->> 'since'::text) AS since,
    w.due,
    (i.value ->> 'step_due'::text) AS step_due
   FROM ((format_1.waiting w
     JOIN format_1.dossiers d ON (((d.unit = w.home) AND (d.year = w.year) AND (d.code = w.dossier))))
     CROSS JOIN LATERAL json_array_elements((d.work)::json) i(value))
  WHERE (((i.value ->> 'unit'::text) = w.unit) AND (COALESCE((i.value ->> 'due'::text), 'never'::text) = w.due) AND (COALESCE((i.value ->> 'assignee'::text), ''::text) = w.assignee));

ALTER TABLE ONLY format_1.events ATTACH PARTITION format_1.events_2023 FOR VALUES IN (2023);

ALTER TABLE ONLY format_1.events_2023 ATTACH PARTITION format_1."events_2023_nghe-an" FOR VALUES IN ('hoa-thanh');

ALTER TABLE ONLY format_1.events_2023 ATTACH PARTITION format_1.events_2023_other DEFAULT;

ALTER TABLE ONLY format_1.events ATTACH PARTITION format_1.events_other DEFAULT;

INSERT INTO format_1.dossiers VALUES ('hoa-thanh', 2023, 'H41-1', 4, '\x3494542e739c80a153d95b7361914a35b70daaa04ea65accb3c2747faebabc95', '\xc758906dd9a07f2a8581e24938ea005c33ae5d40e94cee4074fa00102dc7d8c6', '2023-06-01T17:00:00+07:00', 'hoa-thanh	2023-06-01T17:00:00+07:00	
', '[{"procedure":"2.000815","action":"complete","step":"check","outcomes":["complete"],"role":"judicial_officer","unit":"hoa-thanh","since":"2023-06-01T08:10:00+07:00","due":"2023-06-01T17:00:00+07:00"}]', NULL, NULL, NULL);
INSERT INTO format_1.dossiers VALUES ('hoa-thanh', 2023, 'H41-2', 4, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb', '\xc758906dd9a07f2a8581e24938ea005c0c7b1ceba6fe73768151fa354c75fc20', '2023-06-01T17:00:00+07:00', 'hoa-thanh	2023-06-01T17:00:00+07:00	
', '[{"procedure":"2.000815","action":"complete","step":"stamp","outcomes":["complete"],"role":"clerk","unit":"hoa-thanh","since":"2023-06-01T09:30:00+07:00","due":"2023-06-01T17:00:00+07:00"}]', NULL, NULL, NULL);

INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 1, 1, '{"version":1,"at":"2023-06-01T08:00:00+07:00","actor":"applicant","key":"2023-06-01 08:00/receive/","pinned":"2015-04-10","command":{"receive":{"procedure":"2.000815","unit":"hoa-thanh","channel":"online","case":null,"applicant":null,"parts":[],"part_of":null,"papers":[]}}}', NULL, NULL, NULL, '\x268c8f263050aeecb161d693cb117683b98c627b3bde0818528ae1924585f13f');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 2, 2, '{"version":2,"at":"2023-06-01T08:10:00+07:00","actor":"reception","unit":"hoa-thanh","key":"2023-06-01 08:10/accept/","command":{"accept":{"digitised":true,"to_follow":[],"until":null}}}', NULL, NULL, NULL, '\x7028603205669508f5d1cc6f19d7e8935d1e9642d23d5a66897b24f2e004105f');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 1, 3, '{"version":1,"at":"2023-06-01T08:00:00+07:00","actor":"applicant","key":"2023-06-01 08:00/receive/","pinned":"2015-04-10","command":{"receive":{"procedure":"2.000815","unit":"hoa-thanh","channel":"online","case":null,"applicant":null,"parts":[],"part_of":null,"papers":[]}}}', NULL, NULL, NULL, '\xfbac9f5b1931a81395d353e61927e79babfc8a08c8b2e0e202373dcf5f0e3292');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 2, 4, '{"version":2,"at":"2023-06-01T08:10:00+07:00","actor":"reception","unit":"hoa-thanh","key":"2023-06-01 08:10/accept/","command":{"accept":{"digitised":true,"to_follow":[],"until":null}}}', NULL, NULL, NULL, '\xbcad8b0ec72ef85ca89ec336fe04a6a7f9a644c47a764410befcde464cadfc6b');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 3, 5, '{"version":3,"at":"2023-06-01T08:20:00+07:00","actor":"justice","unit":"hoa-thanh","key":"2023-06-01 08:20/request_supplement/","command":{"request_supplement":{"reason":""}}}', '["thiếu giấy của ông An"]', '\x02a06859c6e42c9099893ebe49bc04f7', '\x5c8d3059a5496bc482120ac987477db66aca1af06f5dae2840ef4f6f6706c1e4', '\x672ab099cd6e9ca9a7a47f74418b59ee6673c2e51f44b648e21f6b2d9efadb9d');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 4, 6, '{"version":4,"at":"2023-06-01T08:30:00+07:00","actor":"applicant","key":"2023-06-01 08:30/supply/","command":{"supply":{"papers":[]}}}', NULL, NULL, NULL, '\x3494542e739c80a153d95b7361914a35b70daaa04ea65accb3c2747faebabc95');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 3, 7, '{"version":3,"at":"2023-06-01T09:00:00+07:00","actor":"justice","unit":"hoa-thanh","key":"2023-06-01 09:00/complete/check","command":{"complete":{"step":"check","outcome":"complete","note":null,"number":null,"votes":null}}}', NULL, NULL, NULL, '\x832eaef233735a730a4622c1405b3e3c30943022816dccb4ac1a37b7e316e032');
INSERT INTO format_1."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 4, 8, '{"version":4,"at":"2023-06-01T09:30:00+07:00","actor":"chair","unit":"hoa-thanh","key":"2023-06-01 09:30/sign/sign","command":{"sign":{"step":"sign","digital":true,"signature":null}}}', NULL, NULL, NULL, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb');

INSERT INTO format_1.last_placed VALUES (8, 8);

INSERT INTO format_1.motcua VALUES (1);

INSERT INTO format_1.placed VALUES (1, 'hoa-thanh', 2023, 'H41-1', 1, '\x268c8f263050aeecb161d693cb117683b98c627b3bde0818528ae1924585f13f');
INSERT INTO format_1.placed VALUES (2, 'hoa-thanh', 2023, 'H41-1', 2, '\x7028603205669508f5d1cc6f19d7e8935d1e9642d23d5a66897b24f2e004105f');
INSERT INTO format_1.placed VALUES (3, 'hoa-thanh', 2023, 'H41-2', 1, '\xfbac9f5b1931a81395d353e61927e79babfc8a08c8b2e0e202373dcf5f0e3292');
INSERT INTO format_1.placed VALUES (4, 'hoa-thanh', 2023, 'H41-2', 2, '\xbcad8b0ec72ef85ca89ec336fe04a6a7f9a644c47a764410befcde464cadfc6b');
INSERT INTO format_1.placed VALUES (5, 'hoa-thanh', 2023, 'H41-1', 3, '\x672ab099cd6e9ca9a7a47f74418b59ee6673c2e51f44b648e21f6b2d9efadb9d');
INSERT INTO format_1.placed VALUES (6, 'hoa-thanh', 2023, 'H41-1', 4, '\x3494542e739c80a153d95b7361914a35b70daaa04ea65accb3c2747faebabc95');
INSERT INTO format_1.placed VALUES (7, 'hoa-thanh', 2023, 'H41-2', 3, '\x832eaef233735a730a4622c1405b3e3c30943022816dccb4ac1a37b7e316e032');
INSERT INTO format_1.placed VALUES (8, 'hoa-thanh', 2023, 'H41-2', 4, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb');

INSERT INTO format_1.routes VALUES ('H41-1', 'hoa-thanh', 2023);
INSERT INTO format_1.routes VALUES ('H41-2', 'hoa-thanh', 2023);

INSERT INTO format_1.waiting VALUES ('hoa-thanh', '2023-06-01T17:00:00+07:00', '', 'H41-2', 'hoa-thanh', 2023);
INSERT INTO format_1.waiting VALUES ('hoa-thanh', '2023-06-01T17:00:00+07:00', '', 'H41-1', 'hoa-thanh', 2023);

SELECT pg_catalog.setval('format_1.event_ids', 8, true);

ALTER TABLE ONLY format_1.dossiers
    ADD CONSTRAINT dossiers_pkey PRIMARY KEY (unit, year, code);

ALTER TABLE ONLY format_1.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (unit, year, dossier, version);

ALTER TABLE ONLY format_1.events_2023
    ADD CONSTRAINT events_2023_pkey PRIMARY KEY (unit, year, dossier, version);

ALTER TABLE ONLY format_1."events_2023_nghe-an"
    ADD CONSTRAINT "events_2023_nghe-an_pkey" PRIMARY KEY (unit, year, dossier, version);

ALTER TABLE ONLY format_1.events_2023_other
    ADD CONSTRAINT events_2023_other_pkey PRIMARY KEY (unit, year, dossier, version);

ALTER TABLE ONLY format_1.events_other
    ADD CONSTRAINT events_other_pkey PRIMARY KEY (unit, year, dossier, version);

ALTER TABLE ONLY format_1.placed
    ADD CONSTRAINT placed_pkey PRIMARY KEY (place);

ALTER TABLE ONLY format_1.placed
    ADD CONSTRAINT placed_unit_year_dossier_version_key UNIQUE (unit, year, dossier, version);

ALTER TABLE ONLY format_1.positions
    ADD CONSTRAINT positions_pkey PRIMARY KEY (name);

ALTER TABLE ONLY format_1.routes
    ADD CONSTRAINT routes_pkey PRIMARY KEY (code);

ALTER TABLE ONLY format_1.waiting
    ADD CONSTRAINT waiting_pkey PRIMARY KEY (unit, due, assignee, dossier);

CREATE INDEX dossiers_next ON format_1.dossiers USING btree (next, code) WHERE (next IS NOT NULL);

CREATE INDEX events_id ON ONLY format_1.events USING btree (id);

CREATE INDEX events_2023_id_idx ON ONLY format_1.events_2023 USING btree (id);

CREATE INDEX "events_2023_nghe-an_id_idx" ON format_1."events_2023_nghe-an" USING btree (id);

CREATE INDEX events_2023_other_id_idx ON format_1.events_2023_other USING btree (id);

CREATE INDEX events_other_id_idx ON format_1.events_other USING btree (id);

CREATE INDEX waiting_assignee ON format_1.waiting USING btree (assignee, due) WHERE (assignee <> ''::text);

CREATE INDEX waiting_due ON format_1.waiting USING btree (due);

ALTER INDEX format_1.events_id ATTACH PARTITION format_1.events_2023_id_idx;

ALTER INDEX format_1.events_2023_id_idx ATTACH PARTITION format_1."events_2023_nghe-an_id_idx";

ALTER INDEX format_1.events_2023_pkey ATTACH PARTITION format_1."events_2023_nghe-an_pkey";

ALTER INDEX format_1.events_2023_id_idx ATTACH PARTITION format_1.events_2023_other_id_idx;

ALTER INDEX format_1.events_2023_pkey ATTACH PARTITION format_1.events_2023_other_pkey;

ALTER INDEX format_1.events_pkey ATTACH PARTITION format_1.events_2023_pkey;

ALTER INDEX format_1.events_id ATTACH PARTITION format_1.events_other_id_idx;

ALTER INDEX format_1.events_pkey ATTACH PARTITION format_1.events_other_pkey;

CREATE TRIGGER events_are_kept BEFORE UPDATE ON format_1.events FOR EACH ROW WHEN (((new.words IS NOT NULL) OR (new.salt IS NOT NULL) OR (((((((new.unit IS DISTINCT FROM old.unit) OR (new.year IS DISTINCT FROM old.year)) OR (new.dossier IS DISTINCT FROM old.dossier)) OR (new.version IS DISTINCT FROM old.version)) OR (new.id IS DISTINCT FROM old.id)) OR (new.body IS DISTINCT FROM old.body)) OR (new.hash IS DISTINCT FROM old.hash)) OR (new.texts IS DISTINCT FROM old.texts))) EXECUTE FUNCTION format_1.refuse();

CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON format_1.events FOR EACH STATEMENT EXECUTE FUNCTION format_1.refuse();

CREATE TRIGGER events_stay BEFORE DELETE ON format_1.events FOR EACH ROW EXECUTE FUNCTION format_1.refuse();

CREATE TRIGGER placed_are_not_emptied BEFORE TRUNCATE ON format_1.placed FOR EACH STATEMENT EXECUTE FUNCTION format_1.refuse();

CREATE TRIGGER placed_stay BEFORE DELETE OR UPDATE ON format_1.placed FOR EACH ROW EXECUTE FUNCTION format_1.refuse();

