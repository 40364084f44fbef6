import type { SourceMapping } from '../../recipe/logRecipe';

/** Mappings that the user corrected earlier, by the signature of their header. */
export type Remembered = Readonly<Record<string, Pick<SourceMapping, 'part' | 'roles' | 'timeUnit'>>>;

/**
 * Syntax and names of the columns: sources with the same signature are mapped alike. Headerless ones have
 * none.
 */
export function headerSignature(mapping: Pick<SourceMapping, 'syntax' | 'columns'>): string | null {
  const { syntax } = mapping;
  const named =
    syntax.kind === 'delimited'
      ? syntax.header
      : syntax.kind === 'json' || syntax.kind === 'json-lines' || syntax.kind === 'parquet';
  return named ? JSON.stringify([syntax.kind, mapping.columns]) : null;
}
