-- Makes `events` a table of partitions, of which the one for all the rest holds what is there. Rows stay where they are; the
-- primary key is made anew, as in each partition it has to say of which one it is.
-- In this order: who gives places begins with the one, who reads the history with the other.
LOCK TABLE last_placed, history;
DROP TRIGGER events_stay ON events;
DROP TRIGGER events_are_not_emptied ON events;
ALTER TABLE events RENAME TO events_other;
ALTER TABLE events_other DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (dossier, version, unit, year);
ALTER INDEX events_id RENAME TO events_other_id_idx;
CREATE TABLE events (LIKE events_other INCLUDING DEFAULTS, PRIMARY KEY (dossier, version, unit, year)) PARTITION BY LIST (year);
CREATE INDEX events_id ON events (id);
ALTER TABLE events ATTACH PARTITION events_other DEFAULT;
