-- Makes `events` a table of partitions, of which the one for all the rest holds what is there; nothing is copied.
DROP TRIGGER events_stay ON events;
DROP TRIGGER events_are_not_emptied ON events;
ALTER TABLE events RENAME TO events_other;
ALTER INDEX events_pkey RENAME TO events_other_pkey;
ALTER INDEX events_id RENAME TO events_other_id_idx;
CREATE TABLE events (LIKE events_other INCLUDING DEFAULTS, PRIMARY KEY (dossier, version, unit, year)) PARTITION BY LIST (year);
CREATE INDEX events_id ON events (id);
ALTER TABLE events ATTACH PARTITION events_other DEFAULT;
