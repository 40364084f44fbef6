/**
 * What a store on a public page does not sell or mention. Deliberately broad: it also removes a few harmless
 * things.
 */

/** Subtrees left out: [name in WordNet, lexicographer file], the sense with the most kinds. */
export const UNFIT_SUBTREES: readonly (readonly [string, string])[] = [
  ['weapon', '06'],
  ['gunsight', '06'],
  ['bombsight', '06'],
  ['armored vehicle', '06'],
  ['personnel carrier', '06'],
  ['reconnaissance vehicle', '06'],
  ['weapons carrier', '06'],
  ['gunboat', '06'],
  ['medicine', '06'],

  // Not unsuitable, but not products: knots.
  ['knot', '06'],
];

/** Whole words in a title that are vulgar or slurs, or may be read as such, and products that read badly. */
export const UNFIT_TITLES = new RegExp(
  `(?<![a-z])(?:${[
    'bastard|bullshit|chink|cock|cockhorse|coolie|dick|dyke|fag|fagot|faggot|golliwog|gypsy|hooker|jew|mammy',
    'negro|nigger|pansy|pussy|slut|squaw|thong|titfer|tits?|hot pants|pasty|blackface',
    'battle-ax|barong|straitjacket|switchblade|deathbed|hearse|ossuary|sarcophagus|bier|coffin|gravestone|body bag|crown of thorns|canopic jar|coonskin cap',
  ].join('|')})(?![a-z])`,
  'i',
);

/** Words of a gloss that mark slang, slurs, sex, bodily waste, violence, drugs, tobacco or death. */
export const UNFIT_TEXT = new RegExp(
  `\\b(?:${[
    'slang|slur|offensive|derogat\\w*|disparag\\w*|obscen\\w*|vulgar|street names?|sex|sexual\\w*|erotic|genital\\w*|anal|buttocks|nipples?',
    'prostitut\\w*|contracepti\\w*|defecat\\w*|urin\\w*|feces|excrement|enema|vomit\\w*',
    'weapons?|guns?|gunpowder|firearms?|rifles?|ammunition|bombs?|explosives?|missiles?|artillery|torture\\w*|execut(?:e|ed|ion)',
    'punish\\w*|prisoners?|kill\\w*|murder\\w*|slaves?|corpses?|dead|dies|bur(?:y|ied)|poison\\w*',
    'drugs?|opium|heroin|cocaine|marijuana|narcotics?|illegal\\w*|tobacco|cigars?|cigarettes?|smok(?:er|ers)',
    'negro\\w*|racial',
  ].join('|')})\\b`,
  'i',
);
