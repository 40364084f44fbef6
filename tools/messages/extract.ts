/**
 * Finds the texts that a source file shows: arguments of `t`, of `message`, and of `say` in lessons, `text`
 * of `<T>`, and the words of registries.
 */
import compile from 'icu-minify/compile';
import { parseSync } from 'vite';

export interface FoundText {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Where the literal stands. */
  readonly start: number;
  readonly end: number;
  /** A build holds the parsed text instead. */
  readonly parsed: boolean;
  /** The literal is an attribute, not an expression. */
  readonly attribute: boolean;
}

export interface Extracted {
  readonly texts: readonly FoundText[];
  /** Mistakes, with their lines. */
  readonly problems: readonly string[];
  /** Messages of errors that a page would show in English; mistakes except in files of the command line. */
  readonly untranslated: readonly string[];
}

/**
 * Calls whose object literals hold words that `t` is given elsewhere, and which properties do; all if null.
 * They have no placeholders.
 */
const REGISTRIES: Readonly<Record<string, readonly string[] | null>> = {
  // Fields of the recipe: `.register(WORDS, { label, hint, unit, each })` and `choices({ value: label })`.
  register: ['label', 'hint', 'unit', 'each'],
  choices: null,
  // Measures.
  defineMeasure: ['name', 'unit', 'definition'],
  defineRankingMeasure: ['name', 'unit', 'definition'],
  defineSinkMeasure: ['name', 'unit', 'definition', 'cell'],
  fidelityMeasure: ['name', 'unit', 'definition'],
  shape: ['name', 'unit'],
};

/** Errors whose messages the page shows. Those of the command line alone are English. */
const SHOWN_ERRORS = new Set([
  'CheckpointError',
  'DeviceLostError',
  'DivergedError',
  'DoesNotFitError',
  'GpuFaultError',
  'GpuUnavailableError',
  'LogError',
  'MissingFileError',
  'ModelError',
  'ProtocolError',
  'StorageBusyError',
  'StorageFullError',
  'TrainingRefusedError',
]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** @param file its name says the syntax */
export function extract(file: string, source: string): Extracted {
  const texts: FoundText[] = [];
  const problems: string[] = [];
  const untranslated: string[] = [];
  const lineOf = (at: number): number => source.slice(0, at).split('\n').length;
  const problem = (node: Node, what: string, of = problems): void => {
    of.push(`${file}:${lineOf(node.start)}: ${what}`);
  };
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);

  const calls = new Set(['t', 'message', ...(importsSay(program.body as unknown as Node[]) ? ['say'] : [])]);

  /** The literals that an expression may be; reports others if it must be literal. */
  const literals = (node: Node, mustBe: boolean, attribute = false, parsed = true): string[] => {
    const text = constantText(node);
    if (text !== null) {
      texts.push({
        text,
        line: lineOf(node.start),
        start: node.start,
        end: node.end,
        parsed: parsed && isParsed(text),
        attribute,
      });
      return [text];
    }
    const inner = innerOf(node);
    if (inner !== null) return inner.flatMap((one) => literals(one, mustBe));
    if (node.type === 'TemplateLiteral' || node.type === 'BinaryExpression')
      problem(node, 'A text glued from pieces: write one text with placeholders.');
    else if (mustBe) problem(node, 'The text must be a literal.');
    return [];
  };

  const checkValues = (node: Node, found: readonly string[], values: Node | undefined): void => {
    const names = values === undefined ? new Set<string>() : namesOf(values);
    if (names === null) return;
    for (const text of found) {
      let needed: ReadonlySet<string>;
      try {
        needed = placeholders(text);
      } catch (error) {
        problem(node, `"${text}" cannot be read: ${(error as Error).message}`);
        continue;
      }
      for (const name of needed) if (!names.has(name)) problem(node, `"${text}" lacks a value for {${name}}.`);
      if (found.length === 1)
        for (const name of names) if (!needed.has(name)) problem(node, `"${text}" does not use the value ${name}.`);
    }
  };

  const visit = (node: Node, inFunction: boolean): void => {
    const inside = inFunction || /Function|MethodDefinition/.test(node.type);
    if (node.type === 'CallExpression') {
      const callee = node.callee as Node;
      const args = node.arguments as Node[];
      if (callee.type === 'Identifier' && calls.has(String(callee.name)) && args[0]) {
        const isT = callee.name === 't';
        const found = literals(args[0], !isT);
        if (callee.name !== 'message' && found.length > 0) checkValues(node, found, args[1]);
        if (isT && !inside)
          problem(node, 't is called while the module loads; mark the text with message and call t where it is shown.');
      }
      const name =
        callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? (callee.property as Node).name : null;
      if (typeof name === 'string' && Object.hasOwn(REGISTRIES, name)) {
        for (const argument of args) if (argument.type === 'ObjectExpression') collect(argument, REGISTRIES[name]!);
      }
    }
    if (node.type === 'NewExpression' && SHOWN_ERRORS.has(String((node.callee as Node).name))) {
      for (const argument of node.arguments as Node[])
        for (const one of alternatives(argument))
          if (isSentence(one)) problem(one, 'The page shows the message of this error: give it t(…).', untranslated);
    }
    if (node.type === 'JSXOpeningElement' && (node.name as Node).name === 'T') {
      const attribute = (of: string): Node | undefined =>
        (node.attributes as Node[]).find((one) => one.type === 'JSXAttribute' && (one.name as Node).name === of)?.value as
          | Node
          | undefined;
      const text = attribute('text');
      const values = attribute('values');
      if (text) {
        const found =
          text.type === 'JSXExpressionContainer' ? literals(text.expression as Node, false) : literals(text, true, true);
        if (found.length > 0) checkValues(node, found, values?.expression as Node | undefined);
      }
      if (!inside) problem(node, '<T> is made while the module loads.');
    }
    for (const child of childrenOf(node)) visit(child, inside);
  };

  const collect = (object: Node, properties: readonly string[] | null): void => {
    for (const property of object.properties as Node[]) {
      const name = property.type === 'Property' ? propertyName(property) : null;
      if (name === null || (properties !== null && !properties.includes(name))) continue;
      const value = property.value as Node;
      const text = constantText(value);
      if (text === null || !/\p{L}/u.test(text)) continue;
      if (isParsed(text)) problem(value, `"${text}" has placeholders: mark it with message.`);
      literals(value, true, false, false);
    }
  };

  visit(program as unknown as Node, false);
  return { texts, problems, untranslated };
}

/** The expressions of which one is this one's value; null if it is of another kind. */
function innerOf(node: Node): Node[] | null {
  switch (node.type) {
    case 'ConditionalExpression':
      return [node.consequent, node.alternate] as Node[];
    case 'LogicalExpression':
      return [node.left, node.right] as Node[];
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return [node.expression] as Node[];
    default:
      return null;
  }
}

/** The expressions, none of them of several, of which one is this one's value. */
function alternatives(node: Node): Node[] {
  return innerOf(node)?.flatMap(alternatives) ?? [node];
}

/** Whether an expression writes words, and not just joins what others wrote. */
function isSentence(node: Node): boolean {
  const text = constantText(node);
  if (text !== null) return /\p{L}+ \p{L}/u.test(text);
  if (node.type === 'BinaryExpression') return isSentence(node.left as Node) || isSentence(node.right as Node);
  return (
    node.type === 'TemplateLiteral' &&
    (node.quasis as Node[]).some((part) => /\p{Ll}{2,}/u.test((part.value as { cooked: string }).cooked))
  );
}

/** Whether `say` is the one of lessons (`src/learn/words.ts`). */
function importsSay(body: readonly Node[]): boolean {
  return body.some(
    (node) =>
      node.type === 'ImportDeclaration' &&
      /(?:^|\/)words$/.test(String((node.source as Node).value)) &&
      (node.specifiers as Node[]).some((one) => (one.local as Node).name === 'say'),
  );
}

/** A build replaces these by what the parser makes of them. */
function isParsed(text: string): boolean {
  try {
    return compile(text) !== text;
  } catch {
    return false;
  }
}

function constantText(node: Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type === 'TemplateLiteral' && (node.expressions as Node[]).length === 0)
    return ((node.quasis as Node[])[0]!.value as { cooked: string }).cooked;
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const left = constantText(node.left as Node);
    const right = constantText(node.right as Node);
    return left === null || right === null ? null : left + right;
  }
  return null;
}

function propertyName(property: Node): string | null {
  const key = property.key as Node;
  if (property.computed === true) return null;
  return key.type === 'Identifier' ? String(key.name) : key.type === 'Literal' ? String(key.value) : null;
}

/** The names in an object literal; null if not all are known. */
function namesOf(values: Node): Set<string> | null {
  if (values.type !== 'ObjectExpression') return null;
  const names = (values.properties as Node[]).map((property) => (property.type === 'Property' ? propertyName(property) : null));
  return names.includes(null) ? null : new Set(names as string[]);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).filter(
      (one): one is Node => typeof one === 'object' && one !== null && typeof (one as Node).type === 'string',
    ),
  );
}

/** Names of a text's placeholders and tags. @throws if it cannot be read */
export function placeholders(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    const [name, second, third] = node as [unknown, unknown, unknown];
    if (typeof name !== 'string') {
      node.forEach(visit);
      return;
    }
    names.add(name);
    if (typeof second !== 'number' || second === 0) node.slice(1).forEach(visit);
    else if (second <= 3) for (const form of Object.values(third as object)) if (Array.isArray(form)) form.forEach(visit);
  };
  const parsed = compile(text);
  if (Array.isArray(parsed)) parsed.forEach(visit);
  return names;
}
