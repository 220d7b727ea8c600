// What `--fix` starts (git, the AWS CLI, the browser) is told no secret: not in its arguments, not in its environment.
import { afterAll, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { moonbakery } from './support/fake-aws.ts';
import {
  closeAll,
  portal,
  programsWithoutAws,
  section,
  waysToWrite,
  world,
} from './support/migration.ts';
import { temporaryFolder, writeTree } from './support/run.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const itWithSh = process.platform === 'win32' ? it.skip : it;

itWithSh('tells no program that it starts a secret', async () => {
  const made = moonbakery();
  const { id, secret } = made.users[0]!.keys[0]!;
  const here = await world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
  execFileSync('git', ['init', '-q'], { cwd: here.cwd });
  const seen = join(temporaryFolder('seen'), 'calls');
  const programs = temporaryFolder('programs');
  const page = `${process.execPath} -e "fetch(process.argv[1]).then((page) => page.text())" "$1"`;
  const told = (name: string, then: string): string =>
    `#!/bin/sh\n{ echo "called ${name}"; for word; do printf '%s\\n' "$word"; done; env; } >> ${seen}\n${then}\n`;
  const real = programsWithoutAws();
  writeTree(programs, {
    git: told('git', `exec ${join(real, 'git')} "$@"`),
    aws: told('aws', 'echo no >&2; exit 1'),
    browser: told('browser', page),
  });
  for (const name of ['git', 'aws', 'browser']) chmodSync(join(programs, name), 0o755);
  const { code } = await here.fix(
    [...portal, ...['--role', 'AdministratorAccess', '--yes', '--deactivate', 'yes']],
    {
      PATH: [programs, '/usr/bin', '/bin'].join(delimiter),
      BROWSER: `${join(programs, 'browser')} %s`,
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
    },
  );
  expect(code).toBe(0);
  const calls = readFileSync(seen, 'utf8');
  const names = new Set(calls.match(/^called (\w+)$/gm));
  expect(names).toContain('called git');
  expect(names).toContain('called aws');
  expect(names).toContain('called browser');
  const { tokens, refreshTokens, sessions } = here.aws.state;
  const secrets = [
    secret,
    ...tokens.keys(),
    ...refreshTokens.keys(),
    ...[...sessions.values()].flatMap((session) => [session.secret, session.token]),
  ];
  const leaked = secrets.flatMap(waysToWrite).filter((written) => calls.includes(written));
  expect(leaked.length).toBe(0);
});
