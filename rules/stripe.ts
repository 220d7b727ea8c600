import type { Rule } from '../src/core/rule.ts';

// The prefix says mode and kind. Publishable keys (pk_) are made for browsers and no finding; test keys move no money.

export const stripe: readonly Rule[] = [
  {
    id: 'stripe-key',
    provider: 'stripe',
    title: 'Stripe secret key',
    why: 'A live secret key charges, refunds and pays out real money and reads the data of every customer.',
    advice: [
      'Roll it: https://dashboard.stripe.com/apikeys; the old key can live on for some hours while you deploy the new one.',
      'Look at the request logs for calls that are not yours.',
      'Use a restricted key with only the rights it needs.',
    ],
    references: ['https://docs.stripe.com/keys'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ oneOf: ['sk_live_', 'sk_prod_'] }, { set: 'A-Za-z0-9', min: 20, max: 247 }],
          },
          {
            type: 'token',
            pieces: [{ oneOf: ['rk_live_', 'rk_prod_'] }, { set: 'A-Za-z0-9', min: 20, max: 247 }],
            as: { title: 'Stripe restricted key' },
          },
          {
            type: 'token',
            pieces: [{ oneOf: ['sk_test_', 'rk_test_'] }, { set: 'A-Za-z0-9', min: 20, max: 247 }],
            as: { title: 'Stripe test key', severity: 'low' },
          },
        ],
        checks: ['not-published-sample', 'stripe-issuer'],
        entropy: 2.5,
        strong: true,
        maskKeep: 8,
      },
    ],
    examples: [
      { text: 'STRIPE_SECRET_KEY=⟦sk_live_{{A-Za-z0-9*24}}⟧', form: 'live key' },
      {
        text: 'const stripe = new Stripe("⟦sk_live_51{{A-Za-z0-9*97}}⟧");',
        form: 'live key, newer',
      },
      { text: 'stripe.api_key = "⟦rk_live_{{A-Za-z0-9*24}}⟧"', form: 'restricted key' },
      { text: 'STRIPE_SECRET_KEY=⟦sk_test_{{A-Za-z0-9*24}}⟧', form: 'test key (low)' },
    ],
    negatives: [
      { text: 'Stripe("pk_live_{{A-Za-z0-9*24}}")', form: 'publishable' },
      { text: 'STRIPE_PUBLISHABLE_KEY=pk_test_{{A-Za-z0-9*99}}', form: 'publishable' },
      { text: 'STRIPE_SECRET_KEY=sk_live_XXXXXXXXXXXXXXXXXXXXXXXX' },
      { text: 'STRIPE_SECRET_KEY=sk_test_your_key_here' },
      { text: 'task_test_{{a-z0-9*30}}', form: 'the middle of a word' },
    ],
  },
  {
    id: 'workos-api-key',
    provider: 'workos',
    title: 'WorkOS or Highnote secret key',
    why: 'It has the prefix of Stripe and the rights of your whole account at the service that made it.',
    advice: ['Roll it in the dashboard of WorkOS or Highnote and deploy the new one.'],
    references: ['https://workos.com/docs/glossary/api-key'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            // base64 of key_…
            pieces: [{ text: 'sk_live_a2V5X' }, { set: 'A-Za-z0-9', min: 20, max: 247 }],
          },
        ],
        entropy: 2.5,
        strong: true,
        maskKeep: 8,
      },
    ],
    examples: [{ text: 'WORKOS_API_KEY=⟦sk_live_a2V5X{{A-Za-z0-9*60}}⟧', form: 'live key' }],
    negatives: [{ text: 'WORKOS_API_KEY=sk_live_a2V5X...' }, { text: 'sk_live_{{b-z*24}}' }],
  },
  {
    id: 'stripe-webhook-secret',
    provider: 'stripe',
    title: 'Webhook signing secret (Stripe or Svix)',
    why: 'With it somebody can forge the events your service trusts, such as "paid".',
    advice: ['Roll the secret of the webhook endpoint in the dashboard and deploy the new one.'],
    references: ['https://docs.stripe.com/webhooks/signature'],
    grades: { secret: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: 'whsec_' }, { set: 'A-Za-z0-9+/', min: 32, max: 128 }],
          },
        ],
        entropy: 3,
        strong: true,
        maskKeep: 6,
      },
    ],
    examples: [{ text: 'STRIPE_WEBHOOK_SECRET=⟦whsec_{{A-Za-z0-9*32}}⟧', form: 'webhook secret' }],
    negatives: [{ text: 'STRIPE_WEBHOOK_SECRET=whsec_...' }, { text: 'whsec_{{A-Za-z0-9*12}}' }],
  },
];
