-- What keeps the events as they are. Their trigger is one, with its condition in the function: each insert copies what a
-- table has of triggers.
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER events_stay BEFORE DELETE OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION refuse('unless erased');
CREATE OR REPLACE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events EXECUTE FUNCTION refuse();
CREATE OR REPLACE TRIGGER placed_stay BEFORE DELETE OR UPDATE ON placed FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE OR REPLACE TRIGGER placed_are_not_emptied BEFORE TRUNCATE ON placed EXECUTE FUNCTION refuse();
