import type { SourceMapping } from '../../recipe/logRecipe';

/** Mappings that a person corrected before, by the signature of their header. */
export type Remembered = Readonly<Record<string, Pick<SourceMapping, 'part' | 'roles' | 'timeUnit'>>>;

/** Sources with the same columns are mapped alike: kind of syntax and names of the columns. Headerless ones have no signature. */
export function headerSignature(mapping: Pick<SourceMapping, 'syntax' | 'columns'>): string | null {
  const { syntax } = mapping;
  const named =
    syntax.kind === 'delimited'
      ? syntax.header
      : syntax.kind === 'json' || syntax.kind === 'json-lines' || syntax.kind === 'parquet';
  return named ? JSON.stringify([syntax.kind, mapping.columns]) : null;
}
