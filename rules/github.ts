import type { Rule } from '../src/core/rule.ts';

// Five kinds of token end in a checksum of themselves, so whatever fails it is not one. Fine-grained tokens are long
// enough to need none. OAuth secrets look like commit ids and are told by their name only.

export const github: readonly Rule[] = [
  {
    id: 'github-token',
    provider: 'github',
    title: 'GitHub token',
    why: 'Whoever has it acts as its owner: reads and pushes code, changes workflows, reads organisation data, within its scopes.',
    advice: [
      'Revoke it: https://github.com/settings/tokens (or the settings of the app it belongs to).',
      'Look for what it did in the security log: https://github.com/settings/security-log.',
      'Use a fine-grained token that expires, or in Actions the GITHUB_TOKEN that lives as long as the job.',
    ],
    references: [
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats',
    ],
    grades: { secret: 'high', session: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: 'ghp_' }, { set: 'A-Za-z0-9', min: 36, max: 36 }],
            as: { title: 'GitHub personal access token (classic)' },
          },
          {
            type: 'token',
            pieces: [{ text: 'gho_' }, { set: 'A-Za-z0-9', min: 36, max: 36 }],
            as: { title: 'GitHub OAuth token' },
          },
          {
            type: 'token',
            pieces: [{ text: 'ghu_' }, { set: 'A-Za-z0-9', min: 36, max: 36 }],
            as: { title: 'GitHub App user token' },
          },
          {
            type: 'token',
            pieces: [{ text: 'ghs_' }, { set: 'A-Za-z0-9', min: 36, max: 36 }],
            // an hour at most, which is what GITHUB_TOKEN in logs lives
            as: { title: 'GitHub App installation token', kind: 'session' },
          },
          {
            type: 'token',
            pieces: [{ text: 'ghr_' }, { set: 'A-Za-z0-9', min: 36, max: 76 }],
            as: { title: 'GitHub App refresh token' },
          },
        ],
        checks: ['github-checksum'],
        strong: true,
        maskKeep: 4,
      },
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'ghs_' },
              { set: '0-9', min: 1, max: 20 },
              { text: '_eyJ' },
              { set: '\\w-', min: 8, max: 1024 },
              { text: '.' },
              { set: '\\w-', min: 8, max: 4096 },
              { text: '.' },
              { set: '\\w-', min: 20, max: 1024 },
            ],
            as: { title: 'GitHub App installation token', kind: 'session' },
          },
        ],
        checks: ['github-stateless'],
        strong: true,
        maskKeep: 4,
      },
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'github_pat_' },
              { set: 'A-Za-z0-9', min: 22, max: 22 },
              { text: '_' },
              { set: 'A-Za-z0-9', min: 59, max: 59 },
            ],
            as: { title: 'GitHub personal access token (fine-grained)' },
          },
        ],
        checks: ['github-fine-grained'],
        strong: true,
        maskKeep: 11,
      },
    ],
    examples: [
      { text: 'export GITHUB_TOKEN=⟦{{github:ghp}}⟧\n', form: 'personal access token, classic' },
      { text: 'const octokit = new Octokit({ auth: "⟦{{github:gho}}⟧" });', form: 'OAuth token' },
      { text: 'user_token: ⟦{{github:ghu}}⟧', form: 'App user token' },
      {
        text: 'https://x-access-token:⟦{{github:ghs}}⟧@github.com/moonbakery/oven.git',
        kinds: ['session'],
        form: 'App installation token',
      },
      {
        text: '{"refresh_token":"⟦{{github:ghr}}⟧","token_type":"bearer"}',
        form: 'App refresh token',
      },
      {
        text: 'GH_TOKEN=⟦ghs_48213_{{b64url({"alg":"RS256","typ":"JWT"})}}.{{b64url({"exp":4102444800,"iss":"48213"})}}.{{\\w\\-*86}}⟧',
        kinds: ['session'],
        form: 'App installation token, stateless',
      },
      {
        text: '//npm.pkg.github.com/:_authToken=⟦github_pat_{{A-Za-z0-9*22}}_{{A-Za-z0-9*59}}⟧\n',
        path: '.npmrc',
        form: 'fine-grained personal access token',
      },
      {
        text: 'data:\n  token: {{b64(⟦{{github:ghp}}⟧)}}\n',
        decodedBy: ['base64'],
        form: 'in a Kubernetes Secret',
      },
    ],
    negatives: [
      { text: 'GITHUB_TOKEN=ghp_{{A-Za-z0-9*36}}', form: 'the checksum fails' },
      { text: 'GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
      { text: 'GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}', path: '.github/workflows/ci.yml' },
      { text: 'gha_{{A-Za-z0-9*36}} is no prefix of theirs' },
      { text: 'GH=x{{github:ghp}}', form: 'the middle of a longer word' },
      { text: 'github_pat_{{A-Za-z0-9*22}}_{{A-Za-z0-9*40}}', form: 'cut off' },
    ],
  },
  {
    id: 'github-oauth-secret',
    provider: 'github',
    title: 'GitHub OAuth app secret or old token',
    why: 'An app secret lets somebody log people in as your app; a token of before 2021 acts as its owner.',
    advice: [
      'Make a new client secret in the settings of the OAuth app and delete this one: https://github.com/settings/developers.',
      'If it is a token of the old form, delete it: https://github.com/settings/tokens.',
    ],
    references: [
      'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app',
    ],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'assignment',
            names: [
              'github client secret',
              'github oauth secret',
              'github app secret',
              'github secret',
              'github token',
              'github access token',
              'github api token',
              'github api key',
              'github oauth token',
              'github pat',
            ],
            notNames: ['sha', 'commit', 'hash', 'webhook'],
            value: { set: '0-9a-f', min: 40, max: 40 },
          },
        ],
        checks: ['not-a-digest'],
        entropy: 3,
      },
    ],
    examples: [
      { text: 'GITHUB_CLIENT_SECRET=⟦{{0-9a-f*40}}⟧', form: 'OAuth app secret' },
      { text: 'github:\n  token: x\ngithubToken: "⟦{{0-9a-f*40}}⟧"', form: 'token of before 2021' },
    ],
    negatives: [
      { text: 'GITHUB_SHA={{0-9a-f*40}}' },
      { text: 'uses: actions/checkout@{{0-9a-f*40}}' },
      { text: 'github_commit = "{{0-9a-f*40}}"' },
      { text: 'GITHUB_CLIENT_SECRET=0000000000000000000000000000000000000000' },
    ],
  },
];
