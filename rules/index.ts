// Every rule, in the order it is listed to people. Where two say the same of the same characters the earlier one counts,
// so the special ones come before the general ones.

import type { Rule } from '../src/core/rule.ts';
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import { connectionUrl } from './connection-url.ts';
import { datadog } from './datadog.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { google } from './google.ts';
import { jwt } from './jwt.ts';
import { npm } from './npm.ts';
import { privateKey } from './private-key.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { stripe } from './stripe.ts';
import { twilio } from './twilio.ts';

export const rules: readonly Rule[] = [
  ...aws,
  ...github,
  ...gitlab,
  ...npm,
  ...google,
  ...azure,
  ...slack,
  ...stripe,
  ...twilio,
  ...sendgrid,
  ...datadog,
  ...privateKey,
  ...jwt,
  ...connectionUrl,
];
