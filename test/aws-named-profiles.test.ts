// Which profiles a file names, form by form as the tools write them, and what looks alike and is another tool's.

import { describe, expect, it } from '@jest/globals';
import { namedProfiles } from '../src/aws/named-profiles.ts';

type Form = readonly [path: string, text: string];

/** Each names `work` and nothing else. */
const naming: readonly Form[] = [
  ['.env', 'AWS_PROFILE=work\nAWS_REGION=eu-west-1\n'],
  ['.env', 'AWS_PROFILE="work"\r\nAWS_REGION=eu-west-1\r\n'],
  ['.envrc', 'export AWS_PROFILE=work\n'],
  ['.envrc', 'export AWS_PROFILE="${AWS_PROFILE:-work}"\n'],
  ['.zshrc', "alias shop='aws --profile work s3 ls s3://moonbakery'\n"],
  ['.bashrc', 'export AWS_DEFAULT_PROFILE=work; export AWS_VAULT_PROFILE=work\n'],
  ['config.fish', 'set -gx AWS_PROFILE work\n'],
  ['profile.ps1', '$Env:AWS_PROFILE = "work"\n'],
  ['profile.ps1', '[Environment]::SetEnvironmentVariable("AWS_PROFILE", "work", "User")\n'],
  ['deploy.ps1', 'Set-AWSCredential -ProfileName work\n'],
  ['setup.cmd', 'set AWS_PROFILE=work\r\nsetx AWS_PROFILE work\r\n'],
  ['config.nu', '$env.AWS_PROFILE = "work"\n'],
  ['.cshrc', 'setenv AWS_PROFILE work\n'],
  ['sync.service', '[Service]\nEnvironment=AWS_PROFILE=work\nExecStart=/usr/bin/sync\n'],
  ['com.moonbakery.plist', '<dict>\n  <key>AWS_PROFILE</key>\n  <string>work</string>\n</dict>\n'],
  ['Makefile', 'AWS_PROFILE ?= work\nexport AWS_PROFILE\n\nls:\n\taws s3 ls\n'],
  ['Makefile', 'AWS_PROFILE := work\n'],
  ['deploy.sh', 'aws s3 sync . s3://moonbakery \\\n  --delete \\\n  --profile work\n'],
  ['deploy.sh', 'aws sts get-caller-identity --profile="work"\n'],
  ['deploy.sh', 'docker compose down; sam deploy --guided --profile work\n'],
  ['deploy.sh', 'aws-vault exec --no-session work -- terraform apply\n'],
  ['deploy.sh', '. awsume work\n'],
  [
    'ssh/config',
    'Host i-*\n  ProxyCommand sh -c "aws ssm start-session --target %h --profile work"\n',
  ],
  ['.gitconfig', '[credential]\n\thelper = !aws --profile work codecommit credential-helper $@\n'],
  ['.git/config', '[remote "origin"]\n\turl = codecommit::eu-west-1://work@oven\n'],
  ['.git/config', '[remote "origin"]\n\turl = codecommit://work@oven\n'],
  [
    '.kube/config',
    'users:\n- name: oven\n  user:\n    exec:\n      command: aws\n      args:\n      - eks\n      - get-token\n      - --profile\n      - work\n',
  ],
  [
    '.kube/config',
    'users:\n- name: oven\n  user:\n    exec:\n      command: aws\n      args: [eks, get-token, --cluster-name, oven, --profile, work]\n',
  ],
  [
    '.kube/config',
    'users:\n- name: oven\n  user:\n    exec:\n      command: aws-iam-authenticator\n      env:\n      - name: AWS_PROFILE\n        value: "work"\n      provideClusterInfo: false\n',
  ],
  ['main.tf', 'provider "aws" {\n  region  = "eu-west-1"\n  profile = "work"\n}\n'],
  [
    'main.tf',
    'terraform {\n  backend "s3" {\n    bucket  = "oven"\n    profile = "work"\n  }\n}\n',
  ],
  [
    'main.tf',
    'data "terraform_remote_state" "net" {\n  backend = "s3"\n  config = {\n    bucket  = "oven"\n    profile = "work"\n  }\n}\n',
  ],
  [
    'main.tf',
    'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = "aws s3 ls --profile work"\n  }\n}\n\nprovider "aws" {\n  shared_credentials_files = ["~/.aws/credentials"]\n  profile = "work"\n}\n',
  ],
  ['variables.tf', 'variable "aws_profile" {\n  type    = string\n  default = "work"\n}\n'],
  ['prod.tfvars', 'aws_profile = "work"\nregion      = "eu-west-1"\n'],
  ['prod.tfbackend', 'bucket  = "oven"\nprofile = "work"\n'],
  [
    'terragrunt.hcl',
    'terraform {\n  extra_arguments "a" {\n    env_vars = { AWS_PROFILE = "work" }\n  }\n}\n',
  ],
  ['ci.sh', 'export TF_VAR_aws_profile=work\n'],
  ['Pulumi.dev.yaml', 'config:\n  aws:region: eu-west-1\n  aws:profile: work\n'],
  ['serverless.yml', 'service: oven\nprovider:\n  name: aws\n  profile: work\n'],
  ['package.json', '{"scripts":{"deploy":"serverless deploy --aws-profile work"}}\n'],
  ['package.json', '{"scripts":{"deploy":"AWS_PROFILE=work cdk deploy"}}\n'],
  ['samconfig.toml', '[default.deploy.parameters]\nstack_name = "oven"\nprofile = "work"\n'],
  ['cdk.json', '{"app": "node bin/oven.js", "profile": "work"}\n'],
  ['zappa_settings.json', '{"dev": {"profile_name": "work"}}\n'],
  ['playbook.yml', '- amazon.aws.s3_bucket:\n    name: oven\n    profile: work\n'],
  ['appsettings.json', '{"AWS": {"Profile": "work", "Region": "eu-west-1"}}\n'],
  ['App.config', '<appSettings><add key="AWSProfileName" value="work"/></appSettings>\n'],
  ['main.py', 'import boto3\nboto3.Session(profile_name="work")\n'],
  [
    'main.py',
    'import os\nos.environ["AWS_PROFILE"] = "work"\nos.environ.get("AWS_PROFILE", "work")\n',
  ],
  [
    'main.ts',
    "import { fromIni } from '@aws-sdk/credential-providers';\nfromIni({ profile: 'work' });\n",
  ],
  ['main.ts', "const profile = process.env.AWS_PROFILE ?? 'work';\n"],
  [
    'main.go',
    'cfg, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile("work"))\n',
  ],
  ['Main.java', 'ProfileCredentialsProvider.create("work");\n'],
  ['main.rs', 'aws_config::from_env().profile_name("work").load().await;\n'],
  ['main.rb', "Aws::SharedCredentials.new(profile_name: 'work')\n"],
  ['main.php', "<?php new Aws\\S3\\S3Client(['profile' => 'work']);\n"],
  [
    'docker-compose.yml',
    'services:\n  oven:\n    profiles: [dev]\n    environment:\n      - AWS_PROFILE=work\n',
  ],
  [
    'compose.yaml',
    'services:\n  oven:\n    environment:\n      AWS_PROFILE: ${AWS_PROFILE:-work}\n',
  ],
  ['Dockerfile', 'FROM amazonlinux\nENV AWS_PROFILE work\n'],
  ['deploy.sh', 'docker run -v ~/.aws:/root/.aws amazon/aws-cli s3 ls --profile work\n'],
  ['.devcontainer.json', '{"remoteEnv": {"AWS_PROFILE": "work"}}\n'],
  ['.vscode/settings.json', '{"aws.profile": "profile:work"}\n'],
  ['.vscode/launch.json', '{"configurations": [{"env": {"AWS_PROFILE": "work"}}]}\n'],
  [
    '.vscode/tasks.json',
    '{"command": "aws", "args": [\n  "s3",\n  "ls",\n  "--profile",\n  "work"\n]}\n',
  ],
  [
    '.idea/aws.xml',
    '<component name="accountSettings">\n  <option name="activeProfile" value="profile:work" />\n  <option name="recentlyUsedProfiles"><list><option value="profile:work" /></list></option>\n</component>\n',
  ],
  ['.idea/runConfigurations/oven.xml', '<envs><env name="AWS_PROFILE" value="work" /></envs>\n'],
  [
    'task.json',
    '{"containerDefinitions": [{"environment": [{"name": "AWS_PROFILE", "value": "work"}]}]}\n',
  ],
  [
    '.mcp.json',
    '{"mcpServers": {"docs": {"command": "uvx", "args": ["awslabs.core-mcp-server@latest"], "env": {"AWS_PROFILE": "work", "AWS_REGION": "eu-west-1"}}}}\n',
  ],
  ['config.toml', '[mcp_servers.docs]\ncommand = "uvx"\nenv = { "AWS_PROFILE" = "work" }\n'],
  ['dotfiles/aws/config', '[profile work]\nregion = eu-west-1\n'],
  ['dotfiles/aws/config', '[default]\nrole_arn = x\nsource_profile = work\n'],
  ['aws.spc', 'connection "aws" {\n  plugin  = "aws"\n  profile = "work"\n}\n'],
];

/** Each looks like one of them, and names none. */
const others: readonly Form[] = [
  ['README.md', 'Run `aws s3 ls --profile work`, or set AWS_PROFILE=work.\n'],
  ['.env', '# AWS_PROFILE=work\nAWS_PROFILE=\n'],
  ['deploy.sh', 'export AWS_PROFILE="$1"\naws s3 ls --profile "$STAGE" --profile $(whoami)\n'],
  ['deploy.sh', 'docker compose --profile work up -d\n'],
  ['deploy.sh', 'aws s3 ls\ndocker-compose -f a.yml \\\n  --profile work up\n'],
  ['deploy.sh', 'aws s3 ls && cargo build --profile work\n'],
  ['package.json', '{"scripts":{"build":"eas build --profile work"}}\n'],
  ['task.json', '{"command": "docker", "args": ["compose", "--profile", "work", "up"]}\n'],
  ['Makefile', 'up:\n\tminikube start --profile work\n'],
  ['rust-toolchain.toml', '[toolchain]\nchannel = "stable"\nprofile = "work"\n'],
  ['dbt_project.yml', "name: 'oven'\nprofile: 'work'\n# on aws\n"],
  ['eas.json', '{"build": {"work": {"profile": "work"}}}\n'],
  ['compose.yml', 'services:\n  oven:\n    profiles: ["work"]\n'],
  ['.isort.cfg', '[settings]\nprofile = work\n'],
  ['settings.json', '{"terminal.integrated.defaultProfile.linux": "work", "profile": "work"}\n'],
  ['.databrickscfg', '[work]\nhost = https://a.cloud.databricks.com\n'],
  [
    'main.tf',
    'provider "aws" {\n  region = "eu-west-1"\n}\nprovider "databricks" {\n  profile = "work"\n}\n',
  ],
  [
    'main.tf',
    'resource "aws_instance" "oven" {\n  iam_instance_profile = "work"\n}\nresource "azurerm_app" "a" {\n  profile = "work"\n}\n',
  ],
  ['spring.properties', 'spring.profiles.active=work\n'],
  ['notes.yml', 'text: the profile work is for amazon\n'],
];

describe('a profile', () => {
  it.each(naming)('is named in %s: %j', (path, text) => {
    expect([...namedProfiles(text, path)]).toEqual(['work']);
  });

  it.each(others)('is not named in %s: %j', (path, text) => {
    expect(namedProfiles(text, path).has('work')).toBe(false);
  });

  it('may have a name with blanks or beyond ASCII where it is quoted', () => {
    const text = `aws --profile "acme prod" s3 ls\nexport AWS_PROFILE='bäckerei'\n`;
    expect([...namedProfiles(text, 'a.sh')].sort()).toEqual(['acme prod', 'bäckerei']);
  });

  it('is looked for in time that grows with the text, whatever it says', () => {
    const hostile = ['AWS_PROFILE ', '--profile\n - ', 'profile ', '"variable "profile" {', '- "'];
    for (const piece of hostile) {
      const text = piece.repeat(Math.ceil(500_000 / piece.length));
      const started = process.cpuUsage().user;
      namedProfiles(text, 'a.tf');
      // The square of the text's length would take minutes
      expect(process.cpuUsage().user - started).toBeLessThan(20_000_000);
    }
  }, 120_000);
});
