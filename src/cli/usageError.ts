/** A mistake in the command line, worded for the person who typed it. */
export class UsageError extends Error {}
