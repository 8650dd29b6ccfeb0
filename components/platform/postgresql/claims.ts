import type { ClaimProblem, OfferedClaim } from "../../../model/service";
import type { DatabaseClaim } from "../grants";
import { SUPERUSER } from "./config";

/** The server's own databases, which nobody is given. */
const RESERVED = ["postgres", "template0", "template1"];

/** Why nobody can have a database of that name; undefined where one can. */
export function databaseProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9_]{1,63}$/.test(name) && !RESERVED.includes(name)) return undefined;
  return `"${name}" is no name of a database of ours: it must be letters, digits and "_", and none of ${RESERVED.join(", ")}`;
}

/** Why nobody can have an account of that name; undefined where one can. */
export function accountProblem(user: string): string | undefined {
  if (/^[A-Za-z0-9_]{1,63}$/.test(user) && user !== SUPERUSER && !user.startsWith("pg_")) return undefined;
  return `"${user}" is no account name: it must be letters, digits and "_", neither "${SUPERUSER}" nor begin with "pg_"`;
}

/** What of claimed databases, and of the accounts that go with them, the server would refuse, or give two at once. */
export function refusedDatabases(claims: readonly OfferedClaim[]): ClaimProblem[] {
  const databases = claims.map(({ claim }) => (claim as DatabaseClaim).database);
  return claims.flatMap(({ consumer }, index) => {
    const database = databases[index] ?? "";
    const first = claims[databases.indexOf(database)]?.consumer ?? consumer;
    const taken = first === consumer ? undefined : `the database "${database}" is that of ${first}`;
    return [
      ...told(consumer, databaseProblem(database) ?? taken, "choose another name for its database"),
      ...told(consumer, accountProblem(consumer), "call the service otherwise"),
    ];
  });
}

function told(consumer: string, reason: string | undefined, remedy: string): ClaimProblem[] {
  return reason === undefined ? [] : [{ at: { consumer }, reason, remedy }];
}
