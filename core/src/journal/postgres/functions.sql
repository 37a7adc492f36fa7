-- Whether one of some keys, eight bytes each, may be among others.
CREATE FUNCTION knows(known bytea, asked bytea) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR at IN 1 .. length(asked) BY 8 LOOP
        IF position(substr(asked, at, 8) IN known) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- What of an event is hashed behind the hash before it.
CREATE FUNCTION sealed_part(texts bytea, body text) RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN texts IS NULL THEN '\x00'::bytea ELSE '\x01'::bytea || texts END || convert_to(body, 'UTF8') $$;

-- Replaces the rows by which work lists find a dossier. A row is a line: unit, due date and officer, between tabs.
CREATE FUNCTION wait_at(home_ text, year_ integer, code_ text, old_ text, new_ text) RETURNS void LANGUAGE plpgsql AS $$
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

-- Stores appends, all or none. The versions that the dossiers have then, and the hashes of their last events; null, or an
-- error MC001 if something was written before, says that a dossier is at another version than the one its events follow, or that one of their keys may be stored
-- already. Each element of the first arrays is of one dossier; `counts` says how many of the events are its own. Where work
-- is null, what is open stays as it is. With `settled` the keys are known to be new up to the version that is followed.
CREATE FUNCTION append(
    settled boolean, codes text[], units text[], years integer[], follows bigint[], counts integer[], keys_ bytea[],
    works text[], nexts text[], waits text[], states bytea[], sums bigint[],
    bodies text[], words_ text[], salts bytea[], texts_ bytea[], OUT versions bigint[], OUT hashes bytea[]
) LANGUAGE plpgsql AS $$
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
