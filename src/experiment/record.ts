/** How a run record grows, event by event; the page and the CLI fold the same way. */
import type { ArmRecord, AttentionSnapshot, Evaluation, StepColumns } from '../spec/runRecord';
import type { StepRow } from '../spec/runEvents';

export function emptyArm(id: string): ArmRecord {
  const steps: StepColumns = {
    step: [],
    seconds: [],
    examples: [],
    total: [],
    action: [],
    gen: [],
    rec: [],
    gradNorm: [],
    learningRate: [],
  };
  return { id, steps, evaluations: [], attention: [] };
}

/** Appends one step to an arm's columns, in place. */
export function addStep(arm: ArmRecord, row: StepRow): void {
  const { steps } = arm;
  steps.step.push(row.step);
  steps.seconds.push(row.seconds);
  steps.examples.push(row.examples);
  steps.total.push(row.total);
  steps.action.push(row.action);
  steps.gen.push(row.gen);
  steps.rec.push(row.rec);
  steps.gradNorm.push(row.gradNorm);
  steps.learningRate.push(row.learningRate);
}

/** Appends an evaluation and the attention that goes with it, in place; a step's attention is kept once. */
export function addEvaluation(arm: ArmRecord, evaluation: Evaluation, attention: AttentionSnapshot): void {
  arm.evaluations.push(evaluation);
  if (arm.attention.at(-1)?.step !== attention.step) arm.attention.push(attention);
}
