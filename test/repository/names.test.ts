// The rules for names (CONTRIBUTING.md, « Names »), as far as a program can tell.
import { listFiles, readCode, readText } from './source-files.ts';

const folders = ['src', 'interactions', 'templates', 'sql', 'test', 'bench'];
const files = folders.flatMap(listFiles).filter((file) => !file.startsWith('bench/results/'));
const sources = files.filter((file) => file.endsWith('.ts'));

describe('a file', () => {
  it('is named in kebab case', () => {
    const name = /^(\d{4}_)?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
    const wrong = files.filter((file) => !file.split('/').every((part) => name.test(part)));
    expect(wrong).toEqual([]);
  });

  it('is called after its idea, never utils, helpers or common', () => {
    const vague = /^(utils?|helpers?|commons?|misc|shared|lib|tools?)(\.|$)/;
    // Of the captcha: a family of drawings.
    const drawings = 'src/domain/captcha/icons/tools.ts';
    const wrong = files.filter(
      (file) => file !== drawings && file.split('/').some((part) => vague.test(part)),
    );
    expect(wrong).toEqual([]);
  });

  it('has no default export', () => {
    expect(sources.filter((file) => /^export default\b|\bas default\b/m.test(readCode(file)))).toEqual([]);
  });

  it('says at its top what it is for', () => {
    const silent = sources
      .filter((file) => /^(src|interactions)\//.test(file) && file !== 'src/cli/usage.ts')
      .filter((file) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(readText(file)));
    expect(silent).toEqual([]);
  });
});

describe('a migration', () => {
  const migrations = listFiles('sql/migrations');

  it('has a number of its own, without a gap', () => {
    const numbers = migrations.map((file) => Number(/\/(\d{4})_/.exec(file)?.[1]));
    expect(numbers).toEqual(migrations.map((_, index) => index + 1));
  });

  it('has a way up and a way down', () => {
    const wrong = migrations.filter(
      (file) => !/^-- Up Migration$[\s\S]+^-- Down Migration$/m.test(readText(file)),
    );
    expect(wrong).toEqual([]);
  });
});
