/** Which column means what: header names, as published logs spell them. */

export type Role = 'user' | 'item' | 'time' | 'title' | 'category' | 'description' | 'query' | 'exposed';

/** The name each role has in our own files, for messages. */
export const COLUMN_NAMES: Readonly<Record<Role, string>> = {
  user: 'user_id',
  item: 'item_id',
  time: 'timestamp',
  title: 'title',
  category: 'category',
  description: 'description',
  query: 'query',
  exposed: 'exposed',
};

/** Accepted names without case, spaces, `_`, `-`; where a file has several of a role, the one listed first is used. */
const ACCEPTED: Readonly<Record<Role, readonly string[]>> = {
  user: [
    'userid',
    'user',
    'uid',
    'customerid',
    'customer',
    'visitorid',
    'memberid',
    'reviewerid',
    'accountid',
    'sessionid',
    'session',
  ],
  item: [
    ...[
      'itemid',
      'item',
      'iid',
      'movieid',
      'movie',
      'productid',
      'product',
      'parentasin',
      'asin',
      'articleid',
      'article',
      'newsid',
    ],
    ...['trackid', 'songid', 'bookid', 'isbn', 'videoid', 'gameid', 'recipeid', 'businessid', 'stockcode', 'sku', 'id'],
  ],
  time: [
    ...['timestamp', 'time', 'ts', 'datetime', 'date', 'eventtime', 'eventtimestamp', 'eventdate', 'unixtime', 'unixreviewtime'],
    ...['reviewtime', 'createdat', 'clicktime', 'invoicedate', 'timestampms', 'timems'],
  ],
  title: ['title', 'name', 'itemtitle', 'itemname', 'movietitle', 'productname', 'producttitle', 'booktitle', 'trackname'],
  category: ['category', 'categories', 'categorypath', 'genre', 'genres', 'maincategory', 'department'],
  description: ['description', 'desc', 'itemdescription', 'productdescription', 'summary', 'overview', 'abstract'],
  query: ['query', 'searchquery', 'search', 'searchterm', 'keywords'],
  exposed: ['exposed', 'exposures', 'exposeditems', 'impressions', 'shown', 'notclicked'],
};

export interface Columns {
  /** Index of the column of each role that the header has. */
  readonly index: Readonly<Partial<Record<Role, number>>>;
  /** Names of columns that no role uses. */
  readonly unused: readonly string[];
  /** Roles that two columns claim with the same name, e.g. `user_id` and `userId`. */
  readonly ambiguous: readonly { readonly role: Role; readonly names: readonly string[] }[];
}

/** `User_ID` → `userid`; RecBole's `user_id:token` too. */
function normalise(name: string): string {
  return name
    .replace(/:(?:token|float)(?:_seq)?$/i, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Finds the roles in a header. Never throws: what is missing is for the caller to judge. */
export function matchColumns(header: readonly string[]): Columns {
  const names = header.map(normalise);
  const index: Partial<Record<Role, number>> = {};
  const ambiguous: { role: Role; names: string[] }[] = [];
  for (const role of Object.keys(ACCEPTED) as Role[]) {
    const name = ACCEPTED[role].find((accepted) => names.includes(accepted));
    if (name === undefined) continue;
    index[role] = names.indexOf(name);
    const claimants = header.filter((_, at) => names[at] === name);
    if (claimants.length > 1) ambiguous.push({ role, names: claimants });
  }
  const used = new Set(Object.values(index));
  return { index, unused: header.filter((name, at) => !used.has(at) && name !== ''), ambiguous };
}
