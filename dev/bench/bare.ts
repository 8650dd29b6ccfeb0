// A bare Pulumi program that registers the resources of an environment, run by the plain Automation API on the sandbox's providers: what an
// environment is compared with. Nothing of ours is loaded. bare.js GRAPH.json WORKDIR ENGINE preview|up|destroy
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  all,
  ComponentResource,
  CustomResource,
  type CustomResourceOptions,
  ProviderResource,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import type { Recorded } from "./growth";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const NAMESPACE = "kubernetes:core/v1:Namespace";

async function main([graph = "", workDir = "", root = "", operation = ""]: readonly string[]): Promise<void> {
  const recorded: readonly Recorded[] = JSON.parse(readFileSync(graph, "utf8"));
  const pulumiCommand = await PulumiCommand.get({ root });
  const args = { stackName: basename(workDir), projectName: "kpaas", program: async () => register(recorded) };
  const stack = await LocalWorkspace.createOrSelectStack(args, { workDir, pulumiCommand });
  const options = { parallel: 32, suppressProgress: true };
  if (operation === "preview") await stack.preview(options);
  else if (operation === "up") await stack.up(options);
  else await stack.destroy(options);
}

/** Registers what was recorded: each as a class of its SDK, with inputs that flow from what they flowed from. */
function register(recorded: readonly Recorded[]): void {
  const made = new Map<string, Resource>();
  const defined: string[] = [];
  const byUrn = new Map(recorded.map((one) => [one.urn, one]));
  for (const one of recorded) {
    const { urn, type, custom, parent = "", provider = "", inputs = {}, dependencies = [] } = one;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    // The stack and the default providers are there by themselves.
    if (type === "pulumi:pulumi:Stack" || (isProvider(type) && name.startsWith("default"))) continue;
    const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
    const args = Object.fromEntries(
      own.map(([key, value]) => [key, flowing(isProvider(type) ? unwritten(value) : value, one.propertyDependencies?.[key] ?? [])]),
    );
    const by = made.get(provider.slice(0, provider.lastIndexOf("::")));
    const with_ = made.get(one.deletedWith ?? "");
    const options: CustomResourceOptions = {
      ...(made.has(parent) ? { parent: made.get(parent) } : {}),
      ...(by instanceof ProviderResource ? { provider: by } : {}),
      ...(with_ === undefined ? {} : { deletedWith: with_ }),
      ...(one.ignoreChanges === undefined ? {} : { ignoreChanges: [...one.ignoreChanges] }),
      // What a module makes one after the other; modules follow each other by their inputs, but for charts, which wait for the custom
      // resources before them, as the ingress controller's Service needs a pool of addresses, and for namespaces: what is in one may need
      // a chart of another, as a claim needs its storage class.
      dependsOn: [
        ...dependencies.filter((other) => byUrn.get(other)?.parent === parent || type === NAMESPACE),
        ...(type === RELEASE ? defined : []),
      ].flatMap((other) => made.get(other) ?? []),
    };
    const resource = custom === true ? customOf(type, name, args, options) : new ComponentResource(type, name, args, options);
    made.set(urn, resource);
    if (resource instanceof Unnamed) defined.push(urn);
  }

  /** A value as it was, with the ids and addresses that the cloud gave these resources as they are now. */
  function flowing(value: unknown, urns: readonly string[]): unknown {
    // Components have neither.
    const sources = urns.flatMap((urn) => {
      const source = made.get(urn);
      if (!(source instanceof CustomResource)) return [];
      const { id, outputs } = byUrn.get(urn) ?? {};
      const given = [
        { before: id, now: source.id },
        { before: outputs?.address, now: Reflect.get(source, "address") },
      ];
      return given.filter(({ before, now }) => typeof before === "string" && now !== undefined);
    });
    const { plain, isSecret } = opened(value);
    const wanted = isSecret ? secret(plain) : plain;
    if (sources.length === 0) return wanted;
    return all([wanted, ...sources.map(({ now }) => now)]).apply(([content, ...now]) =>
      exchange(content, new Map(sources.map(({ before }, index) => [String(before), now[index]]))),
    );
  }
}

const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");

/** A setting of a provider as its class takes it, which writes flags and numbers as text. */
function unwritten(value: unknown): unknown {
  return typeof value === "string" && /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value;
}

/** A resource of which no SDK has a class. */
class Unnamed extends CustomResource {}

/** A provider of which no SDK has a class. */
class UnnamedProvider extends ProviderResource {}

/** A resource of the class that its SDK has for the type; of none where it has none. */
function customOf(type: string, name: string, args: Readonly<Record<string, unknown>>, options: CustomResourceOptions): Resource {
  const [cloud = "", path = "", kind = ""] = type.split(":");
  const file = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
  const module =
    cloud === "pulumi"
      ? `${kind}/provider`
      : cloud === "kubernetes"
        ? `${cloud}/${path.replace(/\.[\w.]+\//, "/")}/${file(kind)}`
        : `${cloud}/${path.replace(/^index\//, "")}`;
  try {
    return new (require(`@pulumi/${module}`)[cloud === "pulumi" ? "Provider" : kind])(name, args, options);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    return cloud === "pulumi" ? new UnnamedProvider(kind, name, args, options) : new Unnamed(type, name, { ...args }, options);
  }
}

/** A value without the envelopes of its secrets, and whether it had any. */
function opened(value: unknown): { readonly plain: unknown; readonly isSecret: boolean } {
  let isSecret = false;
  const open = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(open);
    if (typeof one !== "object" || one === null) return one;
    if ("plaintext" in one && typeof one.plaintext === "string") {
      isSecret = true;
      return JSON.parse(one.plaintext);
    }
    return Object.fromEntries(Object.entries(one).map(([key, field]) => [key, open(field)]));
  };
  return { plain: open(value), isSecret };
}

function exchange(value: unknown, given: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === "string") return given.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => exchange(one, given));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, exchange(field, given)]));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${text}\n`, () => process.exit(1));
  },
);
