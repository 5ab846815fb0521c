/** Steps that read the repository. */
import { errorCodes } from '@betterbase/core';
import { checkCapabilityDocs } from '../checks/capabilities.ts';
import { checkAccessDocs } from '../checks/access.ts';
import { checkDocLinks } from '../checks/doc-links.ts';
import { checkErrorCodes } from '../checks/error-codes.ts';
import { checkLayers } from '../checks/layers.ts';
import { checkLimitDocs } from '../checks/limits.ts';
import { checkNames } from '../checks/names.ts';
import { formatProblem, type Problem } from '../checks/problem.ts';
import { untestedErrorCodes } from '../checks/untested-error-codes.ts';
import { root } from './run-command.ts';
import { asResult, type Step } from './step.ts';

export const checkSteps: readonly Step[] = [
  checkStep('names', () => checkNames(root)),
  checkStep('layers', () => checkLayers(root)),
  checkStep('limits', () => checkLimitDocs(root)),
  checkStep('access', () => checkAccessDocs(root)),
  checkStep('capabilities', () => checkCapabilityDocs(root)),
  checkStep('links', () => checkDocLinks(root)),
  checkStep('error codes', () => checkErrorCodes(root, errorCodes, untestedErrorCodes)),
];

function checkStep(name: string, check: () => readonly Problem[]): Step {
  return {
    name,
    quick: true,
    run: async () => {
      const problems = check();
      return asResult(problems.length === 0, problems.map(formatProblem).join('\n'));
    },
  };
}
