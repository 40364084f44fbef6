/** What a schema accepts, in words: `a whole number from 1 to 64`. For errors, help and documentation. */
import { numberFormat, t } from '../words/words';
import { z } from 'zod';
import { inside, offeredValues } from './words';

/** Null if there are no words for it, as for objects. */
export function valuesText(given: z.core.$ZodType): string | null {
  const schema = inside(given);
  if (schema instanceof z.ZodNumber) return numberText(schema);
  if (schema instanceof z.ZodEnum) return t('one of {values}', { values: offeredValues(schema).join(', ') });
  if (schema instanceof z.ZodLiteral) return alternatives([...schema.values].map(String));
  if (schema instanceof z.ZodBoolean) return t('true or false');
  if (schema instanceof z.ZodURL) return t('a URL');
  if (schema instanceof z.ZodString) return t('text');
  if (schema instanceof z.ZodUnion) {
    const texts = schema.options.map(valuesText);
    return texts.includes(null) ? null : alternatives(texts as string[]);
  }
  if (schema instanceof z.ZodArray) {
    const element = valuesText(schema.element);
    return element === null ? null : t('a list, each {element}', { element });
  }
  return null;
}

function alternatives(texts: readonly string[]): string {
  return texts.reduce((a, b) => t('{a} or {b}', { a, b }));
}

type Check =
  | z.core.$ZodCheckGreaterThanDef
  | z.core.$ZodCheckLessThanDef
  | z.core.$ZodCheckMultipleOfDef
  | z.core.$ZodCheckNumberFormatDef;

function numberText(schema: z.ZodNumber): string {
  let noun = t('a number');
  let whole = false;
  let least: string | null = null;
  let most: string | null = null;
  const limits: string[] = [];
  for (const { _zod } of schema.def.checks ?? []) {
    const check = _zod.def as Check;
    if (check.check === 'multiple_of') noun = t('a multiple of {n}', { n: String(check.value) });
    else if (check.check === 'number_format') whole = true;
    else if (check.check === 'greater_than' && check.inclusive) least = count(Number(check.value));
    else if (check.check === 'less_than' && check.inclusive) most = count(Number(check.value));
    else if (check.check === 'greater_than') limits.push(t('above {n}', { n: count(Number(check.value)) }));
    else limits.push(t('below {n}', { n: count(Number(check.value)) }));
  }
  if (whole && noun === t('a number')) noun = t('a whole number');
  if (least !== null && most !== null) return t('{number} from {least} to {most}', { number: noun, least, most });
  if (least !== null) limits.unshift(t('of at least {n}', { n: least }));
  if (most !== null) limits.push(t('of at most {n}', { n: most }));
  const [first, second] = limits;
  if (first === undefined) return noun;
  return second === undefined
    ? t('{number} {limit}', { number: noun, limit: first })
    : t('{number} {limit} and {other}', { number: noun, limit: first, other: second });
}

function count(value: number): string {
  return numberFormat({ maximumFractionDigits: 20 }).format(value);
}
