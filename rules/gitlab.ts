import type { Rule } from '../src/core/rule.ts';

// One family of prefixes, three ages: plain (20 characters or a little more), routable, routable with a version; the
// last two end in a checksum.

const longLived = [
  'glpat-',
  'gldt-',
  'glrt-',
  'glrtr-',
  'glsoat-',
  'glft-',
  'glffct-',
  'glwt-',
] as const;

export const gitlab: readonly Rule[] = [
  {
    id: 'gitlab-token',
    provider: 'gitlab',
    title: 'GitLab token',
    titles: { session: 'GitLab CI job token' },
    why: 'Whoever has it reads or changes projects, registries or runners of the GitLab instance, within its scopes.',
    advice: [
      'Revoke it on the page of its owner (user, project, group or runner settings) of your GitLab instance.',
      'Look for what it did in the audit events of the project or group.',
    ],
    references: ['https://docs.gitlab.com/security/tokens/'],
    grades: { secret: 'high', session: 'low' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { oneOf: longLived },
              { set: '\\w-', min: 27, max: 300 },
              { text: '.' },
              { set: '0-9a-z', min: 9, max: 9 },
            ],
          },
          {
            type: 'token',
            pieces: [
              { oneOf: longLived },
              { set: '\\w-', min: 27, max: 300 },
              { text: '.' },
              { set: '0-9a-z', min: 2, max: 2 },
              { text: '.' },
              { set: '0-9a-z', min: 9, max: 9 },
            ],
          },
        ],
        checks: ['gitlab-checksum'],
        strong: true,
        maskKeep: 6,
      },
      {
        role: 'token',
        shapes: [
          { type: 'token', pieces: [{ oneOf: longLived }, { set: '\\w-', min: 20, max: 64 }] },
          {
            type: 'token',
            pieces: [{ text: 'glimt-' }, { set: '\\w-', min: 25, max: 25 }],
            as: { title: 'GitLab incoming mail token' },
          },
          {
            type: 'token',
            pieces: [{ text: 'glptt-' }, { set: '\\w-', min: 40, max: 40 }],
            as: { title: 'GitLab pipeline trigger token' },
          },
          {
            type: 'token',
            pieces: [{ text: 'glagent-' }, { set: '\\w-', min: 50, max: 1024 }],
            as: { title: 'GitLab agent for Kubernetes token' },
          },
          {
            type: 'token',
            pieces: [{ text: 'gloas-' }, { set: '\\w-', min: 64, max: 64 }],
            as: { title: 'GitLab OAuth application secret' },
          },
          {
            type: 'token',
            // deprecated, and still accepted by instances that were not told otherwise
            pieces: [{ text: 'GR1348941' }, { set: '\\w-', min: 20, max: 50 }],
            as: { title: 'GitLab runner registration token' },
          },
          {
            type: 'token',
            // dies with its job
            pieces: [
              { text: 'glcbt-' },
              { set: '0-9A-Za-z', min: 1, max: 5 },
              { text: '_' },
              { set: '\\w-', min: 20, max: 64 },
            ],
            as: { kind: 'session', title: 'GitLab CI job token' },
          },
        ],
        checks: ['gitlab-plain'],
        entropy: 3,
        strong: true,
        maskKeep: 6,
      },
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: '_gitlab_session=' }, { set: '0-9a-z', min: 32, max: 32 }],
            value: [1, 2],
            as: { kind: 'session', severity: 'medium', title: 'GitLab session cookie' },
          },
        ],
        entropy: 3,
      },
    ],
    examples: [
      {
        text: 'GITLAB_TOKEN=⟦glpat-{{\\w\\-*20}}⟧',
        form: 'personal, project or group access token',
      },
      { text: 'PRIVATE-TOKEN: ⟦{{gitlab:glpat}}⟧\n', form: 'routable token' },
      { text: 'token = "⟦{{gitlab:glpat@01}}⟧"', form: 'routable token with a version' },
      {
        text: 'docker login -u deploy -p ⟦gldt-{{\\w\\-*20}}⟧ registry.moonbakery.dev',
        form: 'deploy token',
      },
      {
        text: '[[runners]]\n  token = "⟦glrt-{{\\w\\-*20}}⟧"\n',
        path: 'config.toml',
        form: 'runner token',
      },
      {
        text: 'gitlab-runner register --registration-token ⟦GR1348941{{\\w\\-*20}}⟧',
        form: 'runner registration token',
      },
      { text: 'curl -F token=⟦glptt-{{0-9a-f*40}}⟧ -F ref=main', form: 'pipeline trigger token' },
      { text: 'config:\n  token: ⟦glagent-{{\\w\\-*50}}⟧\n', form: 'agent token' },
      { text: 'client_secret: ⟦gloas-{{0-9a-f*64}}⟧', form: 'OAuth application secret' },
      { text: 'scim_token: ⟦glsoat-{{\\w\\-*20}}⟧', form: 'SCIM token' },
      { text: '.../feed.atom?feed_token=⟦glft-{{\\w\\-*20}}⟧', form: 'feed token' },
      { text: 'incoming+⟦glimt-{{0-9a-z*25}}⟧', form: 'incoming mail token' },
      { text: 'unleash_instance_id: ⟦glffct-{{\\w\\-*20}}⟧', form: 'feature flags token' },
      { text: 'CI_JOB_TOKEN=⟦glcbt-64_{{\\w\\-*20}}⟧', kinds: ['session'], form: 'job token' },
      {
        text: 'Cookie: _gitlab_session=⟦{{0-9a-f*32}}⟧; theme=dark',
        kinds: ['session'],
        form: 'session cookie (medium)',
      },
    ],
    negatives: [
      { text: 'GITLAB_TOKEN=glpat-xxxxxxxxxxxxxxxxxxxx' },
      { text: 'glpat-{{\\w\\-*30}}.01.0u0000000', form: 'routable, the checksum fails' },
      { text: 'class="glft-navigation-sidebar-collapsed-icon"', form: 'words' },
      { text: 'glpat-tooshort' },
      { text: 'GITLAB_TOKEN=$CI_JOB_TOKEN' },
    ],
  },
];
