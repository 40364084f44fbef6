/**
 * Starts what the page's URL requests: one figure for a frame (`?embed=`), which loads no more than it draws,
 * or the whole page.
 */
import './page/ui/theme.css';
import { startLanguage } from './page/state/kept/language';

const page = new URLSearchParams(location.search).has('embed')
  ? import('./embedded').then(({ startEmbedded }) => startEmbedded)
  : import('./app').then(({ startPage }) => startPage);
void startLanguage().then(async () => {
  (await page)();
});
