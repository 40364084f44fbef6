import { afterEach, beforeEach, expect, it } from 'vitest';
import { smallRecord } from '../../../testing/smallRecord';
import { setField } from '../recipe/recipe';
import { showRecord } from '../run/experiment';
import { followLinkedRun, keepTruthful } from './address';
import { withoutRecipe } from '../../../files/shareLink';
import { withoutView } from '../../../files/viewLink';

let stop: () => void = () => undefined;
beforeEach(() => {
  history.replaceState(null, '', '/?lang=en#v=6&preset=quick&seed=7');
  stop = keepTruthful();
});
afterEach(() => {
  stop();
  history.replaceState(null, '', '/');
});

it('loses the recipe of a link once the page has another one, or another log', () => {
  expect(location.hash).toBe('#v=6&preset=quick&seed=7');
  setField('data.id', 'kitchen');
  expect(location.search + location.hash).toBe('?lang=en');
  // Back, to an entry that lessons left.
  history.replaceState(history.state, '', '#v=6&preset=quick');
  dispatchEvent(new HashChangeEvent('hashchange'));
  expect(location.hash).toBe('');
});

it('loses the run of a link and its view once another run is on the page', () => {
  history.replaceState(history.state, '', '/?run=tuned&layer=2&view=figure&lang=en#run=abc');
  showRecord(smallRecord(), 'file');
  followLinkedRun();
  setField('seed', 8);
  expect(location.search + location.hash).toBe('?run=tuned&layer=2&view=figure&lang=en#run=abc');
  showRecord(smallRecord(), 'file');
  expect(location.search + location.hash).toBe('?lang=en');
});

it('leaves what is not of the link', () => {
  expect(withoutRecipe('#v=6&preset=quick&run=a-_b')).toBe('#run=a-_b');
  expect(withoutRecipe('#main')).toBe('#main');
  expect(withoutView('?lesson=seeds&step=2&run=tuned', '#v=6&seed=1')).toEqual({
    search: '?lesson=seeds&step=2',
    hash: '#v=6&seed=1',
  });
  expect(withoutView('?run=tuned&step=2', '')).toEqual({ search: '', hash: '' });
});
