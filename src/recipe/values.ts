/** What a schema accepts, in words: `a whole number from 1 to 64`. For errors, help and documentation. */
import { z } from 'zod';
import { inside } from './words';

/** Null if there are no words for it, as for objects. */
export function valuesText(given: z.core.$ZodType): string | null {
  const schema = inside(given);
  if (schema instanceof z.ZodNumber) return numberText(schema);
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).join(' or ');
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodURL) return 'a URL';
  if (schema instanceof z.ZodString) return 'text';
  if (schema instanceof z.ZodUnion) {
    const texts = schema.options.map(valuesText);
    return texts.includes(null) ? null : texts.join(' or ');
  }
  if (schema instanceof z.ZodArray) {
    const element = valuesText(schema.element);
    return element === null ? null : `a list, each ${element}`;
  }
  return null;
}

type Check =
  | z.core.$ZodCheckGreaterThanDef
  | z.core.$ZodCheckLessThanDef
  | z.core.$ZodCheckMultipleOfDef
  | z.core.$ZodCheckNumberFormatDef;

function numberText(schema: z.ZodNumber): string {
  let noun = 'a number';
  let least: string | null = null;
  let most: string | null = null;
  const limits: string[] = [];
  for (const { _zod } of schema.def.checks ?? []) {
    const check = _zod.def as Check;
    if (check.check === 'number_format' && noun === 'a number') noun = 'a whole number';
    else if (check.check === 'multiple_of') noun = `a multiple of ${check.value}`;
    else if (check.check === 'greater_than' && check.inclusive) least = count(Number(check.value));
    else if (check.check === 'less_than' && check.inclusive) most = count(Number(check.value));
    else if (check.check === 'greater_than') limits.push(`above ${count(Number(check.value))}`);
    else if (check.check === 'less_than') limits.push(`below ${count(Number(check.value))}`);
  }
  if (least !== null && most !== null) return `${noun} from ${least} to ${most}`;
  if (least !== null) limits.unshift(`of at least ${least}`);
  if (most !== null) limits.push(`of at most ${most}`);
  return [noun, limits.join(' and ')].filter(Boolean).join(' ');
}

function count(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 20 });
}
