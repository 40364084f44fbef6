/** A mistake in the command line, worded for the user. */
export class UsageError extends Error {}
