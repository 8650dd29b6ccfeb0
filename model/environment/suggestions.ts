import { domainToASCII } from "node:url";
import { parseRange } from "../ipv4";

/* What was probably meant by a value that is wrong. */

/** What a rule of the schema says to do, of itself or by the value. */
export type Remedy = string | ((value: string) => string);

/** Names what was probably meant, where it can be told. */
export function meant(guess: (value: string) => string | undefined): Remedy {
  return (value) => {
    const found = guess(value);
    return found === undefined ? "correct the value" : `did you mean ${found}?`;
  };
}

/** A range whose ends were changed over. */
export function turnedRange(text: string): string | undefined {
  const turned = text.split("-").reverse().join("-").replaceAll(" ", "");
  return parseRange(turned) ? turned : undefined;
}

export const domainName = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The domain in a URL, in capitals, with a dot at its end, or in another script than ours. */
export function meantDomain(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/^\*\./, "")
    .replace(/[:/].*$/, "")
    .replace(/\.$/, "");
  const domain = domainToASCII(bare);
  return domainName.test(domain) ? domain : undefined;
}
