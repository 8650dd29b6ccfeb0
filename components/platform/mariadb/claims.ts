import type { ClaimProblem, OfferedClaim } from "../../../model/service";
import type { SchemaClaim } from "../grants";

/** The schema of what ends accounts of before a rotation. */
export const OWN_SCHEMA = "kpaas";

/** The server's own, and ours: nobody is given them. */
const RESERVED = ["mysql", "sys", "information_schema", "performance_schema", OWN_SCHEMA];

/** Why nobody can have a schema of that name; undefined where one can. */
export function schemaProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) return `"${name}" is no name of a schema: it must be letters, digits and "_" only, at most 64`;
  return RESERVED.includes(name.toLowerCase()) ? `the schema "${name}" is the server's own` : undefined;
}

/** What of claimed schemas the server would refuse, or give two at once. */
export function refusedSchemas(claims: readonly OfferedClaim[]): ClaimProblem[] {
  const schemas = claims.map(({ claim }) => (claim as SchemaClaim).schema);
  return claims.flatMap(({ consumer }, index) => {
    const schema = schemas[index] ?? "";
    const first = claims[schemas.indexOf(schema)]?.consumer ?? consumer;
    const reason = schemaProblem(schema) ?? (first === consumer ? undefined : `the schema "${schema}" is that of ${first}`);
    return reason === undefined ? [] : [{ at: { consumer }, reason, remedy: "choose another name for its schema" }];
  });
}
