export type ErrorCode =
  | 'no-webgpu'
  | 'device-lost'
  | 'checkpoint'
  | 'model'
  | 'log'
  | 'certificate'
  | 'memory'
  | 'storage'
  | 'file'
  | 'numerics'
  | 'spec'
  | 'internal';

/** A failure as a person reads it. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly advice: string;
  /** Technical detail for "copy details". */
  readonly detail: string;
}

/** What happened and what to do, in one line. */
export function sentenceOf({ message, advice }: Failure): string {
  return `${message} ${advice}`.trim();
}
