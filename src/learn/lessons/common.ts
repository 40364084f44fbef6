/** Words and numbers that several lessons use. */
import { constant } from '../quantities';
import { say, term } from '../words';

/** K of the rankings in lessons. */
export const K = 10;
export const HR = `hr@${K}`;
export const SINKS = 'firstHalfSinkRate';
export const ACTION = 'action';
export const KARMA = 'karma';
export const SHUFFLED = 'shuffled';

/** `HR@10`, explained by the glossary. */
export const hrAtK = say('<hr>HR</hr>@{k}', { hr: term('hr'), k: constant(K) });
export const sinkRateTerm = term('firstHalfSinkRate');
export const arms = term('arm');
