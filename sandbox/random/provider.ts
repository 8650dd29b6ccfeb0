import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type CheckFailure, type Properties, type Provider, secret } from "../../plugin/rpc/provider";
import { type GeneratedType, generatedProvider } from "../generated";
import { number, text } from "../values";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** The `random` provider as the real one behaves, except that no password has the `bcryptHash` that it says. */
export function createRandomProvider(): Provider {
  return generatedProvider("random", "4.21.2", {
    "random:index/randomPassword:RandomPassword": {
      ...characters,
      outputs: ["result", "bcryptHash"],
      // The hash has the form of one only: a real one in pure JavaScript would cost each password a third of a second.
      async generate(inputs) {
        const hash = randomText({ length: 53, special: false });
        return { id: "none", outputs: { result: secret(randomText(inputs)), bcryptHash: secret(`$2a$10$${hash}`) } };
      },
    },
    "random:index/randomString:RandomString": {
      ...characters,
      async generate(inputs) {
        const result = randomText(inputs);
        return { id: result, outputs: { result } };
      },
    },
    "random:index/randomId:RandomId": {
      required: ["byteLength"],
      optional: ["keepers", "prefix"],
      defaults: {},
      outputs: ["b64Std", "b64Url", "dec", "hex"],
      validate: (inputs) => atLeast(inputs, "byteLength", 1),
      async generate(inputs) {
        const bytes = randomBytes(number(inputs, "byteLength") ?? 1);
        const prefix = text(inputs, "prefix");
        const b64Url = bytes.toString("base64url");
        const hex = bytes.toString("hex");
        const outputs = {
          b64Std: prefix + bytes.toString("base64"),
          b64Url: prefix + b64Url,
          dec: `${prefix}${BigInt(`0x${hex}`)}`,
          hex: prefix + hex,
        };
        return { id: b64Url, outputs };
      },
    },
    "random:index/randomUuid:RandomUuid": {
      required: [],
      optional: ["keepers"],
      defaults: {},
      outputs: ["result"],
      async generate() {
        const result = randomUUID();
        return { id: result, outputs: { result } };
      },
    },
    "random:index/randomBytes:RandomBytes": {
      required: ["length"],
      optional: ["keepers"],
      defaults: {},
      outputs: ["base64", "hex"],
      validate: (inputs) => atLeast(inputs, "length", 1),
      async generate(inputs) {
        const bytes = randomBytes(number(inputs, "length") ?? 1);
        return { id: "none", outputs: { base64: secret(bytes.toString("base64")), hex: secret(bytes.toString("hex")) } };
      },
    },
  });
}

const characters: Omit<GeneratedType, "generate"> = {
  required: ["length"],
  optional: [
    "keepers",
    "lower",
    "minLower",
    "minNumeric",
    "minSpecial",
    "minUpper",
    "number",
    "numeric",
    "overrideSpecial",
    "special",
    "upper",
  ],
  defaults: {},
  outputs: ["result"],
  validate(inputs) {
    const failures = atLeast(inputs, "length", 1);
    const least = classes(inputs).reduce((sum, { min }) => sum + min, 0);
    const length = number(inputs, "length") ?? 0;
    if (length < least)
      failures.push({
        property: "length",
        reason: `Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special (${least}), got: ${length}`,
      });
    if (classes(inputs).every(({ used }) => !used))
      failures.push({ property: "", reason: "at least one of special, upper, lower, numeric must be true" });
    return failures;
  },
};

function atLeast(inputs: Properties, key: string, least: number): CheckFailure[] {
  const value = number(inputs, key);
  if (value !== undefined && Number.isInteger(value) && value >= least) return [];
  return [{ property: key, reason: `Attribute ${key} value must be a whole number of at least ${least}` }];
}

/** The character classes, whether they are used, and how many of each there must be at least. */
function classes(inputs: Properties): { used: boolean; chars: string; min: number }[] {
  const special = text(inputs, "overrideSpecial") === "" ? SPECIAL : text(inputs, "overrideSpecial");
  const numeric = inputs.numeric ?? inputs.number;
  return [
    { used: inputs.lower !== false, chars: LOWER, min: number(inputs, "minLower") ?? 0 },
    { used: inputs.upper !== false, chars: UPPER, min: number(inputs, "minUpper") ?? 0 },
    { used: numeric !== false, chars: NUMERIC, min: number(inputs, "minNumeric") ?? 0 },
    { used: inputs.special !== false, chars: special, min: number(inputs, "minSpecial") ?? 0 },
  ];
}

function randomText(inputs: Properties): string {
  const all = classes(inputs);
  const alphabet = all.map(({ used, chars }) => (used ? chars : "")).join("");
  const picked = all.flatMap(({ chars, min }) => Array.from({ length: min }, () => pick(chars)));
  while (picked.length < (number(inputs, "length") ?? 0)) picked.push(pick(alphabet));
  // Fisher and Yates: without it the characters of the minimums would always come first.
  for (let last = picked.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [picked[last], picked[other]] = [picked[other] ?? "", picked[last] ?? ""];
  }
  return picked.join("");
}

function pick(chars: string): string {
  return chars.charAt(randomInt(chars.length));
}
