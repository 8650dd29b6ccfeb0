import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import { fields } from "../../model/data";
import { openApiOf } from "../../server/http/openapi";
import type { Route } from "../../server/http/route";

/** An answer, as it went over the wire. */
export interface Reply {
  readonly method: string;
  /** As documents have it, with `{name}` for each parameter. */
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What holds answers against the document of some routes: each is one that the document tells of. @throws AssertionError */
export function replyCheck(document: unknown): (reply: Reply) => void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const { paths, components } = fields(document);
  ajv.addSchema({ $id: "document", components });
  const compiled = new Map<string, ValidateFunction | undefined>();
  const schemaFor = ({ method, path, status, type }: Reply): ValidateFunction | undefined => {
    const key = [method, path, status, type].join(" ");
    if (!compiled.has(key)) {
      const { responses } = fields(fields(fields(paths)[path])[method.toLowerCase()]);
      const told = fields(responses)[status] ?? (status >= 400 ? fields(responses).default : undefined);
      assert.ok(told !== undefined, `the document knows no answer ${key}`);
      const content = fields(fields(told).content);
      const schema = fields(content[type]).schema ?? fields(content[`${type}; charset=utf-8`]).schema;
      assert.equal(schema === undefined, type === "", `the document does not tell of ${key}`);
      const text = JSON.stringify(schema)?.replaceAll('"#/components', '"document#/components');
      compiled.set(key, text === undefined || type === "text/event-stream" ? undefined : ajv.compile(JSON.parse(text)));
    }
    return compiled.get(key);
  };
  return (reply) => {
    const validate = schemaFor(reply);
    if (validate === undefined || !reply.type.includes("json")) return;
    const { method, path, text } = reply;
    assert.ok(
      validate(JSON.parse(text)),
      `${method} ${path} answers otherwise than its document says: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`,
    );
  };
}

/** The same of routes. */
export function replyCheckOf(routes: readonly Route[]): (reply: Reply) => void {
  return replyCheck(openApiOf(routes));
}

/** The path of a document that an address is of: the one with the fewest parameters. */
export function pathIn(document: unknown, method: string, address: string): string | undefined {
  const fitting = Object.entries(fields(fields(document).paths)).filter(
    ([path, calls]) => method.toLowerCase() in fields(calls) && new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`).test(address),
  );
  return fitting.sort(([a], [b]) => a.split("{").length - b.split("{").length)[0]?.[0];
}
