-- Rare and in no hurry: the whole table is read.
DELETE FROM artefact WHERE payload ->> 'clientId' = $1
