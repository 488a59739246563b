INSERT INTO account (
  identifier, identifier_normalised, email, given_name, family_name, rpps, roles, organization, organization_id,
  locale, password_hash, provisional_expires_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(secs => $12))
RETURNING to_jsonb(account) AS account
