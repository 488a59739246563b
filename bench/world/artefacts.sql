-- What a busy day leaves in the table: rows $1 to $2, ten to a session. All of it lives longer than the benchmark, or
-- the server's purge would have it.
INSERT INTO artefact (id, model, payload, uid, grant_id, account_id, consumed_at, expires_at)
SELECT
  CASE kind.model
    WHEN 'Grant' THEN 'Grant:' || grant_id
    ELSE translate(encode(sha256(convert_to('row ' || n, 'UTF8')), 'base64'), '+/=', '-_')
  END,
  kind.model,
  jsonb_build_object('iat', 1750000000, 'exp', 1950000000, 'kind', kind.model, 'accountId', account_id) || CASE kind.model
    WHEN 'Session' THEN jsonb_build_object(
      'uid', session_uid, 'loginTs', 1750000000, 'acr', 'eidas1', 'amr', jsonb_build_array('pwd'),
      'authorizations', jsonb_build_object('portail', jsonb_build_object('sid', session_uid, 'grantId', grant_id))
    )
    WHEN 'Grant' THEN jsonb_build_object(
      'clientId', 'portail', 'openid', jsonb_build_object('scope', 'openid profile email health')
    )
    ELSE jsonb_build_object(
      'clientId', 'portail', 'grantId', grant_id, 'sessionUid', session_uid, 'expiresWithSession', true,
      'scope', 'openid profile email health', 'gty', 'authorization_code', 'authTime', 1750000000, 'nonce', md5('nonce ' || n)
    )
  END,
  CASE WHEN kind.model = 'Session' THEN session_uid END,
  CASE WHEN kind.model <> 'Session' THEN grant_id END,
  account_id,
  CASE WHEN kind.model = 'AuthorizationCode' OR n % 10 = 7 THEN now() END,
  now() + interval '2 hours' + random() * interval '20 hours'
FROM generate_series($1::int, $2::int) AS n
CROSS JOIN LATERAL (
  SELECT
    (ARRAY['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'AccessToken', 'AccessToken', 'AccessToken', 'RefreshToken', 'RefreshToken', 'AccessToken'])[n % 10 + 1] AS model,
    md5('grant ' || n / 10) AS grant_id,
    md5('session ' || n / 10) AS session_uid,
    md5('account ' || (n / 10) % 30000)::uuid AS account_id
) AS kind
