import type { Rule } from '../src/core/rule.ts';

// AWS: access keys in every form people leak them, and AWS's other credentials.

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
      checks: ['aws-secret', 'not-published-sample'],
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
            'aws sec key',
            'spaces secret',
          ],
          notNames: [
            'secretkeybase',
            'clientsecretkey',
            'webhooksecretkey',
            'consumersecretkey',
            'jwtsecretkey',
            'sessionsecretkey',
            'cookiesecretkey',
            'csrfsecretkey',
            'captchasecretkey',
            'flasksecretkey',
            'djangosecretkey',
          ],
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
      path: 'config.js',
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
      decodedBy: ['base64'],
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
    {
      form: '15 a secret alone, other name',
      path: '.env',
      kinds: ['secret'],
      text: 's3_secret: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: '16 a pair thirty lines apart',
      path: 'settings.py',
      text:
        'ACCESS_KEY = "⟦{{aws-id}}⟧"\n' +
        'OPTION = 1\n'.repeat(30) +
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
      decodedBy: ['percent'],
      text: 's3://⟦{{aws-id}}⟧:⟦{{pct({{aws-secret:/}})}}⟧@my-bucket/path\n',
    },
    {
      form: '23 split and concatenated literals',
      path: 'hidden.js',
      decodedBy: ['concat'],
      text: 'const accessKeyId = "⟦{{plus({{aws-id}})}}⟧";\nconst secretAccessKey = "⟦{{plus({{aws-secret}})}}⟧";\n',
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
    {
      form: '30 UTF-16 without a byte order mark',
      path: 'settings.ps1',
      text: '{{utf-16le(AWS_ACCESS_KEY_ID=⟦{{aws-id}}⟧\nAWS_SECRET_ACCESS_KEY=⟦{{aws-secret}}⟧\n)}}',
    },
    {
      form: 'two profiles in JSON on one line',
      path: 'profiles.json',
      kinds: ['pair', 'pair'],
      text: '[{"accessKeyId":"⟦{{aws-id#1}}⟧","secretAccessKey":"⟦{{aws-secret#1}}⟧"},{"accessKeyId":"⟦{{aws-id#2}}⟧","secretAccessKey":"⟦{{aws-secret#2}}⟧"}]\n',
    },
    {
      form: 'ids first, then their secrets',
      path: '.env',
      kinds: ['pair', 'pair'],
      text: 'DEV_AWS_ACCESS_KEY_ID=⟦{{aws-id#1}}⟧\nPROD_AWS_ACCESS_KEY_ID=⟦{{aws-id#2}}⟧\nPROD_AWS_SECRET_ACCESS_KEY=⟦{{aws-secret#2}}⟧\nDEV_AWS_SECRET_ACCESS_KEY=⟦{{aws-secret#1}}⟧\n',
    },
    {
      form: 'lists of ids and of secrets',
      path: 'keys.py',
      kinds: ['pair', 'pair'],
      text: 'ACCESS_KEYS = ["⟦{{aws-id#1}}⟧", "⟦{{aws-id#2}}⟧"]\nSECRET_KEYS = ["⟦{{aws-secret#1}}⟧", "⟦{{aws-secret#2}}⟧"]\n',
    },
    {
      form: 'CSV with user names and several rows',
      path: 'new_user_credentials.csv',
      kinds: ['pair', 'pair'],
      text: 'User name,Password,Access key ID,Secret access key,Console login link\r\nanna,,⟦{{aws-id#1}}⟧,⟦{{aws-secret#1}}⟧,https://111122223333.signin.aws.amazon.com/console\r\nben,,⟦{{aws-id#2}}⟧,⟦{{aws-secret#2}}⟧,https://111122223333.signin.aws.amazon.com/console\r\n',
    },
    {
      form: 'key file of a root user',
      path: 'rootkey.csv',
      text: 'AWSAccessKeyId=⟦{{aws-id}}⟧\r\nAWSSecretKey=⟦{{aws-secret}}⟧\r\n',
    },
    {
      form: 'Hadoop XML',
      path: 'core-site.xml',
      text: '<configuration>\n  <property>\n    <name>fs.s3a.access.key</name>\n    <value>⟦{{aws-id}}⟧</value>\n  </property>\n  <property>\n    <name>fs.s3a.secret.key</name>\n    <value>⟦{{aws-secret}}⟧</value>\n  </property>\n</configuration>\n',
    },
    {
      form: 'Spark and Hadoop properties',
      path: 'spark-defaults.conf',
      text: 'spark.hadoop.fs.s3a.access.key ⟦{{aws-id}}⟧\nspark.hadoop.fs.s3a.secret.key ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'old Hadoop names',
      path: 'core-site.xml',
      text: '<property><name>fs.s3n.awsAccessKeyId</name><value>⟦{{aws-id}}⟧</value></property>\n<property><name>fs.s3n.awsSecretAccessKey</name><value>⟦{{aws-secret}}⟧</value></property>\n',
    },
    {
      form: 'Java properties',
      path: 'AwsCredentials.properties',
      text: 'accessKey=⟦{{aws-id}}⟧\nsecretKey=⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Spring',
      path: 'application.yml',
      text: 'spring:\n  cloud:\n    aws:\n      credentials:\n        access-key: ⟦{{aws-id}}⟧\n        secret-key: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Terraform state: a secret under a neutral name',
      path: 'terraform.tfstate',
      text: '{\n  "type": "aws_iam_access_key",\n  "instances": [\n    {\n      "attributes": {\n        "create_date": "2026-01-01T00:00:00Z",\n        "id": "⟦{{aws-id}}⟧",\n        "secret": "⟦{{aws-secret}}⟧",\n        "status": "Active",\n        "user": "billing"\n      }\n    }\n  ]\n}\n',
    },
    {
      form: 'passwd-s3fs',
      path: '.passwd-s3fs',
      text: '⟦{{aws-id#1}}⟧:⟦{{aws-secret#1}}⟧\nmybucket:⟦{{aws-id#2}}⟧:⟦{{aws-secret#2}}⟧\n',
      kinds: ['pair', 'pair'],
    },
    {
      form: 's3cfg',
      path: '.s3cfg',
      text: '[default]\naccess_key = ⟦{{aws-id}}⟧\nbucket_location = US\nhost_base = s3.amazonaws.com\nsecret_key = ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'rclone.conf',
      path: 'rclone.conf',
      text: '[s3]\ntype = s3\nprovider = AWS\naccess_key_id = ⟦{{aws-id}}⟧\nsecret_access_key = ⟦{{aws-secret}}⟧\nregion = eu-west-1\n',
    },
    {
      form: 'boto configuration',
      path: '.boto',
      text: '[Credentials]\naws_access_key_id = ⟦{{aws-id}}⟧\naws_secret_access_key = ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Postman collection',
      path: 'api.postman_collection.json',
      text: '{"auth":{"type":"awsv4","awsv4":[{"key":"secretKey","value":"⟦{{aws-secret}}⟧","type":"string"},{"key":"accessKey","value":"⟦{{aws-id}}⟧","type":"string"}]}}\n',
    },
    {
      form: 'Insomnia export',
      path: 'insomnia.yaml',
      text: 'authentication:\n  type: iam\n  accessKeyId: ⟦{{aws-id}}⟧\n  secretAccessKey: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Bruno request',
      path: 'request.bru',
      text: 'auth:awsv4 {\n  accessKeyId: ⟦{{aws-id}}⟧\n  secretAccessKey: ⟦{{aws-secret}}⟧\n  service: s3\n}\n',
    },
    {
      form: 'curl with --aws-sigv4',
      path: 'call.sh',
      text: 'curl --user ⟦{{aws-id}}⟧:⟦{{aws-secret}}⟧ --aws-sigv4 "aws:amz:eu-west-1:execute-api" https://api.example.com/\n',
    },
    {
      form: 'notebook',
      path: 'analysis.ipynb',
      text: '{"cells":[{"source":["import boto3\\n","s3 = boto3.client(\\"s3\\", aws_access_key_id=\\"⟦{{aws-id}}⟧\\",\\n","    aws_secret_access_key=\\"⟦{{aws-secret}}⟧\\")\\n"]}]}\n',
    },
    {
      form: 'IDE run configuration',
      path: '.idea/runConfigurations/app.xml',
      text: '<envs>\n  <env name="AWS_ACCESS_KEY_ID" value="⟦{{aws-id}}⟧" />\n  <env name="AWS_SECRET_ACCESS_KEY" value="⟦{{aws-secret}}⟧" />\n</envs>\n',
    },
    {
      form: 'VS Code launch.json',
      path: '.vscode/launch.json',
      text: '{"configurations":[{"name":"app","env":{"AWS_ACCESS_KEY_ID":"⟦{{aws-id}}⟧","AWS_SECRET_ACCESS_KEY":"⟦{{aws-secret}}⟧"}}]}\n',
    },
    {
      form: 'GitHub workflow',
      path: 'deploy.yml',
      text: '      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          aws-access-key-id: ⟦{{aws-id}}⟧\n          aws-secret-access-key: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Kubernetes env with name and value',
      path: 'deployment.yaml',
      text: 'env:\n  - name: AWS_ACCESS_KEY_ID\n    value: ⟦{{aws-id}}⟧\n  - name: AWS_SECRET_ACCESS_KEY\n    value: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Kubernetes env with the value before its name',
      path: 'deployment.yaml',
      text: 'env:\n  - value: ⟦{{aws-id}}⟧\n    name: AWS_ACCESS_KEY_ID\n  - value: v0\n    name: N0\n  - value: v1\n    name: N1\n  - value: v2\n    name: N2\n  - value: v3\n    name: N3\n  - value: v4\n    name: N4\n  - value: v5\n    name: N5\n  - value: ⟦{{aws-secret}}⟧\n    name: AWS_SECRET_ACCESS_KEY\n  - value: {{A-Za-z0-9*40}}\n    name: OTHER\n',
    },
    {
      form: 'ECS task definition with the value before its name',
      path: 'task.json',
      text: '{"environment":[{"value":"⟦{{aws-id}}⟧","name":"AWS_ACCESS_KEY_ID"},{"value":"eu-west-1","name":"REGION"},{"value":"⟦{{aws-secret}}⟧","name":"AWS_SECRET_ACCESS_KEY"}]}\n',
    },
    {
      form: 'a list that is joined',
      path: 'hidden.js',
      decodedBy: ['concat'],
      text: "const accessKeyId = ['⟦{{items({{aws-id}})}}⟧'].join('');\nconst secretAccessKey = ['⟦{{items({{aws-secret}})}}⟧'].join('');\n",
    },
    {
      form: 'literals that a format puts together',
      path: 'Keys.java',
      decodedBy: ['concat'],
      text: "String accessKeyId = String.format('%s%s', '⟦{{items({{aws-id}})}}⟧');\nString secretAccessKey = String.format('%s%s', '⟦{{items({{aws-secret}})}}⟧');\n",
    },
    {
      form: '!Join of CloudFormation',
      path: 'template.yaml',
      decodedBy: ['concat'],
      text: "  AWS_ACCESS_KEY_ID: !Join ['', ['⟦{{items({{aws-id}})}}⟧']]\n  AWS_SECRET_ACCESS_KEY: !Join ['', ['⟦{{items({{aws-secret}})}}⟧']]\n",
    },
    {
      form: 'Fn::Join of CloudFormation in JSON',
      path: 'template.json',
      decodedBy: ['concat'],
      text: `"AWS_ACCESS_KEY_ID": {"Fn::Join": ["", ['⟦{{items({{aws-id}})}}⟧']]},\n"AWS_SECRET_ACCESS_KEY": {"Fn::Join": ["", ['⟦{{items({{aws-secret}})}}⟧']]}\n`,
    },
    {
      form: 'fmt.Sprintf of Go',
      path: 'main.go',
      decodedBy: ['concat'],
      text: `awsAccessKeyID := fmt.Sprintf("%s%s", '⟦{{items({{aws-id}})}}⟧')\nawsSecretAccessKey := fmt.Sprintf("%s%s", '⟦{{items({{aws-secret}})}}⟧')\n`,
    },
    {
      form: '-join of PowerShell',
      path: 'deploy.ps1',
      decodedBy: ['concat'],
      text: "$AwsAccessKeyId = ('⟦{{items({{aws-id}})}}⟧') -join ''\n$AwsSecretAccessKey = -join('⟦{{items({{aws-secret}})}}⟧')\n",
    },
    {
      form: 'concat! of Rust',
      path: 'keys.rs',
      decodedBy: ['concat'],
      text: "const AWS_ACCESS_KEY_ID: &str = concat!('⟦{{items({{aws-id}})}}⟧');\nconst AWS_SECRET_ACCESS_KEY: &str = concat!('⟦{{items({{aws-secret}})}}⟧');\n",
    },
    {
      form: 'concatenation over lines in Visual Basic',
      path: 'Keys.vb',
      decodedBy: ['concat'],
      text: 'Const AwsAccessKeyId = "⟦{{aws-id}}⟧"\nConst AwsSecretAccessKey = "⟦{{A-Za-z0-9*20#1}}" & _\n    "{{A-Za-z0-9*20#2}}⟧"\n',
    },
    {
      form: 'a session token in folded lines',
      path: 'values.yaml',
      kinds: ['session'],
      decodedBy: ['concat'],
      text: 'sessionToken: >-\n  ⟦IQoJb3JpZ2luX2Vj{{A-Za-z0-9+/*48}}\n  {{A-Za-z0-9+/*64#2}}\n  {{A-Za-z0-9+/*40}}⟧\nregion: eu-west-1\n',
    },
    {
      form: 'a whole credentials file in a Kubernetes Secret',
      path: 'velero.yaml',
      decodedBy: ['base64'],
      text: 'kind: Secret\ndata:\n  cloud: {{b64([default]\naws_access_key_id=⟦{{aws-id}}⟧\naws_secret_access_key=⟦{{aws-secret}}⟧\n)}}\n',
    },
    {
      form: 'base64 of the URL alphabet',
      path: 'config.json',
      decodedBy: ['base64'],
      text: '{"payload":"{{b64url(x[default]\naws_access_key_id = ⟦{{aws-id}}⟧\naws_secret_access_key = ⟦{{aws-secret}}⟧\n)}}"}\n',
    },
    {
      form: 'base64 shifted by two bytes',
      path: 'config.json',
      decodedBy: ['base64'],
      text: '{"payload":"{{b64(xy aws_access_key_id = ⟦{{aws-id}}⟧ aws_secret_access_key = ⟦{{aws-secret}}⟧ )}}"}\n',
    },
    {
      form: 'encoded PowerShell command: UTF-16 in base64',
      path: 'run.cmd',
      decodedBy: ['base64', 'utf-16le'],
      text: 'powershell -EncodedCommand {{b64({{utf-16le($Env:AWS_ACCESS_KEY_ID="⟦{{aws-id}}⟧"; $Env:AWS_SECRET_ACCESS_KEY="⟦{{aws-secret}}⟧")}})}}\n',
    },
    {
      form: 'JSON with escaped slashes',
      path: 'cache.json',
      decodedBy: ['escape'],
      text: '{"AccessKeyId":"⟦{{aws-id}}⟧","SecretAccessKey":"⟦{{slash({{aws-secret:/}})}}⟧"}\n',
    },
    {
      form: 'HTML entities',
      path: 'page.html',
      decodedBy: ['html'],
      text: '<td>Secret access key</td><td>⟦{{html({{aws-secret:/}})}}⟧</td>\n',
      kinds: ['secret'],
    },
    {
      form: 'percent-encoded query',
      path: 'access.log',
      decodedBy: ['percent'],
      text: 'GET /import?accessKeyId=⟦{{aws-id}}⟧&secretAccessKey=⟦{{pct({{aws-secret:/}})}}⟧&region=eu-west-1 HTTP/1.1\n',
    },
    {
      form: 'id and secret wholly in \\x escapes',
      path: 'dropper.js',
      decodedBy: ['escape'],
      text: 'var k = "⟦{{hex({{aws-id}})}}⟧";\n',
      kinds: ['id'],
    },
    {
      form: 'adjacent literals over lines',
      path: 'settings.py',
      decodedBy: ['concat'],
      text: 'SECRET_ACCESS_KEY = (\n    "⟦{{adjacent({{aws-secret}})}}⟧"\n)\nACCESS_KEY_ID = "⟦{{plus({{aws-id}})}}⟧"\n',
    },
    {
      form: 'PHP concatenation',
      path: 'config.php',
      decodedBy: ['concat'],
      text: "<?php $secretKey = '⟦{{dot({{aws-secret}})}}⟧';\n",
      kinds: ['secret'],
    },
    {
      form: 'Laravel: key and secret',
      path: 'config/filesystems.php',
      text: "'s3' => [\n    'driver' => 's3',\n    'key' => '⟦{{aws-id}}⟧',\n    'secret' => '⟦{{aws-secret}}⟧',\n],\n",
    },
    {
      form: 'Rails storage.yml',
      path: 'config/storage.yml',
      text: 'amazon:\n  service: S3\n  access_key_id: ⟦{{aws-id}}⟧\n  secret_access_key: ⟦{{aws-secret}}⟧\n  bucket: photos\n',
    },
    {
      form: '.NET settings',
      path: 'web.config',
      text: '<appSettings>\n  <add key="AWSAccessKey" value="⟦{{aws-id}}⟧" />\n  <add key="AWSSecretKey" value="⟦{{aws-secret}}⟧" />\n</appSettings>\n',
    },
    {
      form: 'plist',
      path: 'Info.plist',
      text: '<dict>\n\t<key>AWSAccessKeyId</key>\n\t<string>⟦{{aws-id}}⟧</string>\n\t<key>AWSSecretAccessKey</key>\n\t<string>⟦{{aws-secret}}⟧</string>\n</dict>\n',
    },
    {
      form: 'item assignment',
      path: 'app.py',
      text: 'config["AWS_ACCESS_KEY_ID"] = "⟦{{aws-id}}⟧"\nconfig["AWS_SECRET_ACCESS_KEY"] = "⟦{{aws-secret}}⟧"\n',
    },
    {
      form: 'default of an environment look-up',
      path: 'app.py',
      text: 'KEY = os.getenv("AWS_ACCESS_KEY_ID", "⟦{{aws-id}}⟧")\nSECRET = os.environ.get("AWS_SECRET_ACCESS_KEY", "⟦{{aws-secret}}⟧")\n',
    },
    {
      form: 'shell default',
      path: 'run.sh',
      text: 'export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-⟦{{aws-id}}⟧}\nexport AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-⟦{{aws-secret}}⟧}\n',
    },
    {
      form: 'fish and PowerShell',
      path: 'config.fish',
      text: 'set -gx AWS_ACCESS_KEY_ID ⟦{{aws-id}}⟧\nset -gx AWS_SECRET_ACCESS_KEY ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'PowerShell profile',
      path: 'profile.ps1',
      text: '$Env:AWS_ACCESS_KEY_ID = "⟦{{aws-id}}⟧"\n$Env:AWS_SECRET_ACCESS_KEY = "⟦{{aws-secret}}⟧"\n',
    },
    {
      form: 'answers of aws configure in a transcript',
      path: 'howto.md',
      text: '$ aws configure\nAWS Access Key ID [None]: ⟦{{aws-id}}⟧\nAWS Secret Access Key [None]: ⟦{{aws-secret}}⟧\nDefault region name [None]: eu-west-1\n',
    },
    {
      form: 'Terraform variables',
      path: 'variables.tf',
      text: 'variable "aws_access_key" {\n  type    = string\n  default = "⟦{{aws-id}}⟧"\n}\n\nvariable "aws_secret_key" {\n  type    = string\n  default = "⟦{{aws-secret}}⟧"\n}\n',
    },
    {
      form: 'kubeconfig exec',
      path: '.kube/config',
      text: 'users:\n- name: eks\n  user:\n    exec:\n      command: aws\n      env:\n      - name: AWS_ACCESS_KEY_ID\n        value: ⟦{{aws-id}}⟧\n      - name: AWS_SECRET_ACCESS_KEY\n        value: ⟦{{aws-secret}}⟧\n',
    },
    {
      form: 'Ruby and Chef',
      path: 'knife.rb',
      text: 'knife[:aws_access_key_id] = "⟦{{aws-id}}⟧"\nknife[:aws_secret_access_key] = "⟦{{aws-secret}}⟧"\n',
    },
    {
      form: 'Go: static credentials',
      path: 'main.go',
      text: 'creds := credentials.NewStaticCredentials("⟦{{aws-id}}⟧", "⟦{{aws-secret}}⟧", "")\n',
    },
    {
      form: 'temporary credentials with their token',
      path: 'credentials',
      kinds: ['session'],
      text: '[tmp]\naws_access_key_id = ⟦{{aws-id:ASIA}}⟧\naws_secret_access_key = ⟦{{aws-secret}}⟧\naws_session_token = ⟦{{aws-token}}⟧\n',
    },
    {
      form: 'a session token alone',
      path: 'debug.log',
      kinds: ['session'],
      text: 'x-amz-security-token: ⟦{{aws-token}}⟧\n',
    },
    {
      form: 'a URL signed with temporary credentials',
      path: 'access.log',
      kinds: ['reference'],
      decodedBy: ['percent'],
      text: 'https://b.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=⟦{{aws-id:ASIA}}⟧%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Security-Token=⟦{{pct({{aws-token}})}}⟧&X-Amz-Signature={{0-9a-f*64}}\n',
    },
    {
      form: 'CloudTrail record',
      path: 'trail.json',
      kinds: ['reference'],
      text: '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA{{A-Z2-7*17}}","accessKeyId":"⟦{{aws-id}}⟧","userName":"billing"},"eventSource":"s3.amazonaws.com"}\n',
    },
    {
      form: 'Markdown table',
      path: 'runbook.md',
      text: '| Access key ID | `⟦{{aws-id}}⟧` |\n| Secret access key | `⟦{{aws-secret}}⟧` |\n',
    },
    {
      form: 'Jenkins environment',
      path: 'Jenkinsfile',
      text: "environment {\n  AWS_ACCESS_KEY_ID = '⟦{{aws-id}}⟧'\n  AWS_SECRET_ACCESS_KEY = '⟦{{aws-secret}}⟧'\n}\n",
    },
  ],
  negatives: [
    {
      text: 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
    },
    { text: 'AWS_ACCESS_KEY_ID=AKIA{{X*16}}\nAWS_SECRET_ACCESS_KEY={{x*40}}\n' },
    { text: "const secretKey = ['{{items({{aws-secret}})}}'];\n" },
    { text: "secret_keys = format('%s, %s', '{{items({{aws-secret}})}}')\n" },
    { text: 'AWS_SDK_KEY={{0-9a-f*40}}\n' },
    { text: '"RoleId": "AROA{{A-Z2-7*17}}"\n' },
    { text: 'account = 111122223333\narn:aws:iam::111122223333:user/billing\n' },
    {
      text: 'AWS_SECRET_ACCESS_KEY=${SECRET}\nAWS_SECRET_ACCESS_KEY=$(vault read -field=secret aws/creds/deploy)\n',
    },
    { text: '"integrity": "sha1-{{A-Za-z0-9+/*27}}="\n' },
    {
      text: '"accessKeyId": "AKIAIOSFODNN7EXAMPLE",\n"sessionToken": "{{A-Za-z0-9+/*300}}"\n',
    },
    { text: 'X-Amz-Security-Token: AQoDYXdzEPT{{A-Za-z0-9+/*60}}EXAMPLE{{A-Za-z0-9+/*200}}==\n' },
    { text: '# {{aws-id@123456789012}} is of account 123456789012\n' },
    { text: '# {{aws-id:ASIA@000000000000}} is of account 000000000000\n' },
  ],
};

const smtp: Rule = {
  id: 'aws-ses-smtp',
  provider: 'aws',
  title: 'Amazon SES SMTP password',
  titles: { pair: 'Amazon SES SMTP user with its password' },
  why: 'Whoever can read it can send mail in your name, and its user name is an AWS access key id.',
  advice: [
    'Create new SMTP credentials in the SES console, move the sender to them, then delete the old IAM user (ses-smtp-user.…).',
    'SSO does not replace SMTP credentials: keep them in a secret store, with a policy that allows ses:SendRawEmail only.',
  ],
  references: ['https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html'],
  grades: { pair: 'critical', secret: 'high' },
  parts: [
    {
      role: 'id',
      strong: true,
      onlyJoined: true,
      maskKeep: 4,
      checks: ['aws-key-id'],
      shapes: [
        {
          type: 'token',
          pieces: [{ text: 'AKIA' }, { set: base32, min: 16, max: 16 }],
          notAfter: 'A-Za-z0-9',
        },
      ],
    },
    {
      role: 'secret',
      checks: ['smtp-password'],
      shapes: [
        {
          type: 'assignment',
          names: [
            'smtp password',
            'smtp pass',
            'smtp secret',
            'email host password',
            'mail password',
            'mailer password',
          ],
          value: { set: base64, min: 44, max: 44 },
        },
      ],
      beside: { role: 'id', set: base64, min: 44, max: 44, within: 512 },
    },
  ],
  examples: [
    {
      form: 'SES: mail settings',
      path: '.env',
      kinds: ['pair'],
      text: 'SMTP_HOST=email-smtp.eu-west-1.amazonaws.com\nSMTP_USERNAME=⟦{{aws-id}}⟧\nSMTP_PASSWORD=⟦{{aws-smtp}}⟧\n',
    },
    {
      form: 'SES: CSV of the console',
      path: 'ses.credentials.csv',
      kinds: ['pair'],
      text: 'IAM User Name,Smtp Username,Smtp Password\r\nses-smtp-user.20260101,⟦{{aws-id}}⟧,⟦{{aws-smtp}}⟧\r\n',
    },
  ],
  negatives: [{ text: 'SMTP_PASSWORD={{x*44}}\n' }, { text: 'SMTP_PASSWORD={{A-Za-z0-9*12}}\n' }],
};

const bedrock: Rule = {
  id: 'aws-bedrock-api-key',
  provider: 'aws',
  title: 'Amazon Bedrock API key',
  titles: { session: 'Amazon Bedrock short-term API key' },
  why: 'Whoever can read it can call Amazon Bedrock models at your cost.',
  advice: [
    'Delete the key: IAM › Users › BedrockAPIKey-… › Security credentials › API keys for Amazon Bedrock.',
    'Prefer short-term keys made from an SSO session; they end with it.',
  ],
  references: ['https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html'],
  grades: { secret: 'high', session: 'medium' },
  parts: [
    {
      role: 'token',
      strong: true,
      maskKeep: 4,
      checks: ['bedrock-key'],
      shapes: [
        {
          type: 'token',
          pieces: [
            { text: 'ABSK' },
            { set: base64, min: 109, max: 269 },
            { set: '=', min: 0, max: 2 },
          ],
          notBefore: base64,
          notAfter: 'A-Za-z0-9+/=',
        },
        {
          type: 'token',
          pieces: [
            { text: 'bedrock-api-key-' },
            { text: 'YmVkcm9jay5hbWF6b25hd3MuY29t' },
            { set: base64, min: 64 },
            { set: '=', min: 0, max: 2 },
          ],
          notAfter: 'A-Za-z0-9+/=',
          as: { kind: 'session' },
        },
      ],
    },
  ],
  examples: [
    {
      form: 'Bedrock long-term key',
      path: '.env',
      text: 'AWS_BEARER_TOKEN_BEDROCK=⟦ABSK{{A-Za-z0-9+/*128}}⟧\n',
    },
    {
      form: 'Bedrock short-term key',
      path: '.env',
      kinds: ['session'],
      text: 'AWS_BEARER_TOKEN_BEDROCK=⟦bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{{A-Za-z0-9+/*400}}⟧\n',
    },
  ],
  negatives: [
    { text: 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t\n' },
    { text: 'ABSK{{A*128}}\n' },
    { text: 'ABSK{{A-Za-z0-9+/*40}}\n' },
  ],
};

const appsync: Rule = {
  id: 'aws-appsync-api-key',
  provider: 'aws',
  title: 'AWS AppSync API key',
  why: 'Whoever can read it can call the GraphQL API that accepts it, until it expires.',
  advice: [
    'Delete the key in the AppSync console or let it expire, and use IAM or Cognito authorization instead.',
  ],
  references: ['https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html'],
  grades: { secret: 'high' },
  parts: [
    {
      role: 'token',
      strong: true,
      maskKeep: 4,
      entropy: 3,
      shapes: [
        {
          type: 'token',
          pieces: [{ text: 'da2-' }, { set: 'a-z0-9', min: 26, max: 26 }],
          notBefore: 'A-Za-z0-9_-',
          notAfter: 'A-Za-z0-9_-',
        },
      ],
    },
  ],
  examples: [
    {
      form: 'AppSync API key',
      path: 'aws-exports.js',
      text: '  "aws_appsync_apiKey": "⟦da2-{{a-z0-9*26}}⟧",\n',
    },
  ],
  negatives: [
    { text: 'da2-{{x*26}}\n' },
    { text: 'da2-{{a-z0-9*25}}\n' },
    { text: 'da2-{{a-z0-9*27}}\n' },
  ],
};

const mws: Rule = {
  id: 'amazon-mws-auth-token',
  provider: 'aws',
  title: 'Amazon Marketplace Web Service token',
  why: 'Whoever can read it can act for the seller who authorized it.',
  advice: [
    'Revoke the authorization in Seller Central and move to the Selling Partner API: MWS itself is retired.',
  ],
  references: ['https://developer-docs.amazon.com/sp-api/docs/migrating-authorization'],
  grades: { secret: 'high' },
  parts: [
    {
      role: 'token',
      strong: true,
      maskKeep: 9,
      entropy: 2.5,
      shapes: [
        {
          type: 'token',
          pieces: [
            { text: 'amzn.mws.' },
            { set: '0-9a-f', min: 8, max: 8 },
            { text: '-' },
            { set: '0-9a-f', min: 4, max: 4 },
            { text: '-' },
            { set: '0-9a-f', min: 4, max: 4 },
            { text: '-' },
            { set: '0-9a-f', min: 4, max: 4 },
            { text: '-' },
            { set: '0-9a-f', min: 12, max: 12 },
          ],
        },
      ],
    },
  ],
  examples: [{ form: 'MWS token', path: 'seller.ini', text: 'token = ⟦amzn.mws.{{uuid}}⟧\n' }],
  negatives: [{ text: 'amzn.mws.{{0*8}}-{{0*4}}-{{0*4}}-{{0*4}}-{{0*12}}\n' }],
};

const s3Compatible: Rule = {
  id: 's3-compatible-key',
  provider: 's3-compatible',
  title: 'S3-compatible access key with its secret',
  why: 'Whoever can read it can reach the buckets of that store. It is no AWS key: AWS SSO does not replace it.',
  advice: [
    'Make a new key in the console of the store, move its users to it, then delete this one.',
    'Keep it in a secret store or in the environment of the one program that needs it.',
  ],
  references: ['https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-endpoints.html'],
  grades: { pair: 'critical' },
  refine: 's3-compatible',
  parts: [
    {
      role: 'id',
      onlyJoined: true,
      maskKeep: 4,
      checks: ['store-key-id', 'not-published-sample'],
      shapes: [
        {
          type: 'assignment',
          names: [
            'access key id',
            'access key',
            'accesskey',
            'minio root user',
            'key id',
            'aws key',
          ],
          notNames: ['secret'],
          value: { set: 'A-Za-z0-9_.-', min: 8, max: 64 },
        },
        {
          type: 'token',
          pieces: [
            { oneOf: ['GOOG1E', 'LTAI', 'DO00', 'DO801', 'SCW', 'LSIA', 'LKIA'] },
            { set: 'A-Za-z0-9', min: 12, max: 60 },
          ],
        },
      ],
    },
    {
      role: 'secret',
      onlyJoined: true,
      checks: ['store-secret', 'not-published-sample'],
      shapes: [
        {
          type: 'assignment',
          names: [
            'secret access key',
            'secret key',
            'access key secret',
            'access secret',
            'minio root password',
            's3 secret',
            'aws secret',
            'spaces secret',
          ],
          value: { set: 'A-Za-z0-9+/=_-', min: 16, max: 128 },
        },
      ],
    },
  ],
  examples: [
    {
      form: 'S3-compatible: Cloudflare R2',
      path: 'rclone.conf',
      text: '[r2]\ntype = s3\nprovider = Cloudflare\naccess_key_id = ⟦{{0-9a-f*32}}⟧\nsecret_access_key = ⟦{{0-9a-f*64}}⟧\nendpoint = https://{{0-9a-f#2*32}}.r2.cloudflarestorage.com\n',
    },
    {
      form: 'S3-compatible: MinIO client',
      path: '.mc/config.json',
      text: '{"aliases":{"home":{"url":"https://minio.example.net:9000","accessKey":"⟦{{A-Z0-9*20}}⟧","secretKey":"⟦{{aws-secret}}⟧","api":"s3v4"}}}\n',
    },
    {
      form: 'S3-compatible: Wasabi in AWS files',
      path: 'credentials',
      text: '[wasabi]\naws_access_key_id = ⟦{{A-Z0-9*20}}⟧\naws_secret_access_key = ⟦{{aws-secret}}⟧\nendpoint_url = https://s3.wasabisys.com\n',
    },
  ],
  negatives: [
    { text: 'endpoint: http://localhost:9000\naccessKey: minioadmin\nsecretKey: minioadmin\n' },
    { text: 'access_key = {{A-Za-z0-9*20}}\nsecret_key = {{0-9a-f*40}}\n' },
    {
      text: 's3 endpoint\naccess_key = BackingKeyResponseType\nsecret_key = KeyMaterialDescriptionTypes\n',
    },
    { text: 's3 endpoint\naccess_key: ${S3_ACCESS_KEY}\nsecret_key: ${S3_SECRET_KEY}\n' },
  ],
};

export const aws: readonly Rule[] = [accessKey, smtp, bedrock, appsync, mws, s3Compatible];
