// What a schema cannot see of somebody's own rules: whether their checks exist and whether the engine can look for them.
import type { Rule } from '../core/rule.ts';
import { checks } from '../detect/checks.ts';
import { compile } from '../engine/compile.ts';
import type { Config } from '../policy/config.ts';

/** Why the rule cannot be used; undefined when it can. */
export function ruleProblem(rule: Rule): string | undefined {
  const unknown = rule.parts
    .flatMap((part) => part.checks ?? [])
    .find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) {
    return `there is no check "${unknown}"; there are: ${Object.keys(checks).join(', ')}`;
  }
  try {
    compile([rule]);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** Throws a UserError that names the place in the configuration. */
export function refuseUnusable(config: Config): void {
  for (const [index, rule] of (config.settings.customRules ?? []).entries()) {
    const reason = ruleProblem(rule);
    if (reason !== undefined) {
      throw config.problem(['customRules', index], reason, 'keyscan rules check FILE tells more.');
    }
  }
}
