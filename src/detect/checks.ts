// Every check that a rule can name. Checks are pure: what they see is the value and the text around it.

import type { Checks } from './check.ts';
import { awsChecks } from './checks/aws.ts';
import { azureChecks } from './checks/azure.ts';
import { connectionUrlChecks } from './checks/connection-url.ts';

import { githubChecks } from './checks/github.ts';
import { gitlabChecks } from './checks/gitlab.ts';
import { googleChecks } from './checks/google.ts';
import { jwtChecks } from './checks/jwt.ts';
import { lookalikeChecks } from './checks/lookalikes.ts';
import { npmChecks } from './checks/npm.ts';
import { privateKeyChecks } from './checks/private-key.ts';
import { sampleChecks } from './checks/samples.ts';
import { slackChecks } from './checks/slack.ts';
import { stripeChecks } from './checks/stripe.ts';
import { twilioChecks } from './checks/twilio.ts';

export const checks: Checks = {
  ...awsChecks,
  ...azureChecks,
  ...connectionUrlChecks,
  ...lookalikeChecks,
  ...githubChecks,
  ...gitlabChecks,
  ...googleChecks,
  ...jwtChecks,
  ...npmChecks,
  ...privateKeyChecks,
  ...sampleChecks,
  ...slackChecks,
  ...stripeChecks,
  ...twilioChecks,
};
