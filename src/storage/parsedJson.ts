import type { z } from 'zod';

/** What a stored text holds; null if it is damaged. */
export function parsedJson<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
