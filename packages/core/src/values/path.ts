const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Steps into a value, innermost first, written as in JavaScript: `.items[3]["odd name"]`. */
export function formatSteps(steps: readonly (string | number)[]): string {
  return steps.map(formatStep).reverse().join('');
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return plainName.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
