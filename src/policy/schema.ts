import * as z from 'zod/mini';
import { kinds, severities } from '../core/finding.ts';
import { regexProblem } from './regex-cost.ts';

// The shape of a configuration, once: what is checked is what editors are told. Loaded only when there is one.
// Rules in it come from the tree that is scanned, so every number and text has a limit.

const severity = z.enum(severities);
const line = (most: number): z.ZodMiniString => z.string().check(z.minLength(1), z.maxLength(most));
/** For people: control characters have no business in a title. */
const words = (most: number): z.ZodMiniString =>
  line(most).check(z.regex(/^\P{Cc}*$/u, 'must be one line without control characters'));
const kebab = z
  .string()
  .check(
    z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case such as "moonbakery-token"'),
    z.maxLength(64),
  );
const charSet = line(200);
const always = z.literal(true);
const count = (least: number, most: number): z.ZodMiniNumberFormat =>
  z.int().check(z.minimum(least), z.maximum(most));

const maxRun = 65_536;
const maxWindow = 512;

const verdict = z.strictObject({
  kind: z.exactOptional(z.enum(kinds)),
  severity: z.exactOptional(severity),
  title: z.exactOptional(words(200)),
  confidence: z.exactOptional(z.enum(['low', 'medium', 'high'])),
});

const piece = z.union([
  z.strictObject({
    text: line(200),
    anyCase: z.exactOptional(always),
    optional: z.exactOptional(always),
  }),
  z.strictObject({
    oneOf: z.array(line(200)).check(z.minLength(1), z.maxLength(100)),
    anyCase: z.exactOptional(always),
    optional: z.exactOptional(always),
  }),
  z.strictObject({ set: charSet, min: count(0, maxRun), max: z.exactOptional(count(1, maxRun)) }),
]);

const run = z.strictObject({
  set: charSet,
  min: count(1, maxRun),
  max: z.exactOptional(count(1, maxRun)),
});
const names = z.array(line(100)).check(z.minLength(1), z.maxLength(100));

const shape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('token'),
    pieces: z.array(piece).check(z.minLength(1), z.maxLength(32)),
    notBefore: z.exactOptional(charSet),
    notAfter: z.exactOptional(charSet),
    value: z.exactOptional(z.tuple([count(0, 32), count(1, 32)])),
    as: z.exactOptional(verdict),
  }),
  z.strictObject({
    type: z.literal('assignment'),
    names,
    notNames: z.exactOptional(names),
    value: run,
    near: z.exactOptional(names),
    as: z.exactOptional(verdict),
  }),
  z.strictObject({
    type: z.literal('block'),
    begin: line(200).check(z.minLength(3)),
    end: line(200),
    max: count(1, maxRun),
    as: z.exactOptional(verdict),
  }),
  z
    .strictObject({
      type: z.literal('pattern'),
      anchor: line(100).check(z.minLength(3)),
      anyCase: z.exactOptional(always),
      lookBack: z.exactOptional(count(0, 128)),
      regex: line(500),
      window: z.exactOptional(count(1, maxWindow)),
      as: z.exactOptional(verdict),
    })
    .check((context) => {
      const { regex, window = maxWindow, lookBack = 0 } = context.value;
      const problem = regexProblem(regex, window + lookBack);
      if (problem === undefined) return;
      context.issues.push({ code: 'custom', message: problem, path: ['regex'], input: regex });
    }),
]);

const part = z.strictObject({
  role: z.enum(['id', 'secret', 'token']),
  shapes: z.array(shape).check(z.minLength(1), z.maxLength(20)),
  checks: z.exactOptional(z.array(line(64)).check(z.maxLength(16))),
  entropy: z.exactOptional(z.number().check(z.minimum(0), z.maximum(8))),
  strong: z.exactOptional(always),
  onlyJoined: z.exactOptional(always),
  beside: z.exactOptional(
    z.strictObject({
      role: z.enum(['id', 'secret', 'token']),
      set: charSet,
      min: count(1, maxRun),
      max: count(1, maxRun),
      within: count(1, 4096),
    }),
  ),
  /** A repository must not choose to show more of a secret. */
  maskKeep: z.exactOptional(count(0, 8)),
});

const example = z.strictObject({
  text: line(10_000),
  path: z.exactOptional(line(500)),
  kinds: z.exactOptional(z.array(z.enum(kinds)).check(z.maxLength(20))),
  form: z.exactOptional(line(200)),
});

const texts = z._default(z.array(words(1000)).check(z.maxLength(20)), []);
const examples = z._default(z.array(example).check(z.maxLength(100)), []);

/** A rule as in `rules/`; what only documents it may be left out. */
export const ruleSchema = z.strictObject({
  id: kebab,
  provider: z._default(kebab, 'custom'),
  title: words(200),
  titles: z.exactOptional(z.partialRecord(z.enum(kinds), words(200))),
  why: z._default(z.string().check(z.maxLength(1000)), ''),
  advice: texts,
  references: texts,
  grades: z.partialRecord(z.enum(kinds), severity),
  tokenKind: z.exactOptional(z.enum(kinds)),
  guessable: z.exactOptional(always),
  parts: z.array(part).check(z.minLength(1), z.maxLength(8)),
  examples,
  negatives: examples,
});

export const rulesSchema = z.array(ruleSchema).check(z.maxLength(200));

const size = /^\d{1,15}(?:\.\d{1,6})? ?(?:[kmg](?:i?b)?|b)?$/i;

export const configSchema = z.strictObject({
  $schema: z.exactOptional(z.string()),
  failOn: z.exactOptional(z.enum([...severities, 'never'])),
  format: z.exactOptional(line(40)),
  baseline: z.exactOptional(
    line(1000).check(
      z.regex(/\.json$/, 'must be the path of a .json file below the folder of the configuration'),
    ),
  ),
  exclude: z.exactOptional(z.array(line(1000)).check(z.maxLength(1000))),
  noIgnore: z.exactOptional(z.boolean()),
  noInlineIgnore: z.exactOptional(z.boolean()),
  showSuppressed: z.exactOptional(z.boolean()),
  maxFileSize: z.exactOptional(
    z.union([
      z.int().check(z.minimum(1)),
      z.string().check(z.regex(size, 'must be a number of bytes or a text such as "100MiB"')),
    ]),
  ),
  threads: z.exactOptional(count(1, 256)),
  quiet: z.exactOptional(z.boolean()),
  verbose: z.exactOptional(z.boolean()),
  rules: z.exactOptional(
    z.record(
      z
        .string()
        .check(
          z.regex(
            /^(?:\*|[a-z0-9]+(?:-[a-z0-9]+)*(?:\/\*)?)$/,
            'must be a rule id, "provider/*" or "*"',
          ),
        ),
      z.enum(['off', ...severities]),
    ),
  ),
  customRules: z.exactOptional(rulesSchema),
});

export type ConfigValue = z.infer<typeof configSchema>;

export { safeParse, toJSONSchema } from 'zod/mini';
