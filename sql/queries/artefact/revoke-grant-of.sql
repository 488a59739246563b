-- The grant that the artefact $1 was issued under, and all that was issued under it.
DELETE FROM artefact WHERE grant_id = (SELECT grant_id FROM artefact WHERE id = $1)
