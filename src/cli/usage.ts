export const usage = `usage: esante-idp <noun> <verb> [--json]

  accounts create --identifier ID --email ADDRESS --given-name NAME --family-name NAME
                  [--rpps NUMBER] [--role CODE]… [--organization NAME] [--organization-id ID] [--locale fr|en]
                                      registers a professional and mails the provisional password
  accounts show IDENTIFIER
  accounts lock IDENTIFIER [--reason TEXT]     no method signs in any more; sessions end at once
  accounts unlock IDENTIFIER
  accounts reset IDENTIFIER           a new provisional password by mail; sessions end at once
  accounts reset-strong IDENTIFIER    no second factor any more, after proof of identity; sessions end at once
  accounts invite-strong IDENTIFIER [--print]
                                      a link to a first second factor, mailed, or shown to you
  accounts require-strong IDENTIFIER [--off]   strong authentication for every service, or not any more
  accounts set-email IDENTIFIER --email ADDRESS
                                      another mail address; both are told
  accounts delete IDENTIFIER

  clients create --name NAME --redirect-uri URI… [--post-logout-redirect-uri URI]…
                 [--metadata FILE.json] [--third-party]      RFC 7591 metadata; the secret is shown once
  clients list
  clients show CLIENT_ID
  clients delete CLIENT_ID

  mail list                           what waits or was given up, with each failure's reason
  mail retry [ID]                     has it tried now, or all

  doctor                              database, keys, clock, mails: what is not right (exit code 1 then)

Works on DATABASE_URL, else on the embedded database in IDP_DATA_DIR (default: data), while the server runs or not.
Exit code: 0 done, 1 failed, 2 wrong usage.`;
