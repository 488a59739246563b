-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
DELETE FROM artefact WHERE id = ANY ((SELECT $1::text[])::text[])
