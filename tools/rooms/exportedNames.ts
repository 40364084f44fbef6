/** Names that files export. */
import ts from 'typescript';

/**
 * Names that a file gives to what it exports; not its default, nor what it passes on from another file under
 * the same name.
 */
export function exportedNames(file: string, text: string): ReadonlySet<string> {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return new Set(statements.flatMap(namesOf));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause, moduleSpecifier } = statement;
    // What `export *` passes on belongs to the other file.
    if (exportClause === undefined) return [];
    if (!ts.isNamedExports(exportClause)) return [exportClause.name.text];
    const passedOn = (one: ts.ExportSpecifier): boolean => moduleSpecifier !== undefined && one.propertyName === undefined;
    const names = exportClause.elements.filter((one) => !passedOn(one)).map(({ name }) => name.text);
    return names.filter((name) => name !== 'default');
  }
  const kinds = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []).map(({ kind }) => kind) : [];
  if (!kinds.includes(ts.SyntaxKind.ExportKeyword) || kinds.includes(ts.SyntaxKind.DefaultKeyword)) return [];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** Each name that several files export, with these. */
export function sharedNames(files: readonly (readonly [file: string, text: string])[]): string[] {
  const owners = new Map<string, string[]>();
  for (const [file, text] of files) {
    for (const name of exportedNames(file, text)) owners.set(name, [...(owners.get(name) ?? []), file]);
  }
  return [...owners]
    .filter(([, { length }]) => length > 1)
    .map(([name, by]) => `${name} is exported by ${by.toSorted().join(' and ')}`)
    .toSorted();
}
