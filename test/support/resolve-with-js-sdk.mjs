// Reads [{config, credentials, profile}, ...] from stdin and prints which credentials the JavaScript SDK takes for each
// profile, as [winner, base, key id]: the judge of our order for it. Nothing leaves this process: what would ask a
// server is told apart by the hook or the error it ends in.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromIni } from '@aws-sdk/credential-providers';

const folder = mkdtempSync(path.join(tmpdir(), 'keyscan-js-'));
const config = path.join(folder, 'config');
const credentials = path.join(folder, 'credentials');
writeFileSync(path.join(folder, 'token'), 'a token');
mkdirSync(path.join(folder, '.aws'));
process.env.HOME = folder;
process.env.AWS_CONFIG_FILE = config;
process.env.AWS_SHARED_CREDENTIALS_FILE = credentials;
process.env.AWS_ACCESS_KEY_ID = 'OUTSIDE';
process.env.AWS_SECRET_ACCESS_KEY = 'x';
process.env.AWS_EC2_METADATA_DISABLED = 'true';
process.chdir(folder);

const answers = [];
for (const asked of JSON.parse(readFileSync(0, 'utf8'))) {
  writeFileSync(config, asked.config);
  writeFileSync(credentials, asked.credentials);
  answers.push(await ask(asked.profile));
}
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(answers));

async function ask(profile) {
  const told = { role: undefined };
  const provider = fromIni({
    profile,
    filepath: credentials,
    configFilepath: config,
    ignoreCache: true,
    mfaCodeProvider: () => Promise.resolve('123456'),
    roleAssumer: (source) => {
      told.role ??= source;
      return Promise.resolve({ ...source });
    },
    roleAssumerWithWebIdentity: () => Promise.resolve({ accessKeyId: 'WEB', secretAccessKey: 'x' }),
  });
  try {
    const found = await provider();
    const base = kindOf(found);
    return [told.role === undefined ? base : 'assume-role', base, keyOf(found.accessKeyId)];
  } catch (error) {
    const kind = failureOf(error, profile);
    // A role on top is not asked for any more when what is below cannot be had offline.
    return [kind === 'refused' || kind === 'nothing' ? kind : null, kind, ''];
  }
}

function keyOf(id) {
  return id.startsWith('KEY-OF-') ? id : '';
}

function kindOf({ accessKeyId, sessionToken }) {
  if (accessKeyId === 'WEB') return 'web-identity';
  if (accessKeyId === 'PROCESS') return 'process';
  if (accessKeyId === 'OUTSIDE') return 'other';
  return sessionToken || accessKeyId.startsWith('ASIA') ? 'temporary' : 'static';
}

function failureOf({ message }, profile) {
  if (/SSO session (?:token )?associated with (?:this )?profile/i.test(message)) return 'sso';
  if (/\.aws\/login\/cache/.test(message)) return 'login';
  if (message.includes(`credentials using profile: [${profile}]`)) return 'nothing';
  return 'refused';
}
