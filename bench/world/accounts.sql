-- $1: how many, $2: the hash of their password.
INSERT INTO account (
  identifier, identifier_normalised, email, given_name, family_name, rpps, roles, organization, organization_id,
  locale, password_hash
)
SELECT
  'personne' || n, 'personne' || n, 'personne' || n || '@exemple.fr', 'Jeanne', 'Martin', (9999999999 + n)::text,
  ARRAY['10'], 'Cabinet du port', '14000001', 'fr', $2
FROM generate_series(1, $1::int) AS n
