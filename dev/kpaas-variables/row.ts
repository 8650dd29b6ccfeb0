/**
 * What becomes of a variable: a field of the environment file has it; the plan works it out; it is generated, as a secret; the catalogue or the
 * code holds it, the same for everybody; nothing needs it; or what it is for is not there yet.
 */
export type Becomes = "field" | "planned" | "generated" | "fixed" | "not needed" | "not yet";

/** Variables of one meaning: their names (`n` stands for a number), what becomes of them, how, and the fields. */
export type KpaasVariable = readonly [names: string, becomes: Becomes, how: string, ...fields: string[]];
