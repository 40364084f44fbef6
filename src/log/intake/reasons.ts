/** Why rows, embeddings and pictures are left out, or what is odd about those that are used. */
import { message } from '../../words/words';
import { MOST_PIXELS } from '../source/pictureHeader';

/** `note`: nothing is lost. `warning`: rows are left out, or a result may mislead. */
export type FindingLevel = 'note' | 'warning';

interface Reason {
  readonly level: FindingLevel;
  /** In English, as stored records and the reference have it. */
  readonly text: string;
  /** What is done about it. */
  readonly done: string;
}

function note(text: string, done: string): Reason {
  return { level: 'note', text, done };
}

function warning(text: string, done: string): Reason {
  return { level: 'warning', text, done };
}

const LEFT_OUT = message('left out');
const FIRST_ROW = message('the first row is used');
const MEAN_EMBEDDING = message('the mean of the other items’ embeddings stands in');
const NO_PICTURE = message('the item counts as one without a picture');

export const REASONS = {
  // Rows that give no event, item, order or candidate set.
  noUser: warning(message('no user'), LEFT_OUT),
  noItem: warning(message('no item'), LEFT_OUT),
  noTime: warning(message('no time'), LEFT_OUT),
  badTime: warning(message('time that cannot be read'), message('left out; choose another time unit if all should be read')),
  noOrder: warning(message('no order'), LEFT_OUT),
  unknownOrder: warning(message('order that is in no other file'), LEFT_OUT),
  filteredRow: note(message('row that the row filter leaves out'), message('left out by the row filter')),
  shownRow: note(message('shown in a request and not chosen'), message('an exposure of what was chosen in its request')),
  noClick: note(message('request without a click'), message('left out: nothing was chosen')),
  noAnswers: warning(
    message('impressions without marks of what was clicked'),
    message('left out: which one was clicked is withheld'),
  ),
  repeatedItem: warning(message('item that is listed before, word for word'), FIRST_ROW),
  contradictingItem: warning(message('item that is listed before with other texts'), FIRST_ROW),
  setOfUnknownUser: warning(message('candidate set of a user without events'), LEFT_OUT),
  setOfUnknownTarget: warning(message('candidate set of a target that is in no other file'), LEFT_OUT),
  secondSet: warning(message('second candidate set of a target'), message('the first set is used')),

  // Each `RecordProblem`.
  fields: warning(message('wrong number of fields'), message('left out; choose another delimiter if there are many')),
  quotes: warning(message('quotes that do not close'), LEFT_OUT),
  json: warning(message('not a JSON object'), LEFT_OUT),

  // Oddities of rows that are used.
  oddQuotes: warning(
    message('quote that does not close, or is followed by other text'),
    message('used as it stands; double a quote ("") that belongs to the text'),
  ),
  oddTime: warning(
    message('time that is 0, −1 or in the future'),
    message('read as it is; leave the rows out by a date filter if it stands for a missing time'),
  ),
  ownHistory: warning(
    message('history that ends with the row’s own item'),
    message('the item is taken out of the history, since it is what is to be predicted'),
  ),
  badRating: warning(message('rating that cannot be read'), message('read as missing; left out if a minimum rating is set')),
  ownExposure: note(
    message('list of shown items that names the clicked item itself'),
    message('the clicked item is taken out of the list, since it is not a negative'),
  ),
  secondOrder: note(message('order that is listed before with something else'), FIRST_ROW),
  unreadableOrder: warning(message('order whose time cannot be read'), message('its events are left out')),
  secondAccount: warning(message('other ID of two users'), message('the first user is used')),
  secondAlias: warning(message('second item of another ID'), message('the first item is used')),
  twoItems: warning(
    message('ID that is one item’s own and another item’s other one'),
    message('read as the item whose own ID it is; if its rows use the other IDs, leave the ID map out'),
  ),
  otherTitle: note(
    message('another title for an item than in an items file or an earlier row'),
    message('the first title is used'),
  ),
  unknownCandidate: warning(message('candidate that is in no other file'), message('left out of its pool')),
  codeOfUnknownItem: note(message('semantic id of an item that is in no other file'), LEFT_OUT),

  // Embeddings and visual features.
  embeddingNotNumbers: note(message('embedding that is not a list of numbers'), MEAN_EMBEDDING),
  embeddingNotFinite: note(message('embedding with a value that is not finite'), MEAN_EMBEDDING),
  embeddingOtherLength: note(message('embedding with a different length from the first'), MEAN_EMBEDDING),
  embeddingSecond: note(message('second embedding of an item'), message('the first embedding is used')),
  embeddingOfUnknownItem: note(message('embedding of an item that is in no other file'), message('not used')),
  visualNotNumbers: note(message('visual features that are not a list of numbers'), NO_PICTURE),
  visualNotFinite: note(message('visual features with a value that is not finite'), NO_PICTURE),
  visualOtherLength: note(message('visual features with a different length from the first'), NO_PICTURE),
  visualSecond: note(message('second visual features of an item'), message('the first are used')),

  // Events that the filters leave out.
  duplicate: note(message('same user, item and time as an earlier row'), LEFT_OUT),
  withoutText: note(message('item without text'), LEFT_OUT),
  otherKind: note(message('event type that is filtered out'), LEFT_OUT),
  lowRating: note(message('rating below the minimum'), LEFT_OUT),
  otherDate: note(message('outside the dates'), LEFT_OUT),
  repeat: note(message('later event of a user with the same item'), LEFT_OUT),
  oldEvent: note(message('older than the user’s latest events that are kept'), LEFT_OUT),
  rareItem: note(message('item with too few events'), LEFT_OUT),
  shortUser: note(message('user with too few events'), LEFT_OUT),
  sameBasket: note(message('event of a basket that keeps another event'), LEFT_OUT),
  laterPart: note(message('at or after the user’s first event of a later part of the split'), LEFT_OUT),
  guest: warning(
    message('event of guests, who are not one user'),
    message('left out; empty the filter of guests if the ID is a user’s'),
  ),
  busyUser: note(message('user with too many events in an hour'), LEFT_OUT),

  // Pictures that are not used: of no item, by their address, and each `PictureProblem`.
  unknownPicture: warning(message('named after no item of the catalogue'), LEFT_OUT),
  secondPicture: warning(message('second picture of an item'), LEFT_OUT),
  noPictureThere: warning(message('the image column names neither a web address nor a file that is here'), NO_PICTURE),
  notSecure: warning(message('at an address that is not https'), NO_PICTURE),
  hostNotAgreed: warning(message('at a host that was not agreed to'), NO_PICTURE),
  hostUnreachable: warning(
    message(
      'could not be fetched: the host is out of reach, sends on to another address, or does not let other pages read its files',
    ),
    NO_PICTURE,
  ),
  hostRefused: warning(message('refused by the host'), NO_PICTURE),
  hostGivenUp: warning(message('at a host that had failed 20 times in a row'), NO_PICTURE),
  manyBytes: warning(message('more than 30 MB'), NO_PICTURE),
  svg: warning(message('SVG, a document that may hold scripts, is not opened'), NO_PICTURE),
  unknownFormat: warning(message('not PNG, JPEG, GIF, WebP, AVIF or BMP'), NO_PICTURE),
  damaged: warning(message('damaged'), NO_PICTURE),
  noPixels: warning(message('without a pixel'), NO_PICTURE),
  manyPixels: warning(`more than ${MOST_PIXELS / 1e6} megapixels`, NO_PICTURE),
  undecodable: warning(message('cannot be decoded by the browser'), NO_PICTURE),

  // Each `PictureOddity`.
  animated: note(message('animated'), message('the first frame is used')),
  cmyk: note(message('in CMYK'), message('converted to RGB by the browser')),
  turned: note(message('with a rotation in its EXIF data'), message('turned upright')),
} satisfies Readonly<Record<string, Reason>>;

export type ReasonId = keyof typeof REASONS;
