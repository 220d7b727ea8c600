// What the compiler does not say: typed lint, and who may touch the disk, other programs and the console. Which layer
// may import which stands in docs/architecture.md and is enforced by test/architecture.test.ts.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folders that turn bytes and findings into values, and nothing else. */
const pure = ['src/core/**', 'src/engine/**', 'src/aws/**', 'src/detect/**', 'src/report/**'];

const restrict = (message, ...names) =>
  names.flatMap((name) => [
    { name, message },
    { name: `node:${name}`, message },
  ]);

const filesAndPrograms = restrict(
  'This layer is pure: bytes or findings in, values out.',
  'fs',
  'fs/promises',
  'child_process',
  'worker_threads',
);
const network = restrict(
  'No scan opens a socket.',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'net',
  'tls',
);

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'fixtures/', '.keyscan-cache/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Code points are what we mean when we spread a string
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Numbers and booleans in messages are plain
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // `as const` states a fact; every other assertion hides one (style: types state facts)
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
    },
  },
  {
    files: ['**/*.{js,ts}'],
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'sort-imports': ['error', { ignoreDeclarationSort: true, ignoreCase: true }],
    },
  },
  {
    files: ['src/**', 'rules/**'],
    rules: {
      'no-console': 'error',
      'no-eval': 'error',
      'no-restricted-imports': ['error', { paths: network }],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'No scan opens a socket.' },
        { name: 'WebSocket', message: 'No scan opens a socket.' },
      ],
    },
  },
  {
    // The one layer that talks to a network, when somebody asks for it; what it learns others write down
    files: ['src/sso/**'],
    rules: { 'no-restricted-imports': ['error', { paths: filesAndPrograms }] },
  },
  {
    files: [...pure, 'rules/**'],
    rules: {
      'no-restricted-imports': ['error', { paths: [...network, ...filesAndPrograms] }],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'This layer knows nothing of the process it runs in.' },
        { name: 'fetch', message: 'No scan opens a socket.' },
        { name: 'WebSocket', message: 'No scan opens a socket.' },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      // A test that is wrong about its own world may throw, and reports are read back as JSON
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.strict],
  },
);
