-- Up Migration

-- The password of before « Ce n'était pas moi », presumed stolen: nobody sets it again.
ALTER TABLE account ADD COLUMN blocked_password_hash text;

-- Down Migration

ALTER TABLE account DROP COLUMN blocked_password_hash;
