import type { Checks } from '../check.ts';

export const twilioChecks: Checks = {
  /** Two capitals before an MD5 in prose or base64 are as good: something near must speak of Twilio. */
  'twilio-near': (_value, { path, before, after }) =>
    /twilio|sid\b|_sid/i.test(`${path} ${before.slice(-300)} ${after.slice(0, 300)}`),
};
