/**
 * Set-up of component tests, whose files share modules: every file finds the page's stores as a new page
 * would.
 */
import { beforeAll } from 'vitest';
import { resetStores } from '../page/state/store';

beforeAll(() => {
  localStorage.clear();
  resetStores();
});
