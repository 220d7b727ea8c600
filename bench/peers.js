// node bench/peers.js [FOLDER..]      see bench/README.md
// The same labelled files for keyscan and for every other scanner that is installed: which keys each finds exactly, which it
// joins, and what it says that is not true. FOLDERs are real trees without a live key: there every AWS finding is a false one.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { evaluate } from '../scripts/evaluate.js';
import { dist, root } from '../scripts/inputs.js';
import { temporaryFolder } from './worlds.js';

const most = 1 << 29;

/** How each is run, and what it says: [{ file, line, endLine, aws, values: [{ start, end } | { value } | { sha1 } | { secretIn: line }] }]. */
const scanners = {
  keyscan: {
    command: process.execPath,
    versionOf: [join(dist, 'keyscan.cjs'), '--version'],
    scan: keyscan,
  },
  gitleaks: { command: process.env.GITLEAKS ?? 'gitleaks', versionOf: ['version'], scan: gitleaks },
  'detect-secrets': {
    command: process.env.DETECT_SECRETS ?? 'detect-secrets',
    versionOf: ['--version'],
    scan: detectSecrets,
  },
  secretlint: {
    command: process.env.SECRETLINT ?? 'secretlint',
    versionOf: ['--version'],
    scan: secretlint,
  },
};

const { examples, forms, nearMisses, layouts, keys, expand, generate } = await labelledSources();
const sets = {
  'the 30 forms': examples.flatMap((example) => seeds(20, (seed) => fromTemplate(example, seed))),
  'other forms': forms.flatMap((form) => seeds(5, (seed) => fromTemplate(form, seed))),
  'several keys in a file': Object.entries(layouts).flatMap(([, write]) =>
    [2, 3, 5].flatMap((count) => seeds(2, (seed) => fromLayout(write, keys(count, seed)))),
  ),
};
const harmless = nearMisses
  // What is a secret, though none of AWS's, another scanner may well report.
  .filter(({ form }) => !form.startsWith('secret of something else'))
  .flatMap((form) => seeds(5, (seed) => fromTemplate(form, seed, true)));
const trees = process.argv.slice(2).map((folder) => realpathSync(resolve(folder)));

for (const [name, scanner] of Object.entries(scanners)) {
  const version = spawnSync(scanner.command, scanner.versionOf, { encoding: 'utf8' });
  if (version.error !== undefined) {
    say(`\n${name}: NOT INSTALLED, not compared (${scanner.command}: ${version.error.code})`);
    continue;
  }
  say(`\n${name} ${(version.stdout || version.stderr).trim().replace(/^keyscan /, '')}`);
  for (const [set, files] of Object.entries(sets)) report(set, score(scanner, files));
  const wrong = scanner.scan(scanner.command, write(harmless)).filter(({ quiet }) => !quiet);
  say(`  near misses: ${wrong.length} false findings in ${harmless.length} files`);
  for (const tree of trees) {
    const found = scanner.scan(scanner.command, tree);
    say(`  ${tree}: ${found.filter(({ aws, quiet }) => aws && !quiet).length} AWS findings`);
  }
}

/* -------------------------------------------------------------- what is labelled */

async function labelledSources() {
  const sources = await evaluate(`
    export { expand, generate } from './test/support/examples.ts';
    export { awsForms, awsNearMisses } from './test/support/forms.ts';
    export { keys, layouts } from './test/support/layouts.ts';
    export { accessKey } from './rules/aws.ts';
  `);
  return {
    ...sources,
    examples: sources.accessKey.examples.filter(({ form }) => /^\d\d /.test(form)),
    forms: sources.awsForms(root),
    nearMisses: sources.awsNearMisses(root),
  };
}

function seeds(count, make) {
  return Array.from({ length: count }, (_, seed) => make(seed));
}

/** Labels in order of place, each with the value as AWS knows it; a key's halves have the same `key`. */
function fromTemplate(form, number, harmless = false) {
  const seed = `${form.text}${number}`;
  const { content, path, expected } = expand(form, seed);
  if (harmless) return { path, content, labels: [] };
  const written = [...form.text.matchAll(/\{\{(aws-(id|secret)[^{}]*)\}\}/g)];
  if (written.length !== expected.length) throw new Error(`unclear labels: ${form.form}`);
  const labels = expected.map(({ start, end }, index) => {
    const [, expression, role] = written[index];
    const key = /#\w+$/.exec(expression)?.[0] ?? '';
    return { role, key, start, end, value: generate(expression, seed) };
  });
  return { path, content, labels };
}

function fromLayout(write, all) {
  const text = write(all);
  const labels = all.flatMap(({ id, secret }, key) =>
    Object.entries({ id, secret }).map(([role, value]) => {
      const written = [
        value,
        Buffer.from(value).toString('base64'),
        value.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;'),
      ].find((form) => text.includes(form));
      const start = text.indexOf(written);
      return { role, key, start, end: start + written.length, value };
    }),
  );
  return { path: 'keys.txt', content: Buffer.from(text), labels };
}

/** Each in a folder of its own, since many are called .env. */
function write(files) {
  const folder = realpathSync(temporaryFolder());
  files.forEach(({ path, content }, index) => {
    const file = join(folder, String(index), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  });
  return folder;
}

/* ------------------------------------------------------------------------ scoring */

function score(scanner, files) {
  const folder = write(files);
  const byFile = new Map();
  for (const finding of scanner.scan(scanner.command, folder)) {
    const index = Number(relative(folder, finding.file).split(/[/\\]/)[0]);
    byFile.set(index, [...(byFile.get(index) ?? []), finding]);
  }
  const sum = { id: [0, 0], secret: [0, 0], pairs: [0, 0], false: 0 };
  files.forEach(({ content, labels }, index) => {
    const findings = byFile.get(index) ?? [];
    const linesOf = lineCounter(content);
    for (const label of labels) {
      sum[label.role][1] += 1;
      if (findings.some((finding) => holds(finding, label, content, linesOf)))
        sum[label.role][0] += 1;
    }
    for (const secret of labels.filter(({ role }) => role === 'secret')) {
      const id = labels.find(({ role, key }) => role === 'id' && key === secret.key);
      if (id === undefined) continue;
      sum.pairs[1] += 1;
      const joined = findings.filter((finding) => holds(finding, secret, content, linesOf));
      if (joined.length === 1 && holds(joined[0], id, content, linesOf)) sum.pairs[0] += 1;
    }
    // Kind to everybody: what touches a line with a key counts as that key, badly located.
    const near = (finding) =>
      labels.some(({ start, end }) => {
        const [first, last] = linesOf(start, end);
        return finding.line <= last && first <= finding.endLine;
      });
    sum.false += findings.filter((finding) => !near(finding)).length;
  });
  return sum;
}

function holds({ values }, { role, start, end, value }, content, linesOf) {
  const raw = content.toString('latin1', start, end);
  return values.some((one) => {
    if (one.start !== undefined) return one.start === start && one.end === end;
    if (one.sha1 !== undefined) return one.sha1 === sha1(value) || one.sha1 === sha1(raw);
    if (one.secretIn !== undefined)
      return role === 'secret' && one.secretIn === linesOf(start, end)[0];
    return one.value === value || one.value === raw;
  });
}

function report(name, { id, secret, pairs, false: wrong }) {
  const share = ([found, all]) =>
    `${`${found}/${all}`.padStart(9)} ${((100 * found) / all).toFixed(1).padStart(5)} %`;
  say(
    `  ${name.padEnd(24)} ids ${share(id)}   secrets ${share(secret)}   pairs ${share(pairs)}   false ${wrong}`,
  );
}

/* ----------------------------------------------------------------------- scanners */

function keyscan(command, folder) {
  const args = [join(dist, 'keyscan.cjs'), folder, '--format', 'json', '--fail-on', 'never'];
  const { findings } = JSON.parse(run(command, [...args, '--no-ignore']));
  return findings.map(({ path, parts, provider, severity, line, endLine }) => {
    const file = join(folder, path);
    return {
      file,
      line,
      endLine: Math.max(endLine, ...parts.map((part) => part.endLine)),
      aws: provider === 'aws',
      quiet: severity === 'low',
      values: parts.map((part) => offsetsOf(readFileSync(file), part)),
    };
  });
}

function gitleaks(command, folder) {
  const out = join(temporaryFolder(), 'report.json');
  run(command, ['dir', folder, '-f', 'json', '-r', out, '--no-banner', '--exit-code', '0']);
  return JSON.parse(readFileSync(out, 'utf8')).map((found) => ({
    file: found.File,
    line: found.StartLine,
    endLine: found.EndLine,
    aws: found.RuleID.startsWith('aws-'),
    values: [{ value: found.Secret }],
  }));
}

function detectSecrets(command, folder) {
  const text = run(command, ['-C', folder, 'scan', '--all-files', '-n', '.']);
  const seen = new Map(); // several plugins may say the same of the same value
  for (const [path, findings] of Object.entries(JSON.parse(text).results)) {
    for (const { type, hashed_secret: hash, line_number: line } of findings) {
      const key = `${path} ${line} ${hash}`;
      const aws = type.startsWith('AWS') || seen.get(key)?.aws === true;
      seen.set(key, {
        file: resolve(folder, path),
        line,
        endLine: line,
        aws,
        values: [{ sha1: hash }],
      });
    }
  }
  return [...seen.values()];
}

function secretlint(command, folder) {
  const config = join(temporaryFolder(), 'secretlintrc.json');
  const aws = {
    id: '@secretlint/secretlint-rule-aws',
    options: { enableIDScanRule: true },
  };
  const rules = [{ id: '@secretlint/secretlint-rule-preset-recommend', rules: [aws] }];
  writeFileSync(config, JSON.stringify({ rules }));
  const none = join(temporaryFolder(), 'ignore');
  writeFileSync(none, '');
  // It ends before a pipe has taken all of its output.
  const out = join(temporaryFolder(), 'report.json');
  const options = ['--secretlintrc', config, '--secretlintignore', none, '--format', 'json'];
  run(command, [...options, '--output', out, '**/*', '**/.*'], folder);
  const files = JSON.parse(readFileSync(out, 'utf8') || '[]');
  return files.flatMap(({ filePath, messages }) =>
    messages.map(({ range, loc, ruleId, messageId }) => ({
      file: filePath,
      line: loc.start.line,
      endLine: loc.end.line,
      aws: ruleId.endsWith('-aws'),
      // The range of a secret begins at its name; what it means is taken for found all the same.
      values: [
        messageId === 'AWSSecretAccessKey'
          ? { secretIn: loc.start.line }
          : bytesOf(filePath, range),
      ],
    })),
  );
}

function run(command, args, cwd) {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: most,
  });
  if (error !== undefined) throw error;
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with ${status}\n${stderr}`);
  return stdout;
}

/* ------------------------------------------------------------------------- places */

/** A file in UTF-16 reports the places of its UTF-8 twin. */
function decoded(content) {
  return content[1] === 0 ? 'utf16le' : 'utf8';
}

function offsetsOf(content, { line, column, endLine, endColumn }) {
  const encoding = decoded(content);
  const mark = content.subarray(0, 3).equals(Buffer.from('\ufeff'));
  const lines = content.toString(encoding).split('\n');
  const at = (toLine, toColumn) => {
    const before = [...lines.slice(0, toLine - 1), ''].join('\n');
    const shift = mark && toLine === 1 ? 1 : 0;
    return Buffer.byteLength(before + lines[toLine - 1].slice(0, toColumn - 1 + shift), encoding);
  };
  return { start: at(line, column), end: at(endLine, endColumn) };
}

function bytesOf(file, [start, end]) {
  const text = readFileSync(file, 'utf8');
  return {
    start: Buffer.byteLength(text.slice(0, start)),
    end: Buffer.byteLength(text.slice(0, end)),
  };
}

function lineCounter(content) {
  const text = content.toString('latin1');
  const lineAt = (offset) => text.slice(0, offset).split('\n').length;
  return (start, end) => [lineAt(start), lineAt(end)];
}

function sha1(value) {
  return createHash('sha1').update(value).digest('hex');
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
