
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

CREATE SCHEMA format_3;

CREATE FUNCTION format_3.erase(unit_ text, year_ integer, code_ text) RETURNS bigint
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

CREATE FUNCTION format_3.give_places(up_to bigint) RETURNS bigint
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

CREATE FUNCTION format_3.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'unless erased' THEN
        IF NEW.words IS NULL AND NEW.salt IS NULL AND NEW.texts IS NOT DISTINCT FROM OLD.texts
            AND (NEW.unit, NEW.year, NEW.dossier, NEW.version, NEW.id, NEW.body, NEW.hash)
                IS NOT DISTINCT FROM (OLD.unit, OLD.year, OLD.dossier, OLD.version, OLD.id, OLD.body, OLD.hash)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events never change and are never deleted; only their words are erased';
END $$;

CREATE FUNCTION format_3.settled_up_to() RETURNS bigint
    LANGUAGE plpgsql
    SET lock_timeout TO '10s'
    AS $$
BEGIN
    LOCK TABLE ONLY events IN SHARE MODE;
    RETURN (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_ids);
END $$;

CREATE TABLE format_3.dossiers (
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

CREATE SEQUENCE format_3.event_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE format_3.events (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_3.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
)
PARTITION BY LIST (year);

CREATE TABLE format_3.events_2023 (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_3.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
)
PARTITION BY LIST (unit);

CREATE TABLE format_3."events_2023_nghe-an" (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_3.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_3.events_2023_other (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_3.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_3.events_other (
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    id bigint DEFAULT nextval('format_3.event_ids'::regclass) NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    words text COLLATE pg_catalog."C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL
);

CREATE TABLE format_3.placed (
    place bigint NOT NULL,
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL,
    dossier text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE VIEW format_3.history AS
 SELECT p.place,
    e.dossier,
    e.version,
    ((e.body)::json ->> 'at'::text) AS at,
    ((e.body)::json ->> 'actor'::text) AS actor,
    ((e.body)::json ->> 'unit'::text) AS unit,
    ((e.body)::json ->> 'key'::text) AS key,
    ((e.body)::json -> 'command'::text) AS command,
    e.words
   FROM (format_3.events e
     LEFT JOIN format_3.placed p USING (unit, year, dossier, version));

CREATE TABLE format_3.last_placed (
    id bigint NOT NULL,
    place bigint NOT NULL
);

CREATE TABLE format_3.motcua (
    format integer NOT NULL
);

CREATE TABLE format_3.positions (
    name text NOT NULL COLLATE pg_catalog."C",
    place bigint NOT NULL
);

CREATE TABLE format_3.routes (
    code text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL
);

CREATE TABLE format_3.waiting (
    unit text NOT NULL COLLATE pg_catalog."C",
    due text NOT NULL COLLATE pg_catalog."C",
    assignee text NOT NULL COLLATE pg_catalog."C",
    dossier text NOT NULL COLLATE pg_catalog."C",
    home text NOT NULL COLLATE pg_catalog."C",
    year integer NOT NULL
);

CREATE VIEW format_3.work AS
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
   FROM ((format_3.waiting w
     JOIN format_3.dossiers d ON (((d.unit = w.home) AND (d.year = w.year) AND (d.code = w.dossier))))
     CROSS JOIN LATERAL json_array_elements((d.work)::json) i(value))
  WHERE (((i.value ->> 'unit'::text) = w.unit) AND (COALESCE((i.value ->> 'due'::text), 'never'::text) = w.due) AND (COALESCE((i.value ->> 'assignee'::text), ''::text) = w.assignee));

ALTER TABLE ONLY format_3.events ATTACH PARTITION format_3.events_2023 FOR VALUES IN (2023);

ALTER TABLE ONLY format_3.events_2023 ATTACH PARTITION format_3."events_2023_nghe-an" FOR VALUES IN ('hoa-thanh');

ALTER TABLE ONLY format_3.events_2023 ATTACH PARTITION format_3.events_2023_other DEFAULT;

ALTER TABLE ONLY format_3.events ATTACH PARTITION format_3.events_other DEFAULT;

INSERT INTO format_3.dossiers VALUES ('hoa-thanh', 2023, 'H41-1', 4, '\xc1c37c72c17fa92147fed0657b6a20f4702a35f04bd9a6dc8c53820de2b761c4', '\xc758906dd9a07f2a8581e24938ea005c33ae5d40e94cee4074fa00102dc7d8c6', '2023-06-01T17:00:00+07:00', 'hoa-thanh	2023-06-01T17:00:00+07:00	
', '[{"procedure":"2.000815","action":"complete","step":"check","outcomes":["complete"],"role":"judicial_officer","unit":"hoa-thanh","since":"2023-06-01T08:10:00+07:00","due":"2023-06-01T17:00:00+07:00"}]', NULL, NULL, NULL);
INSERT INTO format_3.dossiers VALUES ('hoa-thanh', 2023, 'H41-2', 4, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb', '\xc758906dd9a07f2a8581e24938ea005c0c7b1ceba6fe73768151fa354c75fc20', '2023-06-01T17:00:00+07:00', 'hoa-thanh	2023-06-01T17:00:00+07:00	
', '[{"procedure":"2.000815","action":"complete","step":"stamp","outcomes":["complete"],"role":"clerk","unit":"hoa-thanh","since":"2023-06-01T09:30:00+07:00","due":"2023-06-01T17:00:00+07:00"}]', NULL, NULL, NULL);

INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 1, 1, '{"version":1,"at":"2023-06-01T08:00:00+07:00","actor":"applicant","key":"2023-06-01 08:00/receive/","pinned":"2015-04-10","command":{"receive":{"procedure":"2.000815","unit":"hoa-thanh","channel":"online","case":null,"applicant":null,"parts":[],"part_of":null,"papers":[]}}}', NULL, NULL, NULL, '\x268c8f263050aeecb161d693cb117683b98c627b3bde0818528ae1924585f13f');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 2, 2, '{"version":2,"at":"2023-06-01T08:10:00+07:00","actor":"reception","unit":"hoa-thanh","key":"2023-06-01 08:10/accept/","command":{"accept":{"digitised":true,"to_follow":[],"until":null}}}', NULL, NULL, NULL, '\x7028603205669508f5d1cc6f19d7e8935d1e9642d23d5a66897b24f2e004105f');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 1, 3, '{"version":1,"at":"2023-06-01T08:00:00+07:00","actor":"applicant","key":"2023-06-01 08:00/receive/","pinned":"2015-04-10","command":{"receive":{"procedure":"2.000815","unit":"hoa-thanh","channel":"online","case":null,"applicant":null,"parts":[],"part_of":null,"papers":[]}}}', NULL, NULL, NULL, '\xfbac9f5b1931a81395d353e61927e79babfc8a08c8b2e0e202373dcf5f0e3292');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 2, 4, '{"version":2,"at":"2023-06-01T08:10:00+07:00","actor":"reception","unit":"hoa-thanh","key":"2023-06-01 08:10/accept/","command":{"accept":{"digitised":true,"to_follow":[],"until":null}}}', NULL, NULL, NULL, '\xbcad8b0ec72ef85ca89ec336fe04a6a7f9a644c47a764410befcde464cadfc6b');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 3, 5, '{"version":3,"at":"2023-06-01T08:20:00+07:00","actor":"justice","unit":"hoa-thanh","key":"2023-06-01 08:20/request_supplement/","command":{"request_supplement":{"reason":""}}}', '["thiếu giấy của ông An"]', '\x4d57bbc39209ee3165f83fc023831e05', '\x8b4b09d7021bf6bcc3e7d7438db9ee21b0c3032d494711eeffe3b6ee1a787463', '\xf5c7bf39bf063914e37bdee40f070828b1c7ab8831af195e0e1b7a4376feffb1');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-1', 4, 6, '{"version":4,"at":"2023-06-01T08:30:00+07:00","actor":"applicant","key":"2023-06-01 08:30/supply/","command":{"supply":{"papers":[]}}}', NULL, NULL, NULL, '\xc1c37c72c17fa92147fed0657b6a20f4702a35f04bd9a6dc8c53820de2b761c4');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 3, 7, '{"version":3,"at":"2023-06-01T09:00:00+07:00","actor":"justice","unit":"hoa-thanh","key":"2023-06-01 09:00/complete/check","command":{"complete":{"step":"check","outcome":"complete","note":null,"number":null,"votes":null}}}', NULL, NULL, NULL, '\x832eaef233735a730a4622c1405b3e3c30943022816dccb4ac1a37b7e316e032');
INSERT INTO format_3."events_2023_nghe-an" VALUES ('hoa-thanh', 2023, 'H41-2', 4, 8, '{"version":4,"at":"2023-06-01T09:30:00+07:00","actor":"chair","unit":"hoa-thanh","key":"2023-06-01 09:30/sign/sign","command":{"sign":{"step":"sign","digital":true,"signature":null}}}', NULL, NULL, NULL, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb');

INSERT INTO format_3.last_placed VALUES (8, 8);

INSERT INTO format_3.motcua VALUES (3);

INSERT INTO format_3.placed VALUES (1, 'hoa-thanh', 2023, 'H41-1', 1, '\x268c8f263050aeecb161d693cb117683b98c627b3bde0818528ae1924585f13f');
INSERT INTO format_3.placed VALUES (2, 'hoa-thanh', 2023, 'H41-1', 2, '\x7028603205669508f5d1cc6f19d7e8935d1e9642d23d5a66897b24f2e004105f');
INSERT INTO format_3.placed VALUES (3, 'hoa-thanh', 2023, 'H41-2', 1, '\xfbac9f5b1931a81395d353e61927e79babfc8a08c8b2e0e202373dcf5f0e3292');
INSERT INTO format_3.placed VALUES (4, 'hoa-thanh', 2023, 'H41-2', 2, '\xbcad8b0ec72ef85ca89ec336fe04a6a7f9a644c47a764410befcde464cadfc6b');
INSERT INTO format_3.placed VALUES (5, 'hoa-thanh', 2023, 'H41-1', 3, '\xf5c7bf39bf063914e37bdee40f070828b1c7ab8831af195e0e1b7a4376feffb1');
INSERT INTO format_3.placed VALUES (6, 'hoa-thanh', 2023, 'H41-1', 4, '\xc1c37c72c17fa92147fed0657b6a20f4702a35f04bd9a6dc8c53820de2b761c4');
INSERT INTO format_3.placed VALUES (7, 'hoa-thanh', 2023, 'H41-2', 3, '\x832eaef233735a730a4622c1405b3e3c30943022816dccb4ac1a37b7e316e032');
INSERT INTO format_3.placed VALUES (8, 'hoa-thanh', 2023, 'H41-2', 4, '\xa3c744ec6e3cae34511967bc0da11312cac6520995fe49f0d554136453f44cbb');

INSERT INTO format_3.routes VALUES ('H41-1', 'hoa-thanh', 2023);
INSERT INTO format_3.routes VALUES ('H41-2', 'hoa-thanh', 2023);

INSERT INTO format_3.waiting VALUES ('hoa-thanh', '2023-06-01T17:00:00+07:00', '', 'H41-2', 'hoa-thanh', 2023);
INSERT INTO format_3.waiting VALUES ('hoa-thanh', '2023-06-01T17:00:00+07:00', '', 'H41-1', 'hoa-thanh', 2023);

SELECT pg_catalog.setval('format_3.event_ids', 8, true);

ALTER TABLE ONLY format_3.dossiers
    ADD CONSTRAINT dossiers_pkey PRIMARY KEY (code, unit, year);

ALTER TABLE ONLY format_3.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (dossier, version, unit, year);

ALTER TABLE ONLY format_3.events_2023
    ADD CONSTRAINT events_2023_pkey PRIMARY KEY (dossier, version, unit, year);

ALTER TABLE ONLY format_3."events_2023_nghe-an"
    ADD CONSTRAINT "events_2023_nghe-an_pkey" PRIMARY KEY (dossier, version, unit, year);

ALTER TABLE ONLY format_3.events_2023_other
    ADD CONSTRAINT events_2023_other_pkey PRIMARY KEY (dossier, version, unit, year);

ALTER TABLE ONLY format_3.events_other
    ADD CONSTRAINT events_other_pkey PRIMARY KEY (dossier, version, unit, year);

ALTER TABLE ONLY format_3.placed
    ADD CONSTRAINT placed_dossier_version_unit_year_key UNIQUE (dossier, version, unit, year);

ALTER TABLE ONLY format_3.placed
    ADD CONSTRAINT placed_pkey PRIMARY KEY (place);

ALTER TABLE ONLY format_3.positions
    ADD CONSTRAINT positions_pkey PRIMARY KEY (name);

ALTER TABLE ONLY format_3.routes
    ADD CONSTRAINT routes_pkey PRIMARY KEY (code);

ALTER TABLE ONLY format_3.waiting
    ADD CONSTRAINT waiting_pkey PRIMARY KEY (unit, due, dossier, assignee);

CREATE INDEX dossiers_next ON format_3.dossiers USING btree (next, code) WHERE (next IS NOT NULL);

CREATE INDEX events_id ON ONLY format_3.events USING btree (id);

CREATE INDEX events_2023_id_idx ON ONLY format_3.events_2023 USING btree (id);

CREATE INDEX "events_2023_nghe-an_id_idx" ON format_3."events_2023_nghe-an" USING btree (id);

CREATE INDEX events_2023_other_id_idx ON format_3.events_2023_other USING btree (id);

CREATE INDEX events_other_id_idx ON format_3.events_other USING btree (id);

CREATE INDEX waiting_assignee ON format_3.waiting USING btree (assignee, due) WHERE (assignee <> ''::text);

CREATE INDEX waiting_due ON format_3.waiting USING btree (due);

ALTER INDEX format_3.events_id ATTACH PARTITION format_3.events_2023_id_idx;

ALTER INDEX format_3.events_2023_id_idx ATTACH PARTITION format_3."events_2023_nghe-an_id_idx";

ALTER INDEX format_3.events_2023_pkey ATTACH PARTITION format_3."events_2023_nghe-an_pkey";

ALTER INDEX format_3.events_2023_id_idx ATTACH PARTITION format_3.events_2023_other_id_idx;

ALTER INDEX format_3.events_2023_pkey ATTACH PARTITION format_3.events_2023_other_pkey;

ALTER INDEX format_3.events_pkey ATTACH PARTITION format_3.events_2023_pkey;

ALTER INDEX format_3.events_id ATTACH PARTITION format_3.events_other_id_idx;

ALTER INDEX format_3.events_pkey ATTACH PARTITION format_3.events_other_pkey;

CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON format_3.events FOR EACH STATEMENT EXECUTE FUNCTION format_3.refuse();

CREATE TRIGGER events_stay BEFORE DELETE OR UPDATE ON format_3.events FOR EACH ROW EXECUTE FUNCTION format_3.refuse('unless erased');

CREATE TRIGGER placed_are_not_emptied BEFORE TRUNCATE ON format_3.placed FOR EACH STATEMENT EXECUTE FUNCTION format_3.refuse();

CREATE TRIGGER placed_stay BEFORE DELETE OR UPDATE ON format_3.placed FOR EACH ROW EXECUTE FUNCTION format_3.refuse();

