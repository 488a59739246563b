// Counts what this process asks of the database. Imported before the product opens a connection.
import pg from 'pg';

let statements = 0;
const { query } = pg.Client.prototype;

pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
  statements += 1;
  return Reflect.apply(query, this, args);
} as typeof query;

/** Since the process began. */
export function countStatements(): number {
  return statements;
}
