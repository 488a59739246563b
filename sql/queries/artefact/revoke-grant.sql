DELETE FROM artefact WHERE grant_id = $1
