// `keyscan rules`, and for a file of somebody's own rules `check` and `import`.
import { rules as builtIn } from '../../rules/index.ts';
import { UserError } from '../core/errors.ts';
import type { Rule } from '../core/rule.ts';
import { loadConfig } from '../policy/config.ts';
import { loadRules } from '../policy/config-file.ts';
import { readGiven, utf8 } from '../policy/files.ts';
import { visible } from '../report/visible.ts';
import { count } from '../report/words.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';
import { checkRule } from './rule-check.ts';
import { rulesAsJson, rulesAsText } from './rule-list.ts';
import { policyTree, rulesOf } from './settings.ts';

const importLimit = 16 * 1024 * 1024;

export interface RulesFlags {
  readonly words: readonly string[];
  readonly config: string | undefined;
  readonly format: string | undefined;
}

export async function rules(flags: RulesFlags, host: Host): Promise<ExitCode> {
  const [action, file] = flags.words;
  if (action === undefined) return list(flags, host);
  if (file === undefined) {
    throw new UserError(`keyscan rules ${action} needs a file`, {
      hint: `it is keyscan rules ${action} FILE`,
    });
  }
  return action === 'import' ? importRules(file, host) : check(file, host);
}

/** Ours and those of the configuration, which a scan here would use. */
export async function knownRules(config: string | undefined, host: Host): Promise<readonly Rule[]> {
  return rulesOf(await loadConfig(policyTree(host.cwd), { cwd: host.cwd, given: config }));
}

async function list({ config, format = 'pretty' }: RulesFlags, host: Host): Promise<ExitCode> {
  if (format !== 'pretty' && format !== 'json') {
    throw new UserError(`keyscan rules cannot be written as ${format}`, {
      hint: 'it is --format pretty or --format json',
    });
  }
  const known = await knownRules(config, host);
  host.out(format === 'json' ? rulesAsJson(known) : rulesAsText(known));
  return exitCodes.clean;
}

async function check(file: string, host: Host): Promise<ExitCode> {
  const checked = await loadRules(file, host.cwd);
  const ids = new Set(builtIn.map(({ id }) => id));
  let problems = 0;
  for (const rule of checked) {
    const found = [
      ...(ids.has(rule.id) ? ['there is already a rule of this id'] : []),
      ...checkRule(rule),
    ];
    ids.add(rule.id);
    problems += found.length;
    host.out(
      [
        `${found.length === 0 ? 'ok   ' : 'wrong'}  ${visible(rule.id)}`,
        ...found.map((text) => `       ${visible(text)}`),
        '',
      ].join('\n'),
    );
  }
  const examples = checked.reduce(
    (sum, rule) => sum + rule.examples.length + rule.negatives.length,
    0,
  );
  host.out(
    `\n${count(checked.length, 'rule')}, ${count(examples, 'example')}, ${count(problems, 'problem')}\n`,
  );
  return problems === 0 ? exitCodes.clean : exitCodes.failed;
}

/** The configuration to standard output, what could not be carried over to standard error. */
async function importRules(file: string, host: Host): Promise<ExitCode> {
  const bytes = readGiven(file, host.cwd, importLimit);
  if (bytes === undefined) throw new UserError(`there is no file '${file}' to import`);
  const { importGitleaksRules, configOfRules } = await import('../policy/import-rules.ts');
  const taken = new Set(builtIn.map(({ id }) => id));
  const { rules: imported, notes } = await importGitleaksRules(utf8(bytes, file), file, taken);
  for (const note of notes) host.err(said(note));
  if (imported.length === 0) {
    throw new UserError(`nothing in ${file} could be imported`, {
      hint: 'it should be a gitleaks.toml with rules of its own',
    });
  }
  host.out(configOfRules(imported));
  return exitCodes.clean;
}
