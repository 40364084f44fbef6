/** Stands in a schema's message where the name of its field goes: `{field} must have different IDs.` */
export const FIELD = '\u0002';
