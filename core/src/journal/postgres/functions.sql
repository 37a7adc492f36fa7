-- A number up to which no event can still be committed: it waits for the writers that are under way. They and this meet at
-- the lock that every insert into `events` takes; it is let go when this returns.
CREATE FUNCTION settled_up_to() RETURNS bigint LANGUAGE plpgsql SET lock_timeout = '10s' AS $$
BEGIN
    LOCK TABLE ONLY events IN SHARE MODE;
    RETURN (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_ids);
END $$;

-- Gives the events up to that number their places, in the order of their numbers. Gives the number of places.
CREATE FUNCTION give_places(up_to bigint) RETURNS bigint LANGUAGE plpgsql AS $$
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

-- Erases the words of a dossier, and its snapshot, which holds some. The number of events that had any.
CREATE FUNCTION erase(unit_ text, year_ integer, code_ text) RETURNS bigint LANGUAGE plpgsql AS $$
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
