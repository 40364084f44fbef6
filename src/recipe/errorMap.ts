/**
 * The one error map of all schemas. A message is a sentence with a place for the name of its field ("{field}
 * must be a whole number from 1 to 64, not 0."); messages of schemas themselves may also continue that name
 * ("must be LORA"), or be sentences of their own, which then start with a capital letter.
 */
import { message, numberFormat, t } from '../words/words';
import { z } from 'zod';
import { FIELD } from './fieldMark';
import { labelAt } from './words';
import { valuesText } from './values';
import { shownText } from './texts';

type RawIssue = z.core.$ZodRawIssue;

/** @returns undefined if Zod's own message will do */
export function explain(issue: RawIssue): string | undefined {
  const { input } = issue;
  const field = FIELD;
  if (issue.code !== 'custom' && input === undefined) return t('{field} is missing.', { field });
  const owner = issue.schema ?? (issue.inst as z.core.$ZodType | undefined);
  const found = foundText(input);
  if (issue.code === 'too_small' && issue.origin === 'string')
    return found === null
      ? t('{field} must not be empty.', { field })
      : t('{field} must not be empty, not {found}.', { field, found });
  if (issue.code === 'too_big' && issue.origin === 'string')
    return t('{field} must have at most {most, plural, one {# character} other {# characters}}, not {found}: shorten it.', {
      field,
      most: Number(issue.maximum),
      found: numberFormat({}).format((input as string).length),
    });
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'array') return lengthText(issue);
  if (issue.code === 'unrecognized_keys')
    return t('{field} has unknown fields: {fields}.', { field, fields: shownText(issue.keys.join(', ')) });
  if (issue.code === 'custom') return undefined;
  const type = TYPES[issue.code === 'invalid_type' ? issue.expected : ''];
  const values =
    (owner !== undefined && '_zod' in owner && 'def' in owner._zod ? valuesText(owner) : null) ??
    (issue.code === 'invalid_type' ? (type === undefined ? issue.expected : t(type)) : null);
  if (values === null) return undefined;
  return found === null
    ? t('{field} must be {values}.', { field, values })
    : t('{field} must be {values}, not {found}.', { field, values, found });
}

const TYPES: Readonly<Record<string, string>> = {
  array: message('a list'),
  boolean: message('true or false'),
  int: message('a whole number'),
  number: message('a number'),
  object: message('an object'),
  record: message('an object'),
  string: message('text'),
};

function lengthText(issue: RawIssue & { readonly code: 'too_small' | 'too_big' }): string {
  const n = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  return issue.code === 'too_small'
    ? t('{field} must have at least {n, plural, one {# entry} other {# entries}}.', { field: FIELD, n })
    : t('{field} must have at most {n, plural, one {# entry} other {# entries}}.', { field: FIELD, n });
}

/** The value found, if it is short enough to show. NaN stands for a text that is not a number. */
function foundText(input: unknown): string | null {
  if (typeof input === 'number') return Number.isNaN(input) ? null : String(input);
  if (typeof input === 'string' && input !== '' && input.length <= 40) return input;
  return typeof input === 'boolean' || input === null ? String(input) : null;
}

z.config({ customError: explain });

/** A schema's complaint about one field. */
export interface Complaint {
  /** `training.steps`, `arms.0.lambdaGen`; empty for the whole value. */
  readonly path: string;
  readonly label: string | null;
  /** A sentence with `FIELD` for the label, a continuation of the label, or a sentence of its own. */
  readonly message: string;
}

/** @param schema the one used for parsing, which has the words */
export function complaintsOf({ issues }: z.core.$ZodError, schema: z.ZodType): Complaint[] {
  return issues.map(({ path, message }) => ({ path: shownText(path.join('.')), label: labelAt(schema, path), message }));
}

/** With the field's name in the form: `Steps must be a whole number from 1 to 100,000.` */
export function sentence({ path, label, message }: Complaint): string {
  return joined(label ?? path, message);
}

/** With the name that files, links and `--set` use added: `Steps (training.steps) must be …` */
export function sentenceWithPath({ path, label, message }: Complaint): string {
  return joined(label === null ? path : t('{label} ({path})', { label, path }), message);
}

function joined(name: string, message: string): string {
  const named = name === '' ? t('It') : name;
  if (message.includes(FIELD)) return message.replace(FIELD, () => named);
  const text = !/^[A-Z]/.test(message)
    ? t('{field} {continued}', { field: named, continued: message })
    : name === ''
      ? message
      : t('{field}: {sentence}', { field: name, sentence: message });
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
