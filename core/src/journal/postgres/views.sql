-- For who reads with SQL.
CREATE OR REPLACE VIEW work AS
SELECT w.dossier, i ->> 'procedure' AS procedure, i ->> 'action' AS action, i ->> 'step' AS step, i ->> 'role' AS role, w.unit,
    i ->> 'assignee' AS assignee, i ->> 'since' AS since, w.due, i ->> 'step_due' AS step_due
FROM waiting w JOIN dossiers d ON (d.unit, d.year, d.code) = (w.home, w.year, w.dossier)
    CROSS JOIN json_array_elements(d.work::json) i
WHERE i ->> 'unit' = w.unit AND coalesce(i ->> 'due', 'never') = w.due AND coalesce(i ->> 'assignee', '') = w.assignee;
CREATE OR REPLACE VIEW history AS
SELECT p.place, e.dossier, e.version, e.body::json ->> 'at' AS at, e.body::json ->> 'actor' AS actor,
    e.body::json ->> 'unit' AS unit, e.body::json ->> 'key' AS key, e.body::json -> 'command' AS command, e.words
FROM events e LEFT JOIN placed p USING (unit, year, dossier, version);
