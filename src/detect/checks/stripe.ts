import type { Checks } from '../check.ts';

export const stripeChecks: Checks = {
  /** Several payment and identity services borrowed the prefix; one of them can be told by what follows it. */
  'stripe-issuer': (value, { before }) => {
    if (/^sk_live_a2V5X/.test(value)) return { title: 'WorkOS or Highnote secret key' };
    const other = /\b(clerk|paystack|apideck|picatic)/i.exec(before.slice(-200))?.[1];
    if (other === undefined) return true;
    const name = other.charAt(0).toUpperCase() + other.slice(1).toLowerCase();
    return { title: `${name} secret key` };
  },
};
