import { parseAllDocuments } from "yaml";
import type { Call, Provider } from "../../plugin/rpc/provider";
import { ObjectResource } from "./object-resource";
import { ReleaseResource } from "./release-resource";
import { type KubernetesSandboxOptions, Sessions } from "./session";
import { fields, reveal } from "./values";

/** The type of Helm's releases. */
export const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * The simulated `kubernetes` provider: what the real one does towards an API server, played over `<worldDir>/kubernetes` (one file per
 * object, to be edited for drift) and the nodes in `<worldDir>/cluster.json`.
 */
export function createKubernetesProvider(worldDir: string, options: KubernetesSandboxOptions = {}): Provider {
  const sessions = new Sessions(worldDir, options);
  const objects = new ObjectResource(sessions);
  const releases = new ReleaseResource(sessions);
  const isRelease = (call: Call): boolean => call.type === RELEASE;
  return {
    name: "kubernetes",
    version: "4.34.2",
    configure: async (args) => sessions.configure(fields(reveal(args))),
    check: async (call) => (isRelease(call) ? releases.check(call) : objects.check(call)),
    diff: async (call) => (isRelease(call) ? releases.diff(call) : objects.diff(call)),
    create: async (call) => (isRelease(call) ? releases.create(call) : objects.create(call)),
    update: async (call) => (isRelease(call) ? releases.update(call) : objects.update(call)),
    read: async (call) => (isRelease(call) ? releases.read(call) : objects.read(call)),
    delete: async (call) => (isRelease(call) ? releases.delete(call) : objects.delete(call)),
    invoke: async ({ token, args }) => {
      if (token === "kubernetes:yaml:decode") return { properties: { result: decode(reveal(args.text)) } };
      throw new Error(`the sandbox does not implement the invoke ${token}; use helm.v3.Release or typed objects instead`);
    },
  };
}

/** Every document of a YAML text, empty ones left out and lists taken apart. */
function decode(text: unknown): unknown[] {
  if (typeof text !== "string") throw new Error("missing required field 'text' of type string");
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0] !== undefined) throw new Error(`YAML cannot be read: ${document.errors[0].message}`);
    const value: unknown = document.toJS();
    if (value === null) return [];
    const items = fields(value).kind === "List" ? fields(value).items : undefined;
    return Array.isArray(items) ? items : [value];
  });
}
