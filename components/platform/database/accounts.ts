import type { AccountSpec } from "./args";

type Numbered = Pick<AccountSpec, "user" | "rotation">;

/** The account that logs in. */
export function accountOf({ user, rotation = 1 }: Numbered): string {
  return numbered(user, rotation);
}

/** Those that did so before it, the first one first. None is ever dropped: what was made as one of them would go with it, or stop working. */
export function formerAccounts({ user, rotation = 1 }: Numbered): string[] {
  return Array.from({ length: rotation - 1 }, (_, before) => numbered(user, before + 1));
}

function numbered(user: string, number: number): string {
  return number > 1 ? `${user}_${number}` : user;
}
