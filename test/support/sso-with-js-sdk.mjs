// Uses each profile that it is given as the JavaScript SDK does and prints who AWS says it is: the other judge of the token
// cache we write. In a process of its own, since the SDK remembers files, and so that the profiles are those of HOME.
import { readFileSync } from 'node:fs';

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromSSO } from '@aws-sdk/credential-provider-sso';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const arns = [];
for (const profile of JSON.parse(readFileSync(0, 'utf8')).profiles) {
  const client = new STSClient({ region: 'eu-west-1', credentials: fromSSO({ profile }) });
  const answer = await client
    .send(new GetCallerIdentityCommand({}))
    .catch(({ name }) => ({ Arn: name }));
  arns.push(answer.Arn);
}
process.stdout.write(JSON.stringify({ arns }));
