import type { Rule } from '../src/core/rule.ts';

export const sendgrid: readonly Rule[] = [
  {
    id: 'sendgrid-api-key',
    provider: 'sendgrid',
    title: 'SendGrid API key',
    why: 'It sends mail from your domain, which your customers and their filters trust.',
    advice: [
      'Delete it and make a new one with the rights it needs: https://app.sendgrid.com/settings/api_keys.',
      'Look at the activity feed for mail that is not yours.',
    ],
    references: ['https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'SG.' },
              { set: '\\w-', min: 20, max: 24 },
              { text: '.' },
              { set: '\\w-', min: 39, max: 50 },
            ],
          },
        ],
        entropy: 3.5,
        strong: true,
        maskKeep: 3,
      },
    ],
    examples: [
      { text: 'SENDGRID_API_KEY=⟦SG.{{\\w\\-*22}}.{{\\w\\-*43}}⟧', form: 'API key' },
      { text: "sgMail.setApiKey('⟦SG.{{\\w\\-*22}}.{{\\w\\-*43}}⟧')", form: 'in code' },
    ],
    negatives: [
      {
        text: 'SENDGRID_API_KEY=SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      },
      { text: 'SG.{{\\w\\-*22}}..{{\\w\\-*43}}' },
      { text: 'SG.your_key.here' },
    ],
  },
];
