-- Texts are compared byte by byte, so that codes and moments sort as everywhere in motcua. Keys begin with what tells rows
-- apart: a server that looks for a row compares some twenty keys, column by column.
CREATE TABLE motcua (format integer NOT NULL);
INSERT INTO motcua VALUES (4);

-- Where the rows of a dossier are: the unit that received it, and the year.
CREATE TABLE routes (
    code text COLLATE "C" PRIMARY KEY,
    unit text COLLATE "C" NOT NULL,
    year integer NOT NULL
);

-- What is derived from the events of a dossier.
CREATE TABLE dossiers (
    unit text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    hash bytea NOT NULL,
    keys bytea NOT NULL,
    next text COLLATE "C",
    waiting text COLLATE "C" NOT NULL,
    work text COLLATE "C" NOT NULL,
    state bytea,
    state_version bigint,
    state_sum bigint,
    PRIMARY KEY (code, unit, year)
) WITH (fillfactor = 70);
CREATE INDEX dossiers_next ON dossiers (next, code) WHERE next IS NOT NULL;

-- Where a dossier waits: by the unit that has to act, which need not be the one that received it (home).
CREATE TABLE waiting (
    unit text COLLATE "C" NOT NULL,
    due text COLLATE "C" NOT NULL,
    assignee text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    home text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    PRIMARY KEY (unit, due, dossier, assignee)
);
CREATE INDEX waiting_assignee ON waiting (assignee, due) WHERE assignee <> '';

-- The truth. Numbers (id) grow with each event and may leave gaps; places have none. Not divided until it has to be.
CREATE SEQUENCE event_ids;
CREATE TABLE events (
    unit text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    id bigint NOT NULL DEFAULT nextval('event_ids'),
    body text COLLATE "C" NOT NULL,
    words text COLLATE "C",
    salt bytea,
    texts bytea,
    hash bytea NOT NULL,
    PRIMARY KEY (dossier, version)
);
CREATE INDEX events_id ON events (id);

-- The order of all events, given after they were committed.
CREATE TABLE placed (
    place bigint PRIMARY KEY,
    unit text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    hash bytea NOT NULL,
    UNIQUE (dossier, version, unit, year)
);
-- All events up to this number have a place.
CREATE TABLE last_placed (id bigint NOT NULL, place bigint NOT NULL);
INSERT INTO last_placed VALUES (0, 0);

CREATE TABLE positions (name text COLLATE "C" PRIMARY KEY, place bigint NOT NULL);
