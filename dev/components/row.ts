/**
 * How an item of the documents that K-PaaS describes itself by stands here. `in`: brought up from the file. `passed through`: another
 * program's own, which the file hands its settings. `not yet`: to come. `not`: it will not come, and why.
 */
export type Standing = "in" | "passed through" | "not yet" | "not";

/**
 * An item: what it is called there, how it stands, what there is of it or why not, and where: fields of the environment file
 * (`FIELD`, or `FIELD: VALUE`) and places in the tree (with a slash).
 */
export type ComponentRow = readonly [item: string, is: Standing, how: string, ...where: string[]];
