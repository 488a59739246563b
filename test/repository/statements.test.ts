// sql/queries: every file is used, and every name that is used has its file. A misspelt name would show at run time only.
import { listFiles, readCode } from './source-files.ts';

const FOLDER = 'sql/queries/';
const names = listFiles('sql/queries').map((file) => file.slice(FOLDER.length, -'.sql'.length));
const tables = new Set(names.map((name) => name.split('/')[0]));
const sources = listFiles('src').filter((file) => file.endsWith('.ts') && !file.startsWith('src/demo/'));

const used = sources.flatMap((file) => {
  const code = readCode(file);
  const literals = [...code.matchAll(/'([a-z][a-z-]*)\/([a-z][a-z-]*)'/g)]
    .filter(([, table]) => tables.has(table))
    .map(([, table, verb]) => `${table}/${verb}`);
  const calls = [...code.matchAll(/\.query(?:<[^(]*>)?\(\s*'([a-z-]+\/[a-z-]+)'/g)].map(([, name]) => name!);
  return [...literals, ...calls].map((name) => ({ file, name }));
});

it('has a file for every statement that is run', () => {
  expect(used.length).toBeGreaterThan(30);
  expect(used.filter(({ name }) => !names.includes(name))).toEqual([]);
});

it('has no statement that nobody runs', () => {
  const run = new Set(used.map(({ name }) => name));
  expect(names.filter((name) => !run.has(name))).toEqual([]);
});

it('has only SQL files, one statement each', () => {
  const files = listFiles('sql/queries');
  expect(files.filter((file) => !/^sql\/queries\/[a-z-]+\/[a-z-]+\.sql$/.test(file))).toEqual([]);
  const several = files.filter((file) => {
    const statement = readCode(file)
      .replace(/--.*$/gm, '')
      .replace(/'[^']*'/g, "''")
      .trim();
    return statement.slice(0, -1).includes(';');
  });
  expect(several).toEqual([]);
});
