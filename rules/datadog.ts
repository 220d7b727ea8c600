import type { Rule } from '../src/core/rule.ts';

// Both keys are bare hexadecimal, as every digest is: only their names tell them. Client tokens (pub…) are public.

export const datadog: readonly Rule[] = [
  {
    id: 'datadog-api-key',
    provider: 'datadog',
    title: 'Datadog API key',
    why: 'It writes metrics, logs and events into your account: false alarms, hidden alarms, and a bill.',
    advice: [
      'Revoke it and make a new one: https://app.datadoghq.com/organization-settings/api-keys.',
    ],
    references: ['https://docs.datadoghq.com/account_management/api-app-keys/'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'assignment',
            names: [
              'dd api key',
              'datadog api key',
              'datadog key',
              'datadog token',
              'datadog secret',
              'dd api token',
              'dd secret key',
              'datadog secret token',
            ],
            value: { set: '0-9a-f', min: 32, max: 32 },
          },
          {
            type: 'assignment',
            names: ['api key'],
            value: { set: '0-9a-f', min: 32, max: 32 },
            near: ['datadog', 'datadoghq'],
          },
        ],
        checks: ['not-a-digest'],
        entropy: 3,
      },
    ],
    examples: [
      { text: 'DD_API_KEY=⟦{{0-9a-f*32}}⟧', path: '.env', form: 'API key' },
      {
        text: 'datadog:\n  apiKey: "⟦{{0-9a-f*32}}⟧"\n',
        path: 'values.yaml',
        form: 'API key under datadog',
      },
    ],
    negatives: [
      { text: 'DD_API_KEY=${DD_API_KEY}' },
      { text: 'API_KEY={{0-9a-f*32}}', form: 'nothing of Datadog near' },
      { text: 'datadog_md5 = "{{0-9a-f*32}}"' },
      { text: 'DD_CLIENT_TOKEN=pub{{0-9a-f*32}}', form: 'public by design' },
    ],
  },
  {
    id: 'datadog-app-key',
    provider: 'datadog',
    title: 'Datadog application key',
    why: 'With an API key it reads and changes dashboards, monitors and users with the rights of the person who made it.',
    advice: [
      'Revoke it and make a new one: https://app.datadoghq.com/organization-settings/application-keys.',
    ],
    references: ['https://docs.datadoghq.com/account_management/api-app-keys/'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'assignment',
            names: [
              'dd app key',
              'dd application key',
              'datadog app key',
              'datadog application key',
              'datadog token',
              'dd secret key',
            ],
            value: { set: '0-9a-f', min: 40, max: 40 },
          },
          {
            type: 'assignment',
            names: ['app key', 'application key'],
            value: { set: '0-9a-f', min: 40, max: 40 },
            near: ['datadog', 'datadoghq'],
          },
        ],
        checks: ['not-a-digest'],
        entropy: 3,
      },
    ],
    examples: [
      { text: 'DD_APP_KEY=⟦{{0-9a-f*40}}⟧', path: '.env', form: 'application key' },
      {
        text: 'provider "datadog" {\n  app_key = "⟦{{0-9a-f*40}}⟧"\n}\n',
        path: 'main.tf',
        form: 'application key under datadog',
      },
    ],
    negatives: [
      { text: 'app_key = "{{0-9a-f*40}}"', form: 'nothing of Datadog near' },
      { text: 'DD_GIT_COMMIT_SHA={{0-9a-f*40}}' },
    ],
  },
];
