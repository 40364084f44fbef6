/**
 * Last.fm: plays of tracks by a thousand users (http://ocelma.net/MusicRecommendationDataset/lastfm-1K.html), and plays and tags of artists
 * as HetRec 2011 has them (https://grouplens.org/datasets/hetrec-2011/).
 */
import { message, t } from '../../words/words';
import { baseName, byName, byPosition, columnFits, SAME_ROWS, shareFitting, type Format } from './format';

const PLAYS_1K = ['userid', 'timestamp', 'artid', 'artname', 'traid', 'traname'] as const;
const ROLES_1K = ['user', 'time', '-', 'category', 'item', 'title'] as const;

/** MusicBrainz's IDs, which many rows lack. */
const MUSICBRAINZ = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** A play is of a track; its artist is the track's category. */
export const lastFm1K: Format = {
  name: 'Last.fm 1K',
  recognise(peek) {
    const { columns, syntax } = peek;
    if (columns.length !== PLAYS_1K.length) return null;
    const headerless = syntax.kind === 'delimited' && !syntax.header;
    const fits = headerless
      ? columnFits(peek, 1, /^\d{4}-\d\d-\d\dT[\d:]+Z$/) &&
        [2, 4].every((column) => shareFitting(peek, column, MUSICBRAINZ) === 1)
      : PLAYS_1K.every((name, at) => columns[at]!.toLowerCase() === name);
    if (!fits) return null;
    return {
      format: this.name,
      part: 'events',
      reasons: [t('user, time, artist and track in each line; the track is the item, the artist its category')],
      ...(headerless && { columns: PLAYS_1K }),
      roles: byPosition(ROLES_1K, t('its position in {format}', { format: this.name })),
      timeUnit: 'date',
    };
  },
};

const PLAYS = 'user_artists.dat';
const TAGS = 'user_taggedartists-timestamps.dat';
const NOT_PLAYS = message('it holds tags that users gave to artists, which are events of another kind than the plays of {file}');

/** Plays, which have no time, are the events. Tags, which have one, are events only if no file of plays is there. */
export const lastFmHetRec: Format = {
  name: 'Last.fm HetRec 2011',
  recognise(peek) {
    const { columns } = peek;
    const are = (...names: readonly string[]): boolean =>
      columns.length === names.length && names.every((name, at) => columns[at] === name);
    const reason = t('its name in {format}', { format: this.name });
    if (are('userID', 'artistID', 'weight')) {
      const roles = byName(columns, { user: 'userID', item: 'artistID', rating: 'weight' }, reason);
      return { format: this.name, part: 'events', reasons: [t('plays of artists by user, without times')], roles };
    }
    const timed = are('userID', 'artistID', 'tagID', 'timestamp');
    if (timed || are('userID', 'artistID', 'tagID', 'day', 'month', 'year')) {
      const roles = byName(columns, { user: 'userID', item: 'artistID', time: 'timestamp' }, reason);
      return {
        format: this.name,
        part: 'events',
        reasons: [t('tags that users gave to artists')],
        roles,
        ...(timed && { timeUnit: 'milliseconds' as const }),
        yieldsTo: [{ file: PLAYS, why: NOT_PLAYS }, ...(timed ? [] : [{ file: TAGS, why: SAME_ROWS }])],
      };
    }
    if (/^(?:tags|user_friends)\.dat$/.test(baseName(peek)) && (are('tagID', 'tagValue') || are('userID', 'friendID'))) {
      return { format: this.name, part: 'ignored', reasons: [t('neither plays nor artists')], roles: {} };
    }
    return null;
  },
};
