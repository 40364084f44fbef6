/** Which column means what: header names, as published logs spell them, and in other languages. */
import type { Role } from '../../recipe/logRecipe';

/** Names of columns that count a user's own orders: an order of events, though no time. */
const OWN_COUNTS = 'ordernumber usersequence userordernumber visitnumber';

/**
 * Accepted names, ignoring case, accents, spaces, `_` and `-`; if a file has several for a role, the one
 * listed first is used.
 */
const ACCEPTED = {
  user: `userid user uid userno usernumber usermd5 customerid customer visitorid memberid reviewerid accountid anonid customeruniqueid
    profileid buyerid clientid steamid username reviewprofilename profilename userkey householdkey uuid personid sessionid session
    사용자id 사용자 사용자번호 회원id 회원번호 회원 고객id 고객번호 고객 유저id 유저 用户id 用户 用户编号 用戶id 用戶 使用者id 使用者 会员id 会员 会员编号
    客户id 客户 ユーザーid ユーザid ユーザー ユーザ 会員id 会員 会員番号 顧客id 顧客 顧客番号 nutzerid nutzer benutzerid benutzer kundenid kundennummer
    kundennr kunde utilisateurid idutilisateur utilisateur clientno idclient client пользователь idпользователя пользовательid
    клиент idклиента покупатель usuarioid idusuario usuario clienteid idcliente cliente`,
  item: `itemid item iid movieid movie productid product parentasin asin articleid article newsid trackid songid bookid isbn videoid
    gameid appid recipeid businessid beerid stockcode sku skuid animeid documentid gmapid adgroupid clickarticleid venueid poiid locationid
    상품id 상품번호 상품코드 상품 아이템id 아이템 품목 품목코드 도서id 영화id 商品id 商品编号 商品編號 商品 物品id 物品 项目id 产品id 电影id 商品コード
    商品番号 アイテムid アイテム 品目 artikelid artikelnummer artikelnr artikel produktid produktnummer produkt produitid idproduit produit
    idarticle товар idтовара кодтовара товарid артикул productoid idproducto producto articulo
    traid artistid artid docid clickurl id url`,
  time: `timestamp time ts datetime date eventtime eventtimestamp eventdate unixtime unixreviewtime reviewtime ratingtime createdat
    clicktime clicktimestamp querytime invoicedate orderdate timestampms timems datadate tdat orderpurchasetimestamp purchasetimestamp
    purchasedate purchasedat orderedat ordertime transactiondate transactiondt dateadded actiontime
    시간 일시 날짜 일자 시각 구매일 구매일시 주문일 주문일시 등록일시 时间 時間 日期 时间戳 下单时间 购买时间 行为时间 日時 日付 購入日時 購入日 注文日時
    タイムスタンプ zeitstempel zeitpunkt datum zeit bestelldatum kaufdatum horodatage datecommande dateachat время дата датаивремя датазаказа
    датапокупки fecha fechahora fechacompra fechapedido marcadetiempo ${OWN_COUNTS} day`,
  rating: `rating ratings score stars overall reviewscore reviewoverall bookrating quantity playcount playtimeforever weight
    평점 별점 수량 评分 評分 数量 評価 bewertung sterne menge anzahl note quantite оценка рейтинг количество valoracion puntuacion
    calificacion cantidad`,
  event: `event eventtype behavior behaviour behaviortype action actiontype interaction interactiontype orderstatus type
    행동 이벤트 이벤트유형 行为 行为类型 行為 行動 イベント ereignis evenement событие действие evento accion`,
  query: 'query searchquery search searchterm keywords keyword 검색어 搜索词 検索語 suchbegriff запрос busqueda',
  exposed: 'exposed exposures exposeditems impressions shown notclicked negitems negatives articleidsinview',
  order: 'orderid order invoiceid invoiceno basketid receiptid transactionid',
  position: 'addtocartorder cartposition basketposition',
  request: 'requestid impressionid pageviewid searchid displayid listid',
  impressions: '',
  candidates: 'candidates candidateitems candidateids candidateset candidatelist',
  subset: 'split set subset fold partition datasplit',
  history: `itemidlist history itemlist hist items sequence itemseq itemsequence histitemid historyids historyitemid historyitemids
    articleidsclicked`,
  title: `title name itemtitle itemname movietitle productname producttitle booktitle trackname prodname appname beername originaltitle
    상품명 제목 이름 영화명 商品名称 商品名稱 标题 標題 名称 商品名 タイトル 品名 bezeichnung titel artikelname artikelbezeichnung produktname titre nomproduit
    libelle nom название наименование наименованиетовара titulo nombreproducto nombre headline text`,
  category: `category categories categorypath genre genres class maincategory maincat department dept aisle productcategoryname
    productcategory categoryname productgroupname producttypename categoryid 카테고리 분류 类别 类目 分类 類別 カテゴリ カテゴリー kategorie categorie
    категория categoria`,
  description: `description desc itemdescription productdescription summary overview abstract features detaildesc
    설명 描述 説明 beschreibung описание descripcion`,
  price: 'price unitprice itemprice productprice 가격 价格 価格 preis prix цена precio',
  image: 'imageurl image imurl imageurlhighres images picture poster posterurl',
  alias: '',
  semantic: 'itemsid semanticid semanticids sid',
  visual: `visual visualfeatures visualembedding imageembedding imageembeddings imageemb imagefeatures imagevector clip clipembedding
    siglip`,
  embedding: 'embedding embeddings vector itememb itemembedding features768 emb',
} satisfies Readonly<Record<Role, string>>;

const NAMES = new Map(
  Object.entries(ACCEPTED).map(([role, names]) => [role as Role, names.split(/\s+/).filter((name) => name !== '')]),
);

/** `User_ID` → `userid`; RecBole's `user_id:token` too. */
export function normaliseName(name: string): string {
  return name
    .replace(/:(?:token|float)(?:_seq)?$/i, '')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Names by which a column is found: its own, and behind a path the last part of it, `review/score`,
 * `events.aid`.
 */
function namesOf(column: string): string[] {
  const last = /[/.]([^/.]+)$/.exec(column)?.[1];
  return last === undefined ? [normaliseName(column)] : [normaliseName(column), normaliseName(last)];
}

/** Whether a column of this name counts a user's own orders. */
export function countsOwnEvents(column: string): boolean {
  return OWN_COUNTS.split(' ').includes(normaliseName(column));
}

export interface NamedColumns {
  /** Index of the column of each role that the header has. */
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  /** Roles that two columns claim with the same name, e.g. `user_id` and `userId`. */
  readonly ambiguous: readonly { readonly role: Role; readonly names: readonly string[] }[];
}

/**
 * Finds roles by name. Never fails; the caller decides about missing ones.
 * @param fits whether the values of a column (index) can be what a role holds
 */
export function matchHeader(header: readonly string[], fits: (role: Role, column: number) => boolean = () => true): NamedColumns {
  const names = header.map(namesOf);
  const roles: Partial<Record<Role, number>> = {};
  const ambiguous: { role: Role; names: string[] }[] = [];
  const taken = new Set<number>();
  for (const [role, accepted] of NAMES) {
    const claiming = (name: string): number[] =>
      names.flatMap((own, at) => (own.includes(name) && !taken.has(at) && fits(role, at) ? [at] : []));
    const found = accepted.map(claiming).find(({ length }) => length > 0);
    if (found === undefined) continue;
    roles[role] = found[0]!;
    taken.add(found[0]!);
    if (found.length > 1) ambiguous.push({ role, names: found.map((at) => header[at]!) });
  }
  return { roles, ambiguous };
}

/** Columns that may hold a role, the likeliest first. */
export function columnsNamed(header: readonly string[], role: Role): number[] {
  const names = header.map(namesOf);
  return [...new Set(NAMES.get(role)!.flatMap((name) => names.flatMap((own, at) => (own.includes(name) ? [at] : []))))];
}

const ALL_NAMES = new Set([...NAMES.values()].flat());

/** Number of cells of a line that are known column names. */
export function namesColumns(line: readonly string[]): number {
  return line.filter((cell) => ALL_NAMES.has(normaliseName(cell))).length;
}
