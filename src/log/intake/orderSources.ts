/**
 * Shops keep orders, their lines and their customers in a file each: which sources belong together, by the
 * names of their columns.
 */
import { t } from '../../words/words';
import type { SourcePart, Role } from '../../recipe/logRecipe';
import { table } from '../formats/generic';
import { matchHeader, normaliseName } from '../formats/header';
import { ORDER_ROLES } from '../formats/roles';
import { idOf } from '../records/values';
import type { SourceGuess } from './guessSource';

/** Names of columns that name a person, where each order has a customer ID of its own. */
const PERSONS = new Set(['customeruniqueid', 'uniquecustomerid', 'useruniqueid', 'uniqueuserid', 'personid', 'masteruserid']);

/** First orders from which it is no coincidence that none shares its user with another. */
const MANY_ORDERS = 20;

interface Seen {
  readonly guess: SourceGuess;
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  readonly order: string;
}

function withPart(guess: SourceGuess, part: SourcePart, reason: string, roles: Seen['roles']): SourceGuess {
  const { mapping } = guess;
  const roleReasons = Object.fromEntries(
    Object.entries(roles).map(([role, at]) => [
      role,
      (mapping.roles[role as Role] === at ? guess.roleReasons[role as Role] : undefined) ??
        t('the name “{column}”', { column: mapping.columns[at]! }),
    ]),
  );
  // The last reason says why it would have been something else on its own.
  return { ...guess, reasons: [...guess.reasons.slice(0, -1), reason], roleReasons, mapping: { ...mapping, part, roles } };
}

function pick(roles: Seen['roles'], names: readonly Role[]): Seen['roles'] {
  return Object.fromEntries(names.flatMap((name) => (roles[name] === undefined ? [] : [[name, roles[name]]])));
}

/** Whether no two of the first orders are of one user. */
function allDiffer({ rows }: SourceGuess, user: number): boolean {
  const users = rows.map((row) => idOf(row[user])).filter((id) => id !== '');
  return users.length >= MANY_ORDERS && new Set(users).size === users.length;
}

/**
 * Joins the lines of orders, which name an item, to the orders, which name the user, and these to the persons
 * behind their customer IDs.
 * @param settled whether the user has said what a source is
 */
export function withOrders(guesses: readonly SourceGuess[], settled: (guess: SourceGuess) => boolean): SourceGuess[] {
  const seen = guesses.flatMap((guess): Seen[] => {
    const { mapping } = guess;
    const headed = mapping.syntax.kind !== 'delimited' || mapping.syntax.header;
    if (mapping.format !== table.name || mapping.part === 'events' || !headed || settled(guess)) return [];
    // A time that no name tells has been found by its values.
    const roles = { ...pick(mapping.roles, ['time']), ...matchHeader(mapping.columns).roles };
    return [{ guess, roles, order: roles.order === undefined ? '' : normaliseName(mapping.columns[roles.order]!) }];
  });
  const orders = seen.find(({ roles, order }) => order !== '' && roles.user !== undefined && roles.item === undefined);
  if (orders === undefined) return [...guesses];
  const lines = seen.filter(({ roles, order }) => order === orders.order && roles.item !== undefined && roles.user === undefined);
  if (lines.length === 0) return [...guesses];
  const user = orders.roles.user!;
  const userName = orders.guess.mapping.columns[user]!;
  const changed = new Map<SourceGuess, SourceGuess>();
  const { name } = orders.guess.mapping;
  for (const { guess, roles } of lines) {
    const reason = t('items of orders; {file} says whose they are and when', { file: name });
    changed.set(guess, withPart(guess, 'events', reason, pick(roles, ['order', 'item', 'position', 'rating', 'event', 'price'])));
  }
  for (const { guess, roles, order } of seen) {
    const { columns } = guess.mapping;
    const person = columns.findIndex((column) => PERSONS.has(normaliseName(column)));
    const alias = columns.findIndex((column) => normaliseName(column) === normaliseName(userName));
    if (order === '' && person >= 0 && alias >= 0 && person !== alias) {
      const reason = t('the persons behind “{column}” of {file}', { column: userName, file: name });
      changed.set(guess, withPart(guess, 'accounts', reason, { user: person, alias }));
    } else if (order === orders.order && roles.item === undefined && guess !== orders.guess && roles.rating !== undefined) {
      changed.set(guess, withPart(guess, 'orders', t('ratings of orders'), pick(roles, ['order', 'rating'])));
    }
  }
  const whose = withPart(
    orders.guess,
    'orders',
    t('orders, whose they are and when'),
    pick(orders.roles, ['order', ...ORDER_ROLES]),
  );
  const known = [...changed.values()].some(({ mapping }) => mapping.part === 'accounts');
  const doubt =
    !known && allDiffer(orders.guess, user)
      ? [
          t(
            'Each of the first orders has another “{column}”. If a file of customers says which of them are one person, open it as well.',
            {
              column: userName,
            },
          ),
        ]
      : [];
  changed.set(orders.guess, { ...whose, doubts: [...whose.doubts, ...doubt] });
  return guesses.map((guess) => changed.get(guess) ?? guess);
}
