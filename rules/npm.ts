import type { Rule } from '../src/core/rule.ts';

// New tokens carry a checksum. Older ones are bare UUIDs and mean something only where npm keeps them.

export const npm: readonly Rule[] = [
  {
    id: 'npm-token',
    provider: 'npm',
    title: 'npm access token',
    why: 'With a token that may publish, somebody ships code under your name to everyone who installs your packages.',
    advice: [
      'Revoke it: `npm token list`, then `npm token revoke <id>`, or https://www.npmjs.com/settings/~/tokens.',
      'Check the published versions of your packages for any that are not yours.',
      'Publish from CI with trusted publishing (OIDC), which needs no token.',
    ],
    references: ['https://docs.npmjs.com/about-access-tokens'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          { type: 'token', pieces: [{ text: 'npm_' }, { set: 'A-Za-z0-9', min: 36, max: 36 }] },
        ],
        checks: ['npm-checksum'],
        strong: true,
        maskKeep: 4,
      },
    ],
    examples: [
      {
        text: '//registry.npmjs.org/:_authToken=⟦{{npm}}⟧\n',
        path: '.npmrc',
        form: 'in .npmrc',
      },
      { text: 'env:\n  NODE_AUTH_TOKEN: "⟦{{npm}}⟧"\n', path: 'ci.yml', form: 'in a CI file' },
    ],
    negatives: [
      { text: '//registry.npmjs.org/:_authToken=${NPM_TOKEN}', path: '.npmrc' },
      { text: 'NPM_TOKEN=npm_{{A-Za-z0-9*36}}', form: 'the checksum fails' },
      { text: 'npm_config_registry_with_a_rather_long_name_here=1' },
    ],
  },
  {
    id: 'npm-registry-auth',
    provider: 'npm',
    title: 'Login of an npm registry',
    why: 'It opens the registry named before it, often the company’s own with everything that is not public.',
    advice: [
      'Revoke it at that registry and make a new one.',
      'Write `${NPM_TOKEN}` in .npmrc and give the value by the environment.',
    ],
    references: ['https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'pattern',
            anchor: '_auth',
            // tokens that are told by their prefix have rules of their own
            regex:
              '_auth(?:Token)?["\']?[ \\t]{0,3}[=: ][ \\t]{0,3}["\']?(?!npm_|gh[oprsu]_|github_pat_|gl[a-z]+-)(?<value>[A-Za-z0-9_.~+/=-]{12,512})(?![A-Za-z0-9_.~+/=${-])',
            window: 560,
            within: ' -~',
          },
          {
            type: 'pattern',
            anchor: ':_password',
            regex:
              ':_password["\']?[ \\t]{0,3}[=: ][ \\t]{0,3}["\']?(?<value>[A-Za-z0-9+/=]{8,512})(?![A-Za-z0-9+/=${-])',
            window: 560,
            within: ' -~',
          },
        ],
        checks: ['npm-registry-setting'],
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'assignment',
            names: ['npm token', 'npm auth token', 'npm access token', 'node auth token'],
            value: { set: '0-9a-f-', min: 36, max: 36 },
          },
        ],
        checks: ['uuid'],
      },
    ],
    examples: [
      {
        text: '//registry.npmjs.org/:_authToken=⟦{{uuid}}⟧\n',
        path: '.npmrc',
        form: 'token of the old form',
      },
      {
        text: 'npm config set //npm.moonbakery.dev/:_authToken "⟦{{uuid}}⟧"',
        form: 'npm config set',
      },
      {
        text: '//npm.moonbakery.dev/artifactory/api/npm/npm/:_auth=⟦{{b64(deploy:{{A-Za-z0-9*16}})}}⟧\n',
        path: '.npmrc',
        form: 'user and password in base64',
      },
      {
        text: '//npm.moonbakery.dev/:username=dana\n//npm.moonbakery.dev/:_password="⟦{{b64({{A-Za-z0-9*16}})}}⟧"\n',
        path: '.npmrc',
        form: 'password in base64',
      },
      {
        text: '_auth = ⟦{{b64(dana:{{A-Za-z0-9*16}})}}⟧\n',
        path: '.npmrc',
        form: 'without a registry',
      },
      { text: '{"_authToken": "⟦{{uuid}}⟧"}', form: 'as a key of JSON' },
      { text: 'export NPM_TOKEN="⟦{{uuid}}⟧"', form: 'by name' },
    ],
    negatives: [
      { text: '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n', path: '.npmrc' },
      { text: '//registry.npmjs.org/:_authToken=$NPM_TOKEN\n', path: '.npmrc' },
      { text: '_authToken={{uuid}}', path: 'notes.txt', form: 'not npm’s file, no registry' },
      { text: '//registry.npmjs.org/:_auth={{b64(dana:not my real password)}}', path: '.npmrc' },
      { text: 'npm_package_id = "{{uuid}}"' },
      { text: '//registry.npmjs.org/:_authToken=xxxxxxxxxxxxxxxxxxxx', path: '.npmrc' },
    ],
  },
];
