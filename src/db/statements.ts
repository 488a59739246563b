// The only reader of sql/queries: every statement of the product, read once at start, by its path
// ("account/find-by-identifier"). A missing or misspelt name is a bug and throws.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../sql/queries');

const statements = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => [
      file.replaceAll('\\', '/').slice(0, -'.sql'.length),
      readFileSync(join(folder, file), 'utf8').trim(),
    ]),
);

/** The text of `sql/queries/<name>.sql`. Throws when there is none. */
export function getStatement(name: string): string {
  const text = statements.get(name);
  if (text === undefined) throw new Error(`no statement sql/queries/${name}.sql`);
  return text;
}
