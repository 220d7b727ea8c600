import type { Rule } from '../src/core/rule.ts';

// Account (AC) and key (SK) ids are half of a login. The other half has no prefix: it is known by its name or by standing
// beside its id.

export const twilio: readonly Rule[] = [
  {
    id: 'twilio-credentials',
    provider: 'twilio',
    title: 'Twilio auth token',
    titles: {
      pair: 'Twilio account or key with its secret',
      id: 'Twilio account or key id without its secret',
    },
    why: 'Id and secret together send messages and calls at your cost and read what was sent and recorded.',
    advice: [
      'Auth token: promote a secondary token, deploy it, and the old one is gone: https://console.twilio.com.',
      'API key: delete it on the API keys page and make a new one.',
    ],
    references: ['https://www.twilio.com/docs/iam/api-keys'],
    grades: { pair: 'critical', secret: 'high', id: 'low' },
    parts: [
      {
        role: 'id',
        shapes: [
          {
            type: 'token',
            pieces: [{ oneOf: ['AC', 'SK'] }, { set: '0-9a-f', min: 32, max: 32 }],
            notBefore: 'A-Za-z0-9+',
            notAfter: 'A-Za-z0-9+=',
          },
        ],
        checks: ['twilio-near'],
        entropy: 3,
        maskKeep: 2,
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'assignment',
            names: ['auth token', 'twilio token'],
            value: { set: '0-9a-f', min: 32, max: 32 },
            near: ['twilio'],
          },
          {
            type: 'assignment',
            names: [
              'twilio api secret',
              'twilio api key secret',
              'twilio key secret',
              'twilio secret',
              'twilio key',
              'api key secret',
              'api secret',
            ],
            value: { set: '0-9A-Za-z', min: 32, max: 32 },
            near: ['twilio'],
          },
        ],
        checks: ['not-a-digest'],
        entropy: 3,
        beside: { role: 'id', set: '0-9A-Za-z', min: 32, max: 32, within: 200 },
      },
    ],
    examples: [
      {
        text: 'TWILIO_ACCOUNT_SID=⟦AC{{0-9a-f*32}}⟧\nTWILIO_AUTH_TOKEN=⟦{{0-9a-f*32#2}}⟧\n',
        path: '.env',
        kinds: ['pair'],
        form: 'account id and auth token',
      },
      {
        text: 'const client = twilio("⟦AC{{0-9a-f*32}}⟧", "⟦{{0-9a-f*32#2}}⟧");',
        kinds: ['pair'],
        form: 'as arguments',
      },
      {
        text: 'twilioApiKeySid: ⟦SK{{0-9a-f*32}}⟧\ntwilioApiKeySecret: ⟦{{0-9A-Za-z*32}}⟧\n',
        kinds: ['pair'],
        form: 'API key and its secret',
      },
      {
        text: 'curl https://api.twilio.com/2010-04-01/Accounts -u ⟦AC{{0-9a-f*32}}⟧:⟦{{0-9a-f*32#2}}⟧',
        kinds: ['pair'],
        form: 'in a command',
      },
      { text: 'TWILIO_AUTH_TOKEN="⟦{{0-9a-f*32}}⟧"', kinds: ['secret'], form: 'the token alone' },
      { text: 'TWILIO_ACCOUNT_SID=⟦AC{{0-9a-f*32}}⟧', kinds: ['id'], form: 'the id alone (low)' },
    ],
    negatives: [
      { text: 'TWILIO_ACCOUNT_SID=ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
      { text: 'TWILIO_AUTH_TOKEN=your_auth_token' },
      { text: 'checksum SK{{0-9a-f*32}}', form: 'nothing of Twilio near' },
      { text: 'AUTH_TOKEN={{0-9a-f*32}}', form: 'nothing of Twilio near' },
      { text: 'twilio from {{0-9a-f*20}}AC{{0-9a-f*40}}', form: 'the middle of something longer' },
    ],
  },
];
