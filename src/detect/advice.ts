// What to do next, for this kind of finding at this stage: at first where it lies, then whose it is, then the
// rule's own advice.

import { ownProfileStep } from '../core/advice.ts';
import type { Kind, Stage } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';

export interface Situation {
  readonly kind: Kind;
  readonly stage: Stage;
  readonly provider: string;
  readonly canary: boolean;
  readonly profile: string | null;
  readonly path: string;
}

export function nextSteps(rule: Rule, at: Situation): readonly string[] {
  if (at.canary) {
    return [
      'Leave it where it is and do not use it: somebody planted it to be told when it is used. Ask your security team.',
    ];
  }
  if (at.kind === 'reference') {
    return [
      'Nothing to do in a hurry: the id alone opens nothing. Keep it out of public text if you can.',
    ];
  }
  const steps = byStage[at.stage](at);
  if (at.profile === null) return [...steps, ...rule.advice];
  return [
    ...steps,
    ownProfileStep(at.profile),
    ...rule.advice.filter((step) => !step.includes('keyscan --fix')),
  ];
}

const byStage: Readonly<Record<Stage, (at: Situation) => readonly string[]>> = {
  'working-tree': () => [
    'Take it out of the file before you commit. If it was pushed or shared before, treat it as public.',
  ],
  staged: () => ['Take it out of the file and stage the file again: it is not committed yet.'],
  committed: () => [
    'It is committed here, not known to be pushed: take it out and rewrite the commits that hold it before you push.',
  ],
  pushed: () => [
    'It was pushed: treat it as public and deactivate it now. Rewriting history does not make it secret again.',
  ],
  local: ({ path }) =>
    path.startsWith('<env>/')
      ? [
          'It is in the environment of this process: find what sets it (shell start-up file, terminal, service) and take it out there.',
        ]
      : ['It lies unencrypted on this computer: every program you run can read it.'],
};
