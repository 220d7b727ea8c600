// The Node API, as the package's own modules offer it.
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { scan, UserError, version } from '../src/index.ts';
import { generate } from './support/examples.ts';
import { cleanEnvironment, projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

const pair = `AWS_ACCESS_KEY_ID=${generate('aws-id', 'api')}\nAWS_SECRET_ACCESS_KEY=${generate('aws-secret', 'api')}\n`;

function world(files: Readonly<Record<string, string>>) {
  const cwd = temporaryFolder();
  writeTree(cwd, files);
  return { cwd, env: cleanEnvironment(temporaryFolder('home')) };
}

describe('scan()', () => {
  it('returns exactly what --format json prints', async () => {
    const { cwd, env } = world({ 'deploy/.env': pair, 'b.txt': 'nothing' });
    const printed: unknown = JSON.parse(run(['-f', 'json', '.'], { cwd }).stdout);
    expect(await scan({ paths: ['.'], cwd, env })).toEqual(printed);
  });

  it('scans a text or bytes under the name that is given', async () => {
    const where = world({});
    const text = await scan({ content: pair, filename: 'prod.env', ...where });
    const bytes = await scan({
      content: Buffer.from(pair, 'utf16le'),
      filename: 'prod.env',
      ...where,
    });
    expect(text.findings).toMatchObject([{ kind: 'pair', path: 'prod.env', line: 1, column: 19 }]);
    expect(bytes.findings).toMatchObject([{ kind: 'pair', path: 'prod.env', line: 1, column: 19 }]);
    expect((await scan({ content: '', ...where })).complete).toBe(true);
  });

  it('holds no excerpt of the text', async () => {
    const { findings } = await scan({ content: pair, ...world({}) });
    expect(findings.map((finding) => 'excerpt' in finding)).toEqual([false]);
  });

  it('takes rules, patterns and sizes', async () => {
    const where = world({ 'a.env': pair, 'b/c.env': pair, 'big.txt': 'x'.repeat(2000) });
    const report = await scan({ paths: ['.'], exclude: ['b'], maxFileSize: 1000, ...where });
    expect(report).toMatchObject({
      complete: false,
      findings: [{ path: 'a.env' }],
      skipped: [{ path: 'big.txt', reason: 'too-large' }],
    });
    expect((await scan({ paths: ['.'], rules: ['github/*'], ...where })).findings).toEqual([]);
  });

  it('rejects with a UserError for what a person can mend', async () => {
    const where = world({ 'a.env': pair });
    for (const options of [
      { paths: ['missing'] },
      { paths: ['a.env'], rules: ['no-such-rule'] },
      { paths: ['a.env'], baseline: 'missing.json' },
      { paths: ['a.env'], content: '' },
    ]) {
      await expect(scan({ ...options, ...where })).rejects.toBeInstanceOf(UserError);
    }
  });
});

describe('version', () => {
  it('is that of package.json, and what --version prints', () => {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(version).toBe(manifest.version);
    expect(run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
