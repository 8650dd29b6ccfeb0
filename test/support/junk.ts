import fc from "fast-check";
import { fields, list } from "../../model/data";

/** What breaks out of SQL, shells, paths, headers, templates and parsers that take text for more than text. */
export const METACHARACTERS: readonly string[] = [
  ...["'; drop table operations; --", '" or "1"="1', "1); delete from audit; --", "%' union select sealed from secrets --", "\\'; --"],
  ...["$(touch /canary)", "`id`", "; rm -rf /", "| cat /etc/passwd", "&& reboot", "--upload-pack=touch", "-x", "\n--force"],
  ...["../../etc/passwd", "..%2f..%2f", "a\0b", "\u0000", "\ud800", "\r\nx-injected: 1", "{{7*7}}", `$${"{jndi:ldap://x}"}`, "<script>"],
  ...["", " ", "null", "true", "-1", "1e999", "9".repeat(40), "NaN", "한국어 😀", "a".repeat(600), "__proto__", "constructor"],
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...METACHARACTERS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);
const anything = fc.oneof(
  text,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 53, Number.MAX_VALUE, [], {}, [[]], { a: { b: [null] } }),
  fc.array(text, { maxLength: 3 }),
);

/** Values for a schema of JSON Schema: mostly as it says, and junk wherever something may stand. @param good texts that lead further than junk does */
export function junkFor(schema: unknown, good: readonly string[] = []): fc.Arbitrary<unknown> {
  const given = fields(schema);
  const options = [...list(given.anyOf), ...list(given.oneOf), ...list(given.allOf)];
  if (options.length > 0) return fc.oneof(...options.map((each) => junkFor(each, good)), anything);
  if (Array.isArray(given.enum)) return fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>(...given.enum) }, anything);
  if ("const" in given) return fc.oneof(fc.constant(given.const), anything);
  switch (given.type) {
    case "object": {
      const own = Object.entries(fields(given.properties)).map(([name, inner]) => [name, junkFor(inner, good)] as const);
      const whole = fc.record(Object.fromEntries(own), { requiredKeys: list(given.required).map(String) as never });
      const more = fc.tuple(whole, text, anything).map(([fields_, name, value]) => ({ ...fields_, [name]: value }));
      return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 1, arbitrary: more }, { weight: 1, arbitrary: anything });
    }
    case "array":
      return fc.oneof({ weight: 4, arbitrary: fc.array(junkFor(given.items, good), { maxLength: 3 }) }, anything);
    case "integer":
    case "number":
      return fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 500 }) }, fc.integer(), anything);
    case "boolean":
      return fc.oneof({ weight: 3, arbitrary: fc.boolean() }, anything);
    default:
      return good.length === 0
        ? anything
        : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, { weight: 3, arbitrary: text }, anything);
  }
}

/** What stands in a path or a query. */
export function asWord(value: unknown): string {
  const word = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return encodeURIComponent(word.replace(/\p{Surrogate}/gu, "\ufffd").slice(0, 1_000));
}
