/** Starts what the page's URL requests: one figure for a frame (`?embed=`), which loads no more than it draws, or the whole page. */
import './page/theme.css';

void (new URLSearchParams(location.search).has('embed') ? import('./embedded') : import('./app'));
