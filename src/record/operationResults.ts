/** What `npm run operate` found in a recorded run. */
import type { DialledArm } from './dial';
import type { OperatedModel, SurgeryEffect } from './surgery';

export interface OperationResults {
  /** The recorded run. */
  readonly preset: string;
  /** Test targets that were ranked. */
  readonly targets: number;
  readonly adapter: unknown;
  /** Of each computation, by its name. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The models after each operation, by its name. */
  readonly surgeries: Readonly<Record<string, readonly (OperatedModel | null)[]>>;
  /** ΔHR of cutting each head alone, by model: layer · heads + head. */
  readonly headGrid: Readonly<Record<string, readonly SurgeryEffect['hits'][] | null>>;
  readonly dial: readonly (DialledArm | null)[];
}
