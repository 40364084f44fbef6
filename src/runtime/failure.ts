import { NO_API } from '../gpu/device';
import { t } from '../words/words';

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

/** A failure in words for the user. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly advice: string;
  /** Technical detail for "copy details". */
  readonly detail: string;
  /** With code `numerics`: ID of the arm whose loss is no longer a number; null for a baseline. */
  readonly arm?: string | null;
}

/** The failure in a browser without the API. @param detail for "copy details" */
export const noWebGpu = (message: string, detail: string): Failure => ({
  code: 'no-webgpu',
  message,
  advice: t('Open the page in a browser with WebGPU enabled. The recorded run can be explored without it.'),
  detail,
});

export const withoutApi = (): Failure => noWebGpu(t(NO_API), 'navigator.gpu is undefined.');

/** What happened and what to do, in one line. */
export function sentenceOf({ message, advice }: Failure): string {
  return `${message} ${advice}`.trim();
}
