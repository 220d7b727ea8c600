import type { Rule } from '../src/core/rule.ts';

// AWS: access keys in every form people leak them (scanners.md 2.11, aws.md 2), and AWS's other credentials.

const base32 = 'A-Z2-7';
const base64 = 'A-Za-z0-9+/';
const prefixes = ['AKIA', 'ASIA', 'ABIA', 'ACCA'];

/** The heads of session tokens: base64 of what STS has put first over the years. */
const tokenHeads = ['IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'FQoDYXdz', 'AQoDYXdz'];

const keyDocs = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html',
];

export const accessKey: Rule = {
  id: 'aws-access-key',
  provider: 'aws',
  title: 'AWS access key',
  titles: {
    pair: 'AWS access key with its secret',
    secret: 'AWS secret access key',
    session: 'AWS temporary credentials',
    id: 'AWS access key id',
    reference: 'AWS access key id where it gives nothing away',
  },
  why: 'Whoever can read it can act as the IAM user it belongs to, from anywhere, until somebody deactivates the key.',
  advice: [
    'Deactivate the key: IAM › Users › Security credentials › Access keys › Actions › Deactivate. Look at "last used" first.',
    'Replace it by SSO: keyscan --fix moves AWS profiles to IAM Identity Center, so that no key is stored.',
  ],
  references: keyDocs,
  grades: { pair: 'critical', secret: 'high', session: 'medium', id: 'medium', reference: 'low' },
  tokenKind: 'session',
  refine: 'aws-access-key',
  parts: [
    {
      role: 'id',
      strong: true,
      maskKeep: 4,
      checks: ['aws-key-id'],
      shapes: [
        {
          type: 'token',
          pieces: [{ oneOf: prefixes }, { set: base32, min: 16, max: 16 }],
          notAfter: 'A-Za-z0-9',
        },
        {
          type: 'assignment',
          names: ['access key id', 'access key', 'aws key id', 'aws key', 'key id'],
          value: { set: base32, min: 20, max: 20 },
        },
      ],
    },
    {
      role: 'secret',
      checks: ['aws-secret'],
      beside: { role: 'id', set: base64, min: 40, max: 40, within: 1024 },
      shapes: [
        {
          type: 'assignment',
          names: [
            'secret access key',
            'secret key',
            'access secret',
            'access key secret',
            'aws secret',
            'amazon secret',
            's3 secret',
            'ec2 secret',
            'ses secret',
            'sqs secret',
            'iam secret',
            'aws key',
            'aws password',
            'secret access',
            'key secret',
          ],
          notNames: ['clientsecret', 'webhooksecret', 'consumersecret', 'appsecret', 'secretkeybase'],
          value: { set: base64, min: 40, max: 40 },
        },
      ],
    },
    {
      role: 'token',
      checks: ['aws-token'],
      shapes: [
        {
          type: 'token',
          pieces: [{ oneOf: tokenHeads }, { set: base64, min: 88 }, { set: '=', min: 0, max: 2 }],
          notBefore: base64,
        },
        {
          type: 'assignment',
          names: ['session token', 'security token', 'aws token', 'sessiontoken', 's3 token'],
          value: { set: base64 + '=', min: 100 },
        },
      ],
    },
  ],
  examples: [
    {
      form: '01 credentials file',
      path: 'credentials',
      text: '[default]\naws_access_key_id = ⟦{{aws-id}}⟧\naws_secret_access_key = ⟦{{aws-secret}}⟧\nregion = eu-west-1\n',
    },
    {
      form: '02 .env',
      path: '.env',
      text: 'AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\nAWS_SECRET_ACCESS_KEY=⟦{{aws-secret}}⟧\n',
    },
    {
      form: '03 prefixed names',
      path: '.env.production',
      text: 'PROD_AWS_ACCESS_KEY_ID="⟦{{aws-id}}⟧"\nPROD_AWS_SECRET_ACCESS_KEY="⟦{{aws-secret}}⟧"\n',
    },
    {
      form: '04 JavaScript object',
      path: 'src/config.js',
      text: "export const aws = {\n  accessKeyId: '⟦{{aws-id}}⟧',\n  secretAccessKey: '⟦{{aws-secret}}⟧',\n  region: 'eu-west-1',\n};\n",
    },
    {
      form: '05 answer of STS or IAM in JSON',
      path: 'create-access-key.json',
      text: '{\n  "AccessKey": {\n    "UserName": "billing",\n    "AccessKeyId": "⟦{{aws-id}}⟧",\n    "Status": "Active",\n    "SecretAccessKey": "⟦{{aws-secret}}⟧"\n  }\n}\n',
    },
    {
      form: '06 Terraform provider',
      path: 'main.tf',
      text: 'provider "aws" {\n  region     = "eu-west-1"\n  access_key = "⟦{{aws-id}}⟧"\n  secret_key = "⟦{{aws-secret}}⟧"\n}\n',
    },
    {
      form: '07 boto3 arguments on lines of their own',
      path: 'upload.py',
      text: 'client = boto3.client(\n    "s3",\n    aws_access_key_id="⟦{{aws-id}}⟧",\n    aws_secret_access_key="⟦{{aws-secret}}⟧",\n)\n',
    },
    {
      form: '08 positional arguments',
      path: 'Upload.java',
      text: 'AWSCredentials c = new BasicAWSCredentials("⟦{{aws-id}}⟧", "⟦{{aws-secret}}⟧");\n',
    },
    {
      form: '09 CSV of the console',
      path: 'billing_accessKeys.csv',
      text: '\ufeffAccess key ID,Secret access key\r\n⟦{{aws-id}}⟧,⟦{{aws-secret}}⟧\r\n',
    },
    {
      form: '10 YAML',
      path: 'config.yml',
      text: 'aws:\n  access_key_id: ⟦{{aws-id}}⟧\n  secret_access_key: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: '11 Kubernetes Secret',
      path: 'secret.yaml',
      text: 'apiVersion: v1\nkind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: ⟦{{b64({{aws-id}})}}⟧\n  AWS_SECRET_ACCESS_KEY: ⟦{{b64({{aws-secret}})}}⟧\n',
    },
    {
      form: '12 Dockerfile',
      path: 'Dockerfile',
      text: 'FROM node:20\nENV AWS_ACCESS_KEY_ID ⟦{{aws-id}}⟧\nENV AWS_SECRET_ACCESS_KEY ⟦{{aws-secret}}⟧\n',
    },
    {
      form: '13 an id alone',
      path: 'notes.txt',
      kinds: ['id'],
      text: 'rotate ⟦{{aws-id}}⟧ before Friday\n',
    },
    {
      form: '14 a secret alone',
      path: '.env',
      kinds: ['secret'],
      text: 'AWS_SECRET_ACCESS_KEY=⟦{{aws-secret}}⟧\n',
    },
    { form: '15 a secret alone, other name', path: '.env', kinds: ['secret'], text: 's3_secret: ⟦{{aws-secret}}⟧\n' },
    {
      form: '16 a pair thirty lines apart',
      path: 'settings.py',
      text:
        'ACCESS_KEY = "⟦{{aws-id}}⟧"\n' +
        Array.from({ length: 30 }, (_, i) => `OPTION_${String(i)} = ${String(i)}\n`).join('') +
        'SECRET_ACCESS_KEY = "⟦{{aws-secret}}⟧"\n',
    },
    {
      form: '17 JSON in a string',
      path: 'fixture.js',
      text: 'const body = "{\\"AccessKeyId\\":\\"⟦{{aws-id}}⟧\\",\\"SecretAccessKey\\":\\"⟦{{aws-secret}}⟧\\"}";\n',
    },
    {
      form: '18 XML',
      path: 'answer.xml',
      text: '<Credentials>\n  <AccessKeyId>⟦{{aws-id}}⟧</AccessKeyId>\n  <SecretAccessKey>⟦{{aws-secret}}⟧</SecretAccessKey>\n</Credentials>\n',
    },
    {
      form: '19 aws configure set in a shell history',
      path: '.bash_history',
      text: 'aws configure set aws_access_key_id ⟦{{aws-id}}⟧\naws configure set aws_secret_access_key ⟦{{aws-secret}}⟧\n',
    },
    {
      form: '20 command line flags',
      path: 'deploy.sh',
      text: 'deploy --access-key ⟦{{aws-id}}⟧ --secret-key ⟦{{aws-secret}}⟧ --region eu-west-1\n',
    },
    {
      form: '21 compose, as a list',
      path: 'docker-compose.yml',
      text: 'services:\n  web:\n    environment:\n      - AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\n      - AWS_SECRET_ACCESS_KEY=⟦{{aws-secret}}⟧\n',
    },
    {
      form: '22 URL-encoded in a URL',
      path: 'import.txt',
      text: 's3://⟦{{aws-id}}⟧:⟦{{pct({{aws-secret:/}})}}⟧@my-bucket/path\n',
    },
    {
      form: '23 split and concatenated literals',
      path: 'hidden.js',
      text: 'const accessKeyId = "⟦AK" + "{{join:aws-id}}⟧";\n',
      kinds: ['id'],
    },
    {
      form: '24 the id of a pre-signed URL',
      path: 'links.md',
      kinds: ['reference'],
      text: 'https://b.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=⟦{{aws-id}}⟧%2F20260101%2Feu-west-1%2Fs3%2Faws4_request\n',
    },
    {
      form: '25 a secret that ends in /',
      path: '.env',
      text: 'AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\nAWS_SECRET_ACCESS_KEY=⟦{{aws-secret:/}}⟧\n',
    },
    {
      form: '26 a secret that starts with +',
      path: '.env',
      text: 'AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\nAWS_SECRET_ACCESS_KEY=⟦{{aws-secret:+}}⟧\n',
    },
    {
      form: '27 CRLF line ends',
      path: '.env',
      text: 'AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\r\nAWS_SECRET_ACCESS_KEY=⟦{{aws-secret}}⟧\r\n',
    },
    {
      form: '28 value on the next line in YAML',
      path: 'values.yaml',
      text: 'accessKeyId: >-\n  ⟦{{aws-id}}⟧\nsecretAccessKey: >-\n  ⟦{{aws-secret}}⟧\n',
    },
    {
      form: '29 two profiles',
      path: 'credentials',
      kinds: ['pair', 'pair'],
      text: '[default]\naws_access_key_id = ⟦{{aws-id#1}}⟧\naws_secret_access_key = ⟦{{aws-secret#1}}⟧\n[work]\naws_access_key_id = ⟦{{aws-id#2}}⟧\naws_secret_access_key = ⟦{{aws-secret#2}}⟧\n',
    },
  ],
  negatives: [
    { text: 'aws_access_key_id = {{published:aws-id}}\naws_secret_access_key = {{published:aws-secret}}\n' },
    { text: 'AWS_ACCESS_KEY_ID=AKIAXXXXXXXXXXXXXXXX\nAWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n' },
    { text: 'AWS_SDK_KEY={{0-9a-f*40}}\n' },
    { text: '"RoleId": "AROA{{A-Z2-7*17}}"\n' },
    { text: 'account = 111122223333\narn:aws:iam::111122223333:user/billing\n' },
    { text: 'AWS_SECRET_ACCESS_KEY=${SECRET}\nAWS_SECRET_ACCESS_KEY=$(vault read -field=secret aws/creds/deploy)\n' },
    { text: '"integrity": "sha1-{{A-Za-z0-9+/*27}}="\n' },
  ],
};
