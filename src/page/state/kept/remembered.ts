/** Mappings that the user corrected, stored in the browser by the signature of the header. */
import { z } from 'zod';
import { headerSignature, type Remembered } from '../../../log/intake/headerSignature';
import { readLocalJson, writeLocal } from './local';
import { sourceMappingSchema, type SourceMapping } from '../../../recipe/logRecipe';
import { PASSAGE, verbatim } from '../../../recipe/texts';

const KEY = 'karma-mappings';
/** Maximum number stored; those used last are kept. */
const MOST = 50;

const rememberedSchema = z.record(verbatim(PASSAGE), sourceMappingSchema.pick({ part: true, roles: true, timeUnit: true }));

/** Empty if the browser stores nothing, or the stored value is something else. */
export function rememberedMappings(): Remembered {
  const parsed = rememberedSchema.safeParse(readLocalJson(KEY));
  return parsed.success ? parsed.data : {};
}

function without(signature: string): Remembered {
  return Object.fromEntries(Object.entries(rememberedMappings()).filter(([key]) => key !== signature));
}

function store(mappings: Remembered): void {
  writeLocal(KEY, JSON.stringify(Object.fromEntries(Object.entries(mappings).slice(-MOST))));
}

/** Headerless sources have no signature and are guessed again each time. */
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
