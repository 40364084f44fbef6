/**
 * The one error map of all schemas. A message continues the name of its field ("must be a whole number from 1 to 64, not 0"), or is a
 * sentence of its own, which then starts with a capital letter.
 */
import { z } from 'zod';
import { labelAt } from './words';
import { valuesText } from './values';

type RawIssue = z.core.$ZodRawIssue;

/** @returns undefined if Zod's own message will do */
export function explain(issue: RawIssue): string | undefined {
  const { input } = issue;
  if (issue.code !== 'custom' && input === undefined) return 'is missing';
  const message = requirement(issue);
  return message && `${message}${got(input)}`;
}

function requirement(issue: RawIssue): string | undefined {
  const owner = issue.schema ?? (issue.inst as z.core.$ZodType | undefined);
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must not be empty';
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'array') return lengthText(issue);
  if (issue.code === 'unrecognized_keys') return `has unknown fields: ${issue.keys.join(', ')}`;
  if (issue.code === 'custom') return undefined;
  const values = owner !== undefined && '_zod' in owner && 'def' in owner._zod ? valuesText(owner) : null;
  if (values !== null) return `must be ${values}`;
  return issue.code === 'invalid_type' ? `must be ${TYPES[issue.expected] ?? issue.expected}` : undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
};

function lengthText(issue: RawIssue & { readonly code: 'too_small' | 'too_big' }): string {
  const number = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  return `must have ${issue.code === 'too_small' ? 'at least' : 'at most'} ${number} ${number === 1 ? 'entry' : 'entries'}`;
}

/** The value found, if it is short enough to show. NaN stands for a text that is not a number. */
function got(input: unknown): string {
  if (typeof input === 'number') return Number.isNaN(input) ? '' : `, not ${input}`;
  if (typeof input === 'string' && input !== '' && input.length <= 40) return `, not ${input}`;
  return typeof input === 'boolean' || input === null ? `, not ${String(input)}` : '';
}

z.config({ customError: explain });

/** A schema's complaint about one field. */
export interface Complaint {
  /** `training.steps`, `arms.0.lambdaGen`; empty for the whole value. */
  readonly path: string;
  readonly label: string | null;
  /** A continuation of the label, or a sentence of its own. */
  readonly message: string;
}

/** @param schema the one used for parsing, which has the words */
export function complaintsOf({ issues }: z.core.$ZodError, schema: z.ZodType): Complaint[] {
  return issues.map(({ path, message }) => ({ path: path.join('.'), label: labelAt(schema, path), message }));
}

/** With the field's name in the form: `Steps must be a whole number from 1 to 100,000.` */
export function sentence({ path, label, message }: Complaint): string {
  return joined(label ?? path, message);
}

/** With the name that files, links and `--set` use added: `Steps (training.steps) must be …` */
export function sentenceWithPath({ path, label, message }: Complaint): string {
  return joined(label === null ? path : `${label} (${path})`, message);
}

function joined(name: string, message: string): string {
  const text = /^[A-Z]/.test(message) && name !== '' ? `${name}: ${message}` : `${name === '' ? 'It' : name} ${message}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
