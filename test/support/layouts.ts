// Several AWS keys in one file, in every layout people write. The same keys for the same seed.

import { generate } from './examples.ts';

export interface Key {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
}

const names = ['dev', 'prod', 'staging', 'backup', 'billing', 'uploads', 'reports', 'mobile'];

export function keys(count: number, seed: number): readonly Key[] {
  return Array.from({ length: count }, (_, index) => ({
    id: generate('aws-id', `${String(seed)} ${String(index)}`),
    secret: generate('aws-secret', `${String(seed)} ${String(index)}`),
    name: names[index] ?? `extra${String(index)}`,
  }));
}

/** Layouts by name: the same keys written as people write them. */
export const layouts: Readonly<Record<string, (all: readonly Key[]) => string>> = {
  'ini sections': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nregion = eu-west-1\n`,
      )
      .join('\n'),
  'ini sections, secret first, no blank lines': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `[profile ${name}]\naws_secret_access_key=${secret}\naws_access_key_id=${id}\n`,
      )
      .join(''),
  'env lines with prefixes': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `${name.toUpperCase()}_AWS_ACCESS_KEY_ID=${id}\n${name.toUpperCase()}_AWS_SECRET_ACCESS_KEY=${secret}\n`,
      )
      .join(''),
  'ids first, secrets in another order': (all) =>
    all.map(({ id, name }) => `AWS_ACCESS_KEY_ID_${name.toUpperCase()}=${id}\n`).join('') +
    [...all]
      .reverse()
      .map(({ secret, name }) => `AWS_SECRET_ACCESS_KEY_${name.toUpperCase()}=${secret}\n`)
      .join(''),
  'the same two names again and again': (all) =>
    all
      .map(({ id, secret }) => `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`)
      .join(''),
  'the same two names, secret first, blank lines': (all) =>
    all
      .map(({ id, secret }) => `AWS_SECRET_ACCESS_KEY=${secret}\nAWS_ACCESS_KEY_ID=${id}\n`)
      .join('\n'),
  'JSON objects on one line': (all) =>
    JSON.stringify(all.map(({ id, secret }) => ({ accessKeyId: id, secretAccessKey: secret }))),
  'JSON objects by name, pretty': (all) =>
    JSON.stringify(
      Object.fromEntries(
        all.map(({ id, secret, name }) => [name, { key: id, region: 'us-east-1', secret }]),
      ),
      null,
      2,
    ),
  'JSON, secret first, neutral names': (all) =>
    JSON.stringify(
      all.map(({ id, secret, name }) => ({ user: name, secret, id })),
      null,
      2,
    ),
  'JSON in a JSON string': (all) =>
    JSON.stringify({
      body: JSON.stringify(
        all.map(({ id, secret }) => ({ AccessKeyId: id, SecretAccessKey: secret })),
      ),
    }),
  'YAML list': (all) =>
    `users:\n${all.map(({ id, secret, name }) => `  - name: ${name}\n    access_key: ${id}\n    secret_key: ${secret}\n`).join('')}`,
  'YAML maps': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `${name}:\n  aws:\n    accessKeyId: "${id}"\n    secretAccessKey: "${secret}"\n`,
      )
      .join(''),
  'Kubernetes env of several containers': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `  - name: ${name}\n    env:\n      - name: AWS_ACCESS_KEY_ID\n        value: ${id}\n      - name: AWS_SECRET_ACCESS_KEY\n        value: ${secret}\n`,
      )
      .join(''),
  CSV: (all) =>
    `User name,Access key ID,Secret access key\r\n${all.map(({ id, secret, name }) => `${name},${id},${secret}\r\n`).join('')}`,
  'CSV, quoted, secret first': (all) =>
    `"Secret","Key","User"\n${all.map(({ id, secret, name }) => `"${secret}","${id}","${name}"\n`).join('')}`,
  'id:secret lines': (all) =>
    all.map(({ id, secret, name }) => `${name}:${id}:${secret}\n`).join(''),
  'XML elements': (all) =>
    `<users>${all.map(({ id, secret }) => `<user><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey></user>`).join('')}</users>`,
  'XML attributes': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `  <add name="${name}" accessKey="${id}" secretKey="${secret}" />\n`,
      )
      .join(''),
  plist: (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `<key>${name}</key>\n<dict>\n\t<key>AccessKey</key>\n\t<string>${id}</string>\n\t<key>SecretKey</key>\n\t<string>${secret}</string>\n</dict>\n`,
      )
      .join(''),
  'Terraform providers': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `provider "aws" {\n  alias      = "${name}"\n  access_key = "${id}"\n  secret_key = "${secret}"\n}\n\n`,
      )
      .join(''),
  'positional arguments': (all) =>
    all
      .map(({ id, secret, name }) => `const ${name} = new Credentials("${id}", "${secret}");\n`)
      .join(''),
  'positional arguments, several on a line': (all) =>
    all.map(({ id, secret, name }) => `${name}(new Credentials('${id}', '${secret}'));`).join(' '),
  'two lists': (all) =>
    `ids = [${all.map(({ id }) => `"${id}"`).join(', ')}]\nsecret_keys = [${all.map(({ secret }) => `"${secret}"`).join(', ')}]\n`,
  'Python functions': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `def ${name}():\n    return boto3.client(\n        "s3",\n        aws_access_key_id="${id}",\n        aws_secret_access_key="${secret}",\n    )\n\n\n`,
      )
      .join(''),
  'aws configure set': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `aws configure set aws_access_key_id ${id} --profile ${name}\naws configure set aws_secret_access_key ${secret} --profile ${name}\n`,
      )
      .join(''),
  'HTML table, escaped': (all) =>
    `<table>${all.map(({ id, secret }) => `<tr><td>${id}</td><td>${secret.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;')}</td></tr>`).join('\n')}</table>`,
  'Kubernetes Secrets': (all) =>
    all
      .map(
        ({ id, secret, name }) =>
          `---\nkind: Secret\nmetadata:\n  name: ${name}\ndata:\n  AWS_ACCESS_KEY_ID: ${Buffer.from(id).toString('base64')}\n  AWS_SECRET_ACCESS_KEY: ${Buffer.from(secret).toString('base64')}\n`,
      )
      .join(''),
};
