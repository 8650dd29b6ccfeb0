import { type CustomResourceOptions, ProviderResource, runtime } from "@pulumi/pulumi";
import { NOT_FOUND, type Values } from "./findable";
import { plain, type StateResource } from "./state";

/** A question to a cloud. */
export interface Lookup {
  readonly resource: StateResource;
  readonly token: string;
  readonly args: Values;
  readonly id: (found: Values) => string;
}

/** What a cloud answered. */
export interface Answer {
  readonly resource: StateResource;
  /** Undefined: there is none. */
  readonly id?: string;
  /** Why it could not be told. */
  readonly trouble?: string;
}

/** A provider configured as the one in the state. */
class SameProvider extends ProviderResource {
  constructor(cloud: string, name: string, inputs: Values, options: CustomResourceOptions) {
    super(cloud, `${name}-asked`, { ...inputs }, options);
  }
}

/**
 * Asks the clouds, by a program that registers nothing but providers configured as the recorded ones (secrets in clear) are.
 *
 * @param ask runs a program as a preview
 */
export async function lookUp(
  ask: (program: () => Promise<void>) => Promise<void>,
  lookups: readonly Lookup[],
  recorded: readonly StateResource[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const done = new Error("everything was asked");
  try {
    await ask(async () => {
      const providers = new Map<string, ProviderResource>();
      for (const lookup of lookups) {
        const reference = lookup.resource.provider ?? "";
        const provider = providers.get(reference) ?? sameProvider(reference, recorded);
        providers.set(reference, provider);
        answers.push(await answer(lookup, provider));
      }
      // Ends the preview here: what it would make of a program without resources matters to nobody.
      throw done;
    });
  } catch (error) {
    if (answers.length < lookups.length) throw error;
  }
  return answers;
}

function sameProvider(reference: string, resources: readonly StateResource[]): ProviderResource {
  const urn = reference.slice(0, reference.lastIndexOf("::"));
  const recorded = resources.find((resource) => resource.urn === urn);
  const { version, ...inputs } = plain(recorded?.inputs ?? {});
  const options: CustomResourceOptions = typeof version === "string" ? { version } : {};
  return new SameProvider(recorded?.type.split(":").at(-1) ?? "", urn.slice(urn.lastIndexOf("::") + 2), inputs, options);
}

async function answer({ resource, token, args, id }: Lookup, provider: ProviderResource): Promise<Answer> {
  const known = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  try {
    const found = id(await runtime.invoke(token, known, { provider }));
    return found === "" ? { resource } : { resource, id: found };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return NOT_FOUND.test(reason) ? { resource } : { resource, trouble: reason };
  }
}
