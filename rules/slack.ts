import type { Rule } from '../src/core/rule.ts';

// Every token says its kind: xoxb bot, xoxp user, xapp app, xoxe rotating; xoxa, xoxr, xoxs and xoxo are old kinds.
// A browser session is two values that are useless apart.

export const slack: readonly Rule[] = [
  {
    id: 'slack-token',
    provider: 'slack',
    title: 'Slack token',
    why: 'It reads and writes messages and files of the workspace, with the rights of the bot, the app or the person.',
    advice: [
      'Revoke it: https://api.slack.com/apps, or call auth.revoke with it.',
      'Look for what it read in the access logs of the workspace.',
    ],
    references: ['https://api.slack.com/authentication/token-types'],
    grades: { secret: 'high', session: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'xoxb-' },
              { set: '0-9', min: 8, max: 14 },
              { text: '-' },
              { set: 'A-Za-z0-9-', min: 14, max: 64 },
            ],
            as: { title: 'Slack bot token' },
          },
          {
            type: 'token',
            pieces: [
              { oneOf: ['xoxp-', 'xoxe-'] },
              { set: '0-9', min: 9, max: 14 },
              { text: '-' },
              { set: '0-9', min: 8, max: 14 },
              { text: '-' },
              { set: 'A-Za-z0-9-', min: 28, max: 80 },
            ],
            as: { title: 'Slack user token' },
          },
          {
            type: 'token',
            pieces: [
              { oneOf: ['xoxs-', 'xoxo-', 'xoxa-', 'xoxr-'] },
              { set: '0-9', min: 6, max: 14 },
              { text: '-' },
              { set: '0-9', min: 6, max: 14 },
              { text: '-' },
              { set: 'A-Za-z0-9-', min: 10, max: 100 },
            ],
            as: { title: 'Slack token of an old kind' },
          },
          {
            type: 'token',
            pieces: [
              { oneOf: ['xoxa-', 'xoxr-'] },
              { set: '0-9', min: 1, max: 2 },
              { text: '-' },
              { set: 'A-Za-z0-9', min: 10, max: 48 },
            ],
            as: { title: 'Slack workspace token' },
          },
          {
            type: 'token',
            pieces: [
              { text: 'xapp-' },
              { set: '0-9', min: 1, max: 3 },
              { text: '-' },
              { set: 'A-Za-z0-9', min: 8, max: 16 },
              { text: '-' },
              { set: '0-9', min: 10, max: 15 },
              { text: '-' },
              { set: 'A-Za-z0-9', min: 32, max: 80 },
            ],
            as: { title: 'Slack app-level token' },
          },
          {
            type: 'token',
            pieces: [
              { text: 'xapp-' },
              { set: '0-9', min: 12, max: 12 },
              { text: '-' },
              { set: 'A-Za-z0-9+/', min: 24, max: 24 },
            ],
            as: { title: 'Slack app-level token' },
          },
          {
            type: 'token',
            // half a day
            pieces: [
              { oneOf: ['xoxe.xoxp-', 'xoxe.xoxb-'] },
              { set: '0-9', min: 1, max: 2 },
              { text: '-' },
              { set: 'A-Za-z0-9', min: 120, max: 250 },
            ],
            as: { title: 'Slack rotating token', kind: 'session' },
          },
          {
            type: 'token',
            pieces: [
              { text: 'xoxe-' },
              { set: '0-9', min: 1, max: 2 },
              { text: '-' },
              { set: 'A-Za-z0-9', min: 100, max: 250 },
            ],
            as: { title: 'Slack refresh token' },
          },
        ],
        checks: ['slack-random'],
        strong: true,
        maskKeep: 5,
      },
    ],
    examples: [
      { text: 'SLACK_TOKEN=⟦xoxb-{{0-9*12}}-{{0-9*13#2}}-{{A-Za-z0-9*24}}⟧', form: 'bot token' },
      { text: '"bot": "⟦xoxb-{{0-9*12}}-{{A-Za-z0-9*24}}⟧"', form: 'bot token, older' },
      {
        text: 'user_token: ⟦xoxp-{{0-9*12}}-{{0-9*12#2}}-{{0-9*12#3}}-{{0-9a-f*32}}⟧',
        form: 'user token',
      },
      {
        text: 'SLACK_APP_TOKEN=⟦xapp-1-A{{0-9A-Z*10}}-{{0-9*13}}-{{0-9a-f*64}}⟧',
        form: 'app-level token',
      },
      {
        text: 'url = "https://files.slack.com/cake.png?t=⟦xoxe-{{0-9*10}}-{{0-9*10#2}}-{{0-9*13}}-{{0-9a-f*32}}⟧"',
        form: 'file token',
      },
      {
        text: '{"token":"⟦xoxe.xoxp-1-{{A-Za-z0-9*163}}⟧","refresh_token":"⟦xoxe-1-{{A-Za-z0-9*146}}⟧"}',
        kinds: ['session', 'secret'],
        form: 'rotating token and its refresh token',
      },
      {
        text: 'token=⟦xoxs-{{0-9*10}}-{{0-9*10#2}}-{{0-9*10#3}}-{{0-9a-f*10}}⟧',
        form: 'old kinds',
      },
      { text: 'token=⟦xapp-{{0-9*12}}-{{A-Za-z0-9+/*24}}⟧', form: 'app-level token, older' },
      { text: 'token=⟦xoxr-7-{{0-9a-z*12}}⟧', form: 'workspace token' },
    ],
    negatives: [
      { text: 'xoxb-xxxxxxxxxx-xxxxxxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx' },
      { text: 'SLACK_TOKEN=xoxb-your-token-here' },
      { text: 'https://indieweb.org/2018-250-xoxo-indieweb-1.jpg' },
      { text: 'xoxp-1234-1234-1234-{{0-9a-f*32}}', form: 'numbers too short' },
      { text: 'xoxb-0000000000-0000000000000-xxxxxxxxxxxxxxxxxxxxxxxx' },
    ],
  },
  {
    id: 'slack-session',
    provider: 'slack',
    title: 'Slack browser session',
    titles: {
      pair: 'Slack browser session: token and cookie',
      secret: 'Slack session cookie',
      id: 'Slack browser token without its cookie',
    },
    why: 'Token and cookie together are the person, without password or second factor.',
    advice: [
      'Sign out of all sessions: https://my.slack.com/account/settings, and set a new password.',
    ],
    references: ['https://slack.com/help/articles/214613347-Sign-out-of-Slack'],
    grades: { pair: 'high', secret: 'medium', id: 'low' },
    parts: [
      {
        role: 'id',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'xoxc-' },
              { set: '0-9', min: 9, max: 15 },
              { text: '-' },
              { set: '0-9', min: 9, max: 15 },
              { text: '-' },
              { set: '0-9', min: 9, max: 15 },
              { text: '-' },
              { set: '0-9a-f', min: 64, max: 64 },
            ],
          },
        ],
        checks: ['slack-random'],
        strong: true,
        maskKeep: 5,
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: 'xoxd-' }, { set: 'A-Za-z0-9+/=%_-', min: 80, max: 600 }],
          },
        ],
        checks: ['slack-random'],
        strong: true,
        maskKeep: 5,
      },
    ],
    examples: [
      {
        text: 'token=⟦xoxc-{{0-9*12}}-{{0-9*12#2}}-{{0-9*13}}-{{0-9a-f*64}}⟧\ncookie: d=⟦xoxd-{{A-Za-z0-9*120}}⟧\n',
        kinds: ['pair'],
        form: 'token and cookie',
      },
      {
        text: "-H 'cookie: d=⟦xoxd-{{A-Za-z0-9*140}}⟧'",
        kinds: ['secret'],
        form: 'the cookie alone',
      },
      {
        text: 'SLACK_XOXC=⟦xoxc-{{0-9*12}}-{{0-9*12#2}}-{{0-9*13}}-{{0-9a-f*64}}⟧',
        kinds: ['id'],
        form: 'the token alone',
      },
    ],
    negatives: [
      { text: 'xoxc-... and xoxd-... are needed' },
      { text: 'token = "xoxc-888888888888-888888888888-8888888888888-{{0-9a-f*64}}"' },
      { text: 'xoxd-{{A-Za-z0-9*20}}' },
    ],
  },
  {
    id: 'slack-webhook',
    provider: 'slack',
    title: 'Slack webhook',
    why: 'Anybody who knows the address can post messages into the channel that look like yours.',
    advice: [
      'Delete the webhook in the settings of its app and make a new one: https://api.slack.com/apps.',
    ],
    references: ['https://api.slack.com/messaging/webhooks'],
    grades: { secret: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'hooks.slack.com/services/T' },
              { set: 'A-Za-z0-9_', min: 7, max: 16 },
              { text: '/B' },
              { set: 'A-Za-z0-9_', min: 7, max: 16 },
              { text: '/' },
              { set: 'A-Za-z0-9', min: 18, max: 40 },
            ],
          },
          {
            type: 'token',
            pieces: [
              { text: 'hooks.slack.com/workflows/' },
              { set: 'A-Za-z0-9_', min: 9, max: 60 },
              { text: '/' },
              { set: 'A-Za-z0-9', min: 8, max: 30 },
              { text: '/' },
              { set: '0-9', min: 6, max: 20 },
              { text: '/' },
              { set: 'A-Za-z0-9', min: 16, max: 40 },
            ],
            as: { title: 'Slack workflow webhook' },
          },
          {
            type: 'token',
            pieces: [
              { text: 'hooks.slack.com/workflows/' },
              { set: 'A-Za-z0-9+', min: 40, max: 60 },
            ],
            as: { title: 'Slack workflow webhook' },
          },
          {
            type: 'token',
            pieces: [
              { text: 'hooks.slack.com/triggers/' },
              { set: 'A-Za-z0-9_', min: 6, max: 16 },
              { text: '/' },
              { set: '0-9', min: 10, max: 20 },
              { text: '/' },
              { set: '0-9a-f', min: 32, max: 32 },
            ],
            as: { title: 'Slack workflow trigger' },
          },
        ],
        entropy: 3.3,
        strong: true,
        maskKeep: 24,
      },
    ],
    examples: [
      {
        text: 'webhook: https://⟦hooks.slack.com/services/T{{0-9A-Z*8}}/B{{0-9A-Z*10}}/{{A-Za-z0-9*24}}⟧\n',
        form: 'incoming webhook',
      },
      {
        text: '"url": "https://⟦hooks.slack.com/workflows/T{{0-9A-Z*10}}/A{{0-9A-Z*10}}/{{1-9*18}}/{{A-Za-z0-9*24}}⟧"',
        form: 'workflow webhook',
      },
      {
        text: 'https://⟦hooks.slack.com/triggers/T{{0-9A-Z*10}}/{{1-9*13}}/{{0-9a-f*32}}⟧',
        form: 'workflow trigger',
      },
    ],
    negatives: [
      { text: 'https://hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/XXXXXXXXXXXXXXXXXXXXXXXX' },
      { text: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX' },
      { text: 'https://hooks.slack.com/services/${SLACK_PATH}' },
    ],
  },
];
