import { UserError } from '../core/errors.ts';
import type { Severity } from '../core/finding.ts';
import { closest } from '../core/closest.ts';
import type { Config } from './config.ts';
import { quote } from './json.ts';

// Which rules run and how bad their findings are: `--rule` on the command line, `rules` in the configuration.

interface RuleName {
  readonly id: string;
  readonly provider: string;
}

export interface Selection {
  readonly select: (rule: RuleName) => boolean;
  readonly severity: (rule: RuleName) => Severity | undefined;
}

/**
 * `only` is what --rule named: then exactly those run, also where the configuration says "off". In the configuration an
 * id is stronger than `provider/*`, and that than `*`. A name that no rule has is an error, never a rule that never runs;
 * `known` is asked only when a name was given.
 */
export function selectRules(
  known: () => readonly RuleName[],
  only: readonly string[],
  config: Pick<Config, 'settings' | 'problem'>,
): Selection {
  const wanted = only.map((name) => name.trim());
  for (const name of wanted) {
    const wrong = nameProblem(name, known());
    if (wrong !== undefined)
      throw new UserError(`--rule ${wrong}`, { hint: 'keyscan rules lists them.' });
  }
  const { rules = {} } = config.settings;
  for (const name of Object.keys(rules)) {
    const wrong = nameProblem(name, known());
    if (wrong !== undefined)
      throw config.problem(['rules', name], wrong, 'keyscan rules lists them.');
  }
  const named = new Map(Object.entries(rules));
  const set = ({ id, provider }: RuleName): 'off' | Severity | undefined =>
    named.get(id) ?? named.get(`${provider}/*`) ?? named.get('*');
  return {
    select: (rule) =>
      wanted.length > 0 ? wanted.some((name) => covers(name, rule)) : set(rule) !== 'off',
    severity: (rule) => {
      const value = set(rule);
      return value === 'off' ? undefined : value;
    },
  };
}

/** Ids that two rules share: one would hide the other in comments, baselines and reports. */
export function checkCustomRules(
  builtIn: readonly RuleName[],
  config: Pick<Config, 'settings' | 'problem'>,
): void {
  const taken = new Set(builtIn.map(({ id }) => id));
  for (const [index, { id }] of (config.settings.customRules ?? []).entries()) {
    if (taken.has(id)) {
      throw config.problem(
        ['customRules', index, 'id'],
        `there is already a rule ${quote(id)}`,
        'Give it another id.',
      );
    }
    taken.add(id);
  }
}

function covers(name: string, { id, provider }: RuleName): boolean {
  return name === id || name === `${provider}/*` || name === '*';
}

function nameProblem(name: string, known: readonly RuleName[]): string | undefined {
  if (known.some((rule) => covers(name, rule))) return undefined;
  const names = new Set(known.flatMap(({ id, provider }) => [id, `${provider}/*`]));
  const meant = closest(name, names);
  const what = name.endsWith('/*') ? 'no rule of the provider' : 'no rule';
  return `${quote(name)}: there is ${what}${meant === undefined ? ' of that name' : `; did you mean ${quote(meant)}?`}`;
}
