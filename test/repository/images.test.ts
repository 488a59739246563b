// Dockerfile, .dockerignore and compose.yaml, as far as they can be checked without Docker.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as production from '../../bench/production.ts';
import { ROOT, readText } from './source-files.ts';

const dockerfile = readText('Dockerfile').replace(/\\\n/g, ' ');
const compose = readText('compose.yaml');
const settings = [...readText('src/config.ts').matchAll(/^ {2}((?:IDP_|DATABASE_)[A-Z_]+):/gm)].map(
  ([, name]) => name!,
);
/** The lines of one stage. */
const stage = (name: string) =>
  new RegExp(`^FROM .* AS ${name}\\n([\\s\\S]*?)(?=^FROM |(?![\\s\\S]))`, 'm').exec(dockerfile)?.[1] ?? '';

describe('Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
    files!.split(' '),
  );

  it('copies files that exist and that .dockerignore lets through', () => {
    const let_through = readText('.dockerignore')
      .match(/^!.+$/gm)!
      .map((line) => line.slice(1));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(copied.filter((file) => !let_through.includes(file.split('/')[0]!))).toEqual([]);
    expect(let_through.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('copies from stages that come before', () => {
    const names: string[] = [];
    const unknown: string[] = [];
    for (const [, from, name, source] of dockerfile.matchAll(/^FROM (\S+) AS (\S+)$|^COPY --from=(\S+)/gm)) {
      if (from && !from.startsWith('node:') && !names.includes(from)) unknown.push(from);
      if (source && !names.includes(source)) unknown.push(source);
      if (name) names.push(name);
    }
    expect(unknown).toEqual([]);
    expect(names.at(-1)).toBe('production');
  });

  it('has every folder that the product is made of, without the demo', () => {
    for (const folder of ['sql', 'templates', 'interactions'])
      expect(stage('base')).toContain(`COPY ${folder} ${folder}`);
    expect(stage('base')).toContain('COPY --from=sources /app/src src');
    expect(stage('sources')).toContain('rm -rf src/demo');
    expect(stage('dependencies')).toContain('npm ci --omit=dev');
  });

  it('sets settings that exist', () => {
    const named = [...dockerfile.matchAll(/\b(IDP_[A-Z_]+|DATABASE_URL)\b/g)].map(([, name]) => name!);
    expect(named.filter((name) => !settings.includes(name))).toEqual([]);
  });

  it('is not root, stops on SIGTERM and starts without a shell', () => {
    expect(stage('base')).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(stage('base')).toContain('STOPSIGNAL SIGTERM');
    expect(stage('production')).toMatch(/^CMD \["node", .*"src\/main\.ts"\]$/m);
    expect(stage('production')).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).not.toMatch(/^USER (root|0)/m);
  });

  it('starts the process as `npm start` and the benchmark do', () => {
    const options = [...production.YOUNG_GENERATION, ...production.HEAP_LIMIT];
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    expect(scripts.start).toBe(`node ${options.join(' ')} src/main.ts`);
    expect(stage('production')).toContain(
      `CMD ${JSON.stringify(['node', ...options, 'src/main.ts']).replaceAll(',', ', ')}`,
    );
    const { NODE_COMPILE_CACHE: _elsewhere, ...environment } = production.ENVIRONMENT;
    for (const [name, value] of Object.entries(environment))
      expect(stage('base')).toContain(`${name}=${value}`);
    expect(stage('base')).toContain('NODE_COMPILE_CACHE=');
  });

  it('puts the command line on the path as a file that can be run', () => {
    const [, file] = /ln -s \/app\/(\S+) \/usr\/local\/bin\/esante-idp/.exec(dockerfile)!;
    expect(statSync(join(ROOT, file!)).mode & 0o111).toBe(0o111);
    expect(readText(file!)).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('gives the relying party the packages that production lacks', () => {
    type Lock = { packages: Record<string, { dev?: boolean; dependencies?: Record<string, string> }> };
    const { packages } = JSON.parse(readText('package-lock.json')) as Lock;
    const needed = new Set<string>();
    const add = (name: string) => {
      const entry = packages[`node_modules/${name}`];
      if (!entry?.dev || needed.has(name)) return;
      needed.add(name);
      Object.keys(entry.dependencies ?? {}).forEach(add);
    };
    add('openid-client');
    const given = [
      ...stage('demo').matchAll(/COPY --from=demo-dependencies \/app\/node_modules\/(\S+) /g),
    ].map(([, name]) => name!);
    expect(given.sort()).toEqual([...needed].sort());
  });
});

describe('compose.yaml', () => {
  /** A service's lines, by its name. */
  const services = new Map(
    compose
      .split(/^services:\n/m)[1]!
      .split(/^\w+:\n/m)[0]!
      .split(/^ {2}(?=\w[\w-]*:\n)/m)
      .filter((part) => /^\w/.test(part))
      .map((part) => [part.slice(0, part.indexOf(':')), part]),
  );

  it('has the provider, PostgreSQL, a mail inbox and the relying party', () => {
    expect([...services.keys()]).toEqual(['provider', 'database', 'inbox', 'registration', 'portal']);
  });

  it('is indented by spaces, two by two, outside of its script', () => {
    const script = /^ {6}- \|\n(?: {8}.*\n)+/m;
    const odd = compose
      .replace(script, '')
      .split('\n')
      .filter((line) => /^\s*\t|^(?: {2})* \S/.test(line));
    expect(odd).toEqual([]);
  });

  it('locks every service down', () => {
    expect(
      [...services].filter(([, text]) => !text.includes('<<: *locked-down')).map(([name]) => name),
    ).toEqual([]);
    expect(compose).toContain('read_only: true');
    expect(compose).toContain('cap_drop: [ALL]');
    expect(compose).toContain('no-new-privileges:true');
  });

  it('publishes on loopback only', () => {
    const ports = [...compose.matchAll(/- "?([\d.:]+:\d+)"?$|ports: \["([\d.:]+)"\]/gm)].map(
      (match) => match[1] ?? match[2]!,
    );
    expect(ports.length).toBeGreaterThan(2);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('names settings of the provider and of the relying party that exist', () => {
    const named = [...compose.matchAll(/^ {2,6}((?:IDP|DATABASE|PORTAL)_[A-Z_]+):/gm)].map(
      ([, name]) => name!,
    );
    const portal = readText('src/demo/portal.ts');
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !settings.includes(name) && !portal.includes(name))).toEqual([]);
  });

  it('takes its secrets from the outside, and only those', () => {
    const taken = [...compose.matchAll(/\$\{(\w+)(:\?)?/g)].map(([, name, mark]) => `${name}${mark ?? ''}`);
    expect([...new Set(taken)].sort()).toEqual([
      'TRIAL_CLIENT_SECRET:?',
      'TRIAL_DATABASE_PASSWORD:?',
      'TRIAL_SECRET_KEY:?',
    ]);
    for (const name of ['TRIAL_CLIENT_SECRET', 'TRIAL_DATABASE_PASSWORD', 'TRIAL_SECRET_KEY']) {
      expect(readText('README.md')).toContain(name);
    }
  });

  it('lets the relying party reach the provider under the issuer', () => {
    const issuer = /IDP_ISSUER: (\S+)/.exec(compose)![1];
    expect(services.get('portal')).toContain(`PORTAL_ISSUER: ${issuer}`);
    expect(services.get('portal')).toContain('network_mode: service:provider');
    const url = /^ {6}PORTAL_URL: (\S+)$/m.exec(compose)![1]!;
    expect(services.get('registration')).toContain(`--redirect-uri ${url}/callback`);
    expect(services.get('registration')).toContain(`--post-logout-redirect-uri ${url}/ `);
    expect(services.get('provider')).toContain(`127.0.0.1:${new URL(url).port}:${new URL(url).port}`);
  });
});

it('has a script for continuous integration that can be run', () => {
  expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
  expect(readText('.ci/run')).toMatch(/^#!\/usr\/bin\/env bash\n[\s\S]*^set -euo pipefail$/m);
});
