// The mail domains that made-up addresses have (domain/decoy-address.ts).
import { listMailDomains } from '../db/account.ts';
import type { Queryable } from '../db/database.ts';
import type { MailDomain } from '../domain/decoy-address.ts';

/** At least one domain. */
export type DecoyDomains = () => Promise<MailDomain[]>;

/** Milliseconds. Counting takes a moment where there are many accounts, and changes little. */
const LIFE = 10 * 60 * 1000;

/** Those of the accounts. @param spare where there are none */
export function domainsOfAccounts(on: Queryable, spare: string): DecoyDomains {
  let counted: MailDomain[] = [];
  let until = 0;
  return async () => {
    if (Date.now() >= until) {
      counted = await listMailDomains(on);
      until = Date.now() + LIFE;
    }
    return counted.length > 0 ? counted : [{ domain: spare, accounts: 1 }];
  };
}
