/** Which column means what: header names, as published logs spell them. */
import type { Role } from '../../recipe/logRecipe';

/** Names of columns that count a user's own orders: an order of events, though no time. */
const OWN_COUNTS: readonly string[] = ['ordernumber', 'usersequence', 'userordernumber', 'visitnumber'];

/** Accepted names, ignoring case, spaces, `_` and `-`; if a file has several for a role, the one listed first is used. */
const ACCEPTED: Readonly<Record<Role, readonly string[]>> = {
  user: [
    ...['userid', 'user', 'uid', 'customerid', 'customer', 'visitorid', 'memberid', 'reviewerid', 'accountid', 'anonid'],
    ...['customeruniqueid', 'profileid', 'buyerid', 'clientid', 'steamid', 'username', 'sessionid', 'session'],
  ],
  item: [
    ...['itemid', 'item', 'iid', 'movieid', 'movie', 'productid', 'product', 'parentasin', 'asin', 'articleid', 'article'],
    ...[
      'newsid',
      'trackid',
      'songid',
      'bookid',
      'isbn',
      'videoid',
      'gameid',
      'appid',
      'recipeid',
      'businessid',
      'stockcode',
      'sku',
    ],
    // A track is more specific than its artist.
    ...['traid', 'artistid', 'artid', 'docid', 'clickurl', 'url', 'id'],
  ],
  time: [
    ...['timestamp', 'time', 'ts', 'datetime', 'date', 'eventtime', 'eventtimestamp', 'eventdate', 'unixtime', 'unixreviewtime'],
    ...[
      'reviewtime',
      'createdat',
      'clicktime',
      'querytime',
      'invoicedate',
      'orderdate',
      'timestampms',
      'timems',
      'datadate',
      'tdat',
    ],
    ...[
      'orderpurchasetimestamp',
      'purchasetimestamp',
      'purchasedate',
      'purchasedat',
      'orderedat',
      'ordertime',
      'transactiondate',
    ],
    ...OWN_COUNTS,
  ],
  rating: ['rating', 'ratings', 'score', 'stars', 'overall', 'reviewscore', 'quantity', 'playcount', 'playtimeforever', 'weight'],
  event: [
    'event',
    'eventtype',
    'behavior',
    'behaviour',
    'behaviortype',
    'action',
    'actiontype',
    'interaction',
    'interactiontype',
    'orderstatus',
  ],
  query: ['query', 'searchquery', 'search', 'searchterm', 'keywords', 'keyword'],
  exposed: ['exposed', 'exposures', 'exposeditems', 'impressions', 'shown', 'notclicked', 'negitems', 'negatives'],
  order: ['orderid', 'order', 'invoiceid', 'invoiceno', 'basketid', 'receiptid', 'transactionid'],
  position: ['addtocartorder', 'cartposition', 'basketposition'],
  request: ['requestid', 'impressionid', 'pageviewid', 'searchid', 'displayid', 'listid'],
  impressions: [],
  candidates: ['candidates', 'candidateitems', 'candidateids', 'candidateset', 'candidatelist'],
  history: [
    ...['itemidlist', 'history', 'itemlist', 'hist', 'items', 'sequence', 'itemseq', 'itemsequence', 'histitemid', 'historyids'],
    ...['historyitemid', 'historyitemids'],
  ],
  title: [
    ...[
      'title',
      'name',
      'itemtitle',
      'itemname',
      'movietitle',
      'productname',
      'producttitle',
      'booktitle',
      'trackname',
      'prodname',
      'appname',
    ],
    ...['headline', 'text'],
  ],
  category: [
    'category',
    'categories',
    'categorypath',
    'genre',
    'genres',
    'class',
    'maincategory',
    'maincat',
    'department',
    'dept',
    'aisle',
    'productcategoryname',
    'productcategory',
    'categoryname',
    'productgroupname',
    'producttypename',
    'categoryid',
  ],
  description: [
    'description',
    'desc',
    'itemdescription',
    'productdescription',
    'summary',
    'overview',
    'abstract',
    'features',
    'detaildesc',
  ],
  price: ['price', 'unitprice', 'itemprice', 'productprice'],
  image: ['imageurl', 'image', 'imurl', 'imageurlhighres', 'images', 'picture', 'poster', 'posterurl'],
  alias: [],
  semantic: ['itemsid', 'semanticid', 'semanticids', 'sid'],
  visual: [
    ...[
      'visual',
      'visualfeatures',
      'visualembedding',
      'imageembedding',
      'imageembeddings',
      'imageemb',
      'imagefeatures',
      'imagevector',
    ],
    ...['clip', 'clipembedding', 'siglip'],
  ],
  embedding: ['embedding', 'embeddings', 'vector', 'itememb', 'itemembedding', 'features768', 'emb'],
};

/** `User_ID` → `userid`; RecBole's `user_id:token` too. */
export function normaliseName(name: string): string {
  return name
    .replace(/:(?:token|float)(?:_seq)?$/i, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Whether a column of this name counts a user's own orders. */
export function countsOwnEvents(column: string): boolean {
  return OWN_COUNTS.includes(normaliseName(column));
}

export interface NamedColumns {
  /** Index of the column of each role that the header has. */
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  /** Roles that two columns claim with the same name, e.g. `user_id` and `userId`. */
  readonly ambiguous: readonly { readonly role: Role; readonly names: readonly string[] }[];
}

/** Finds roles by name. Never fails; the caller decides about missing ones. */
export function matchHeader(header: readonly string[]): NamedColumns {
  const names = header.map(normaliseName);
  const roles: Partial<Record<Role, number>> = {};
  const ambiguous: { role: Role; names: string[] }[] = [];
  const taken = new Set<number>();
  for (const role of Object.keys(ACCEPTED) as Role[]) {
    const name = ACCEPTED[role].find((accepted) => names.includes(accepted) && !taken.has(names.indexOf(accepted)));
    if (name === undefined) continue;
    roles[role] = names.indexOf(name);
    taken.add(names.indexOf(name));
    const claimants = header.filter((_, at) => names[at] === name);
    if (claimants.length > 1) ambiguous.push({ role, names: claimants });
  }
  return { roles, ambiguous };
}

/** Columns that may hold the item, the likeliest first. */
export function itemColumns(header: readonly string[]): number[] {
  const names = header.map(normaliseName);
  return ACCEPTED.item.flatMap((name) => (names.includes(name) ? [names.indexOf(name)] : []));
}

const ALL_NAMES = new Set(Object.values(ACCEPTED).flat());

/** Number of cells of a line that are known column names. */
export function namesColumns(line: readonly string[]): number {
  return line.filter((cell) => ALL_NAMES.has(normaliseName(cell))).length;
}
