import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createWhole, PRIVATE, readIfThere } from "../../host/files";
import { type Login, unauthenticated } from "./gate";
import type { Principal } from "./principal";
import type { Refused } from "./tokens";

/** The account by which K-PaaS's portal calls Terraman. */
const USER = "admin";

const KPAAS: Principal = { id: "compatible#admin", name: "K-PaaS", grants: [{ role: "administrator" }], login: "compatible" };

/** Log-in by K-PaaS's own account and a password, for K-PaaS's own calls alone. */
export function basicLogin(password: string, refused: Refused): Login {
  const expected = digest(`${USER}:${password}`);
  return async (scheme, credentials) => {
    if (scheme !== "basic") return undefined;
    if (timingSafeEqual(digest(Buffer.from(credentials, "base64").toString()), expected)) return KPAAS;
    refused("wrong account or password");
    throw unauthenticated("the account or its password is wrong");
  };
}

/** The password in a file that nobody else reads; made where there is none yet. */
export function passwordIn(file: string): string {
  // One that was given may lie where nothing is written.
  if (readIfThere(file) === undefined) createWhole(file, `${randomBytes(24).toString("base64url")}\n`, { mode: PRIVATE });
  const password = readIfThere(file)?.trim() ?? "";
  if (password.length < 16)
    throw new Error(`the password in ${file} is shorter than 16 characters: remove the file, and another one is made`);
  return password;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
