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
export const hrAtK = say`${term('hr', 'HR')}@${constant(K)}`;
export const sinkRate = term('firstHalfSinkRate', 'item-sink rate');
export const arms = term('arm', 'arms');
