// The direction of dependence: domain <- actions <- interactions <- app <- main. What LAYERS does not list must not be
// imported, not even for a type.
import { type Import, listFiles, listImports, readCode, readText } from './source-files.ts';

/** From where, to where. `src/config.ts` and the like are named by their file. */
const LAYERS: Record<string, string[]> = {
  'src/domain': ['src/domain'],
  'src/clock': [],
  'src/pug': ['src/pug'],
  'src/crypto': ['src/crypto', 'src/domain'],
  'src/db': ['src/db', 'src/domain'],
  'src/mail': ['src/mail', 'src/pug', 'src/domain'],
  'src/http': ['src/http', 'src/pug'],
  'src/config.ts': ['src/domain', 'src/crypto'],
  'src/oidc': ['src/oidc', 'src/http', 'src/db', 'src/crypto', 'src/domain', 'src/config.ts'],
  'src/actions': ['src/actions', 'src/db', 'src/mail', 'src/crypto', 'src/domain'],
  'src/jobs': ['src/jobs', 'src/db', 'src/mail', 'src/pug', 'src/crypto', 'src/domain'],
  interactions: ['interactions', 'src/actions', 'src/oidc', 'src/http', 'src/domain'],
};

/** Where a type may come from besides: actions speak of the login that the protocol side has under way. */
const TYPES: Record<string, string[]> = { 'src/actions': ['src/oidc'] };

/** Put parts together, so they may know any part; nobody knows them but what stands further down. */
const COMPOSITION = [
  'src/app.ts',
  'src/start-fault.ts',
  'src/start.ts',
  'src/storage.ts',
  'src/from-settings.ts',
  'src/npm-parent.ts',
  'src/main.ts',
  'src/cli',
  'src/demo',
];

const production = [...listFiles('src'), ...listFiles('interactions')].filter((file) => file.endsWith('.ts'));
const imports = production.flatMap(listImports);
const isIn = (file: string, layer: string) => file === layer || file.startsWith(`${layer}/`);
const isOurs = (file: string) =>
  isIn(file, 'src') || isIn(file, 'interactions') || /^(test|bench)\//.test(file);
const describeImport = ({ place, to }: { place: string; to: string }) => `${place} imports ${to}`;

describe('the direction of dependence', () => {
  it('finds the imports that it judges', () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(imports).toContainEqual(
      expect.objectContaining({ from: 'src/app.ts', to: 'interactions/index.ts', isType: false }),
    );
  });

  it.each(Object.entries(LAYERS))('of %s is to %j only', (layer, allowed) => {
    const isAllowed = ({ to, isType }: Import) =>
      [...allowed, ...(isType ? (TYPES[layer] ?? []) : [])].some((other) => isIn(to, other));
    const wrong = imports.filter((one) => isIn(one.from, layer) && isOurs(one.to) && !isAllowed(one));
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('has a place for every file', () => {
    const layers = [...Object.keys(LAYERS), ...COMPOSITION];
    expect(production.filter((file) => !layers.some((layer) => isIn(file, layer)))).toEqual([]);
  });

  it.each([
    ['src/app.ts', ['src/start.ts', 'src/cli', 'src/demo']],
    ['src/start-fault.ts', ['src/main.ts', 'src/cli', 'src/demo']],
    ['src/start.ts', ['src/main.ts', 'src/demo']],
    ['src/storage.ts', ['src/start.ts', 'src/cli', 'src/demo']],
    ['src/from-settings.ts', ['src/app.ts', 'src/start.ts', 'src/cli', 'src/demo']],
    ['src/main.ts', []],
    ['src/cli', ['src/cli']],
    ['src/demo', ['src/demo']],
    ['interactions', ['interactions', 'src/app.ts']],
  ])('lets nobody import %s but %j', (part, importers) => {
    const wrong = imports.filter(
      ({ from, to }) => isIn(to, part) && !importers.some((one) => isIn(from, one)),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('goes round in no circle', () => {
    const targets = new Map(
      production.map((file) => [
        file,
        imports.filter(({ from, to, isType }) => from === file && isOurs(to) && !isType).map(({ to }) => to),
      ]),
    );
    const finished = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (finished.has(file) || path.includes(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      finished.add(file);
    };
    for (const file of production) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('what is kept in one place', () => {
  it('lets interactions reach neither the database, the hasher nor the mail server', () => {
    const forbidden = ['pg', 'argon2', 'nodemailer', 'graphile-worker', '@electric-sql/pglite'];
    const wrong = imports.filter(
      ({ from, to }) =>
        isIn(from, 'interactions') && (forbidden.includes(to) || /^src\/(db|mail|crypto|jobs)\//.test(to)),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it.each([
    ['pg', ['src/db']],
    ['@electric-sql/pglite', ['src/db']],
    ['node-pg-migrate', ['src/db']],
    ['argon2', ['src/crypto']],
    ['nodemailer', ['src/mail']],
    ['graphile-worker', ['src/jobs', 'src/db/migrate.ts']],
    ['pug', ['src/pug/compile.ts', 'src/demo']],
    ['prom-client', ['src/http/metrics.ts']],
  ])('imports %s in %j only', (name, places) => {
    const wrong = imports.filter(({ from, to }) => to === name && !places.some((place) => isIn(from, place)));
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it.each([
    [/sql\/queries/, ['src/db/statements.ts']],
    [/sql\/migrations/, ['src/db/migrate.ts']],
    [
      /['"`/]templates\//,
      [
        'src/pug/compile.ts',
        'src/pug/load.ts',
        'src/http/translate.ts',
        'src/http/assets.ts',
        'src/mail/render.ts',
      ],
    ],
  ])('reads %s in %j only', (folder, readers) => {
    expect(production.filter((file) => folder.test(readCode(file)))).toEqual(readers.toSorted());
  });

  it('reads the clock nowhere in the domain', () => {
    const clock = /\bDate\.now\(|\bnew Date\(\)|performance\.now\(|process\.|Math\.random\(/;
    expect(
      listFiles('src/domain').filter((file) => file.endsWith('.ts') && clock.test(readCode(file))),
    ).toEqual([]);
  });

  it('imports development dependencies in the demo only', () => {
    const { dependencies } = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> };
    const wrong = imports.filter(
      ({ from, to }) =>
        !isIn(from, 'src/demo') && !isOurs(to) && !to.startsWith('node:') && !Object.hasOwn(dependencies, to),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });
});
