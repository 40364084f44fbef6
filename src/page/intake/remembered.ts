/** Mappings that a person corrected, kept in the browser by the signature of the header. */
import { z } from 'zod';
import { headerSignature, type Remembered } from '../../log/intake/guess';
import { sourceMappingSchema, type SourceMapping } from '../../recipe/logRecipe';

const KEY = 'karma-mappings';
/** The ones used last stay. */
const MOST = 50;

const rememberedSchema = z.record(z.string(), sourceMappingSchema.pick({ part: true, roles: true, timeUnit: true }));

/** Nothing where the browser keeps nothing, or something else stands there. */
export function rememberedMappings(): Remembered {
  try {
    const parsed = rememberedSchema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
    return parsed.success ? parsed.data : {};
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return {};
    throw error;
  }
}

function without(signature: string): Remembered {
  return Object.fromEntries(Object.entries(rememberedMappings()).filter(([key]) => key !== signature));
}

function store(mappings: Remembered): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(mappings).slice(-MOST))));
  } catch (error) {
    // Storage that is full or forbidden costs only the memory of the choice.
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Headerless sources have no signature and are guessed anew each time. */
export function rememberMapping(mapping: SourceMapping): void {
  const signature = headerSignature(mapping);
  if (signature === null) return;
  const { part, roles, timeUnit } = mapping;
  store({ ...without(signature), [signature]: { part, roles, timeUnit } });
}

export function forgetMapping(mapping: SourceMapping): void {
  const signature = headerSignature(mapping);
  if (signature !== null) store(without(signature));
}

export function isRemembered(mapping: SourceMapping): boolean {
  return Object.hasOwn(rememberedMappings(), headerSignature(mapping) ?? '');
}
