// Makes the types of `kpaas/client` of the service's OpenAPI document.

/** What openapi-typescript writes and no client reads: methods and parameters that are not there, and headers that may be anything. */
const NOTHING = /^ *\w+\?: never;\n|^ *headers: \{\n *\[name: string\]: unknown;\n *\};\n|^ *\w+: never;\n|^export type .*never>;\n/gm;

/** What is left of parameters where there are none. */
const EMPTY = /^ *parameters: \{\n *\};\n/gm;

/** The TypeScript of a document. @param document OpenAPI 3.1 */
export async function clientCallsOf(document: object): Promise<string> {
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  const text = astToString(await openapiTS(structuredClone(document) as never, { alphabetize: true, defaultNonNullable: false }));
  const head = "// Made of the service's OpenAPI document (server/http/openapi.ts) by test/library/client.test.ts: do not edit.\n";
  return head + text.replaceAll(NOTHING, "").replaceAll(EMPTY, "").replaceAll("    ", "  ");
}
