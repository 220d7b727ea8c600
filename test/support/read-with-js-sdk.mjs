// Reads [[kind, text], ...] from stdin and prints the profiles that the JavaScript SDK's loader makes of each file: the
// judge of our js dialect. In a process of its own, since that loader writes into functions of the language.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';

const folder = mkdtempSync(path.join(tmpdir(), 'keyscan-js-'));
const file = path.join(folder, 'file');
const readings = [];
for (const [kind, text] of JSON.parse(readFileSync(0, 'utf8'))) {
  writeFileSync(file, text);
  const read = await loadSharedConfigFiles({
    filepath: file,
    configFilepath: file,
    ignoreCache: true,
  });
  const found = kind === 'config' ? read.configFile : read.credentialsFile;
  const profiles = Object.entries(found).filter(
    ([name]) => kind === 'credentials' || !/^(?:sso-session|services)\./.test(name),
  );
  readings.push(Object.fromEntries(profiles));
}
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(readings));
