// How the AWS SDK is bundled. Its ES modules, since esbuild can leave out what is not used of them (IAM alone would be 270 KB
// otherwise); without its search for credentials, which is a third of the rest.
import { join } from 'node:path';

import { root } from './inputs.js';

export const awsSdk = {
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': join(root, 'scripts/shims/no-default-credentials.js'),
  },
};
