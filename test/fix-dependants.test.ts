// What `keyscan --fix` draws as hanging on a profile: files of the home folder and of the current repository, also such as
// git ignores because they are a person's own. The built program, as a dry run.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';

import { type FakeUser, moonbakery } from './support/fake-aws.ts';
import { closeAll, section, world, type World } from './support/migration.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

type Files = Readonly<Record<string, string>>;

async function repository(home: (owner: FakeUser) => Files, tree: Files): Promise<World> {
  const made = moonbakery();
  const here = await world(home(made.users[0]!), { aws: made, tree });
  execFileSync('git', ['init', '-q'], { cwd: here.cwd });
  return here;
}

describe('what depends on a profile', () => {
  it('is every file that names it or holds its key, ignored by git or not', async () => {
    const here = await repository(
      (owner) => ({
        '.aws/credentials': section('work', owner),
        '.kube/config': 'args:\n- eks\n- get-token\n- --profile\n- work\n',
        '.kube/oven.yaml': 'env:\n- name: AWS_PROFILE\n  value: work\n',
        '.ssh/config': 'ProxyCommand aws ssm start-session --target %h --profile work\n',
        '.zshrc': 'export AWS_PROFILE=work\n',
        '.bashrc': 'alias up="docker compose --profile work up"\n',
        '.bash_history': 'aws s3 ls --profile work\n',
        '.docker/config.json':
          '{"credHelpers": {"x.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login"}}',
      }),
      {
        '.gitignore': '.env\n.idea/\n.vscode/\n*.tfvars\nnode_modules/\n',
        '.env': 'AWS_PROFILE=work\n',
        '.idea/workspace.xml': '<env name="AWS_PROFILE" value="work" />\n',
        '.vscode/settings.json': '{"aws.profile": "profile:work"}\n',
        'prod.tfvars': 'aws_profile = "work"\n',
        'main.tf': 'provider "aws" {\n  profile = "work"\n}\n',
        'compose.yml': 'services:\n  oven:\n    profiles: [work]\n',
        'README.md': 'aws s3 ls --profile work\n',
        'node_modules/oven/index.js': 'process.env.AWS_PROFILE = "work"\n',
      },
    );
    const { report } = await here.report(['--dry-run']);
    expect(report.profiles.map(({ dependants }) => [...dependants].sort())).toEqual([
      [
        '.env',
        '.idea/workspace.xml',
        '.vscode/settings.json',
        'main.tf',
        'prod.tfvars',
        '~/.kube/config',
        '~/.kube/oven.yaml',
        '~/.ssh/config',
        '~/.zshrc',
      ],
    ]);
  });

  it('is named once a key gets into it, and counted beyond a handful', async () => {
    const scripts = Object.fromEntries(
      Array.from({ length: 10 }, (_, number) => [`s${number}.sh`, 'aws --profile work s3 ls\n']),
    );
    const here = await repository(
      (owner) => ({ '.aws/credentials': section('work', owner) }),
      scripts,
    );
    const { stdout } = await here.fix(['--dry-run']);
    expect(stdout).toMatch(/ s7\.sh names it\n.* 2 more files name it\n/);
    expect(stdout).not.toContain('s8.sh');
  });

  it('has to be changed where the profile gets another name', async () => {
    const here = await repository(
      (owner) => ({ '.aws/credentials': section('acme work', owner) }),
      {
        'deploy.sh': 'aws --profile "acme work" s3 ls\n',
        'map.json': '{"acme work": {"rename": "acme-work"}}',
      },
    );
    const { stdout } = await here.fix(['--dry-run', '--map', 'map.json']);
    expect(stdout).toContain('"acme work" becomes acme-work: change it in deploy.sh as well');
  });
});
