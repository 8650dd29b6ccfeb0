import { CustomResource, type CustomResourceOptions, ProviderResource, runtime } from "@pulumi/pulumi";
import type { Question, Values } from "../../model/findable";
import { type Answer, answer, type Lookup } from "./answer";
import { plain, type StateResource } from "./state";

/** A provider configured as the one in the state. */
class SameProvider extends ProviderResource {
  constructor(cloud: string, name: string, inputs: Values, options: CustomResourceOptions) {
    super(cloud, `${name}-asked`, { ...inputs }, options);
  }
}

/** An object that is there already, read by the provider. */
class Existing extends CustomResource {
  readonly values: Promise<Values>;

  constructor(type: string, id: string, outputs: readonly string[], provider: ProviderResource) {
    const fields = Object.fromEntries(outputs.map((name) => [name, undefined]));
    super(type, `${id}-asked`, fields, { id, provider });
    const read = Object.fromEntries(outputs.map((name) => [name, Reflect.get(this, name)]));
    // In a preview what the object lacks counts as unknown, and an `apply` on it would never run.
    this.values = runtime.serializeProperties(id, { id: this.id, ...read }).then(withoutUnknowns);
  }
}

function withoutUnknowns(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== runtime.unknownValue));
}

/** Puts a question to the cloud of a resource; undefined where there is nothing to ask. */
type Put = (resource: StateResource, question: Question, inputs: Values, before: Values) => Promise<Values | undefined>;

/**
 * Lets `work` ask the clouds, by a program that registers nothing but providers configured as the recorded ones (secrets in clear) are.
 *
 * @param ask runs a program as a preview
 */
export async function asking(
  ask: (program: () => Promise<void>) => Promise<void>,
  recorded: readonly StateResource[],
  work: (put: Put) => Promise<void>,
): Promise<void> {
  const done = new Error("everything was asked");
  let isDone = false;
  try {
    await ask(async () => {
      const providers = new Map<string, ProviderResource>();
      await work(async ({ provider: reference = "" }, question, inputs, before) => {
        const provider = providers.get(reference) ?? sameProvider(reference, recorded);
        providers.set(reference, provider);
        return await put(question, inputs, before, provider);
      });
      isDone = true;
      // Ends the preview here: what it would make of a program without resources matters to nobody.
      throw done;
    });
  } catch (error) {
    if (!isDone) throw error;
  }
}

/** Looks up what there is. `ask` and `recorded` are those of {@link asking}. */
export async function lookUp(
  ask: (program: () => Promise<void>) => Promise<void>,
  lookups: readonly Lookup[],
  recorded: readonly StateResource[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  // An object that cannot be read ends the preview, so what is only asked for comes first.
  const reads = ({ ways }: Lookup) => ways.some(({ ask: questions }) => questions.some((one) => "read" in one));
  await asking(ask, recorded, async (put) => {
    for (const lookup of [...lookups.filter((one) => !reads(one)), ...lookups.filter(reads)])
      answers.push(await answer(lookup, (question, before) => put(lookup.resource, question, lookup.inputs, before)));
  });
  return answers;
}

function sameProvider(reference: string, resources: readonly StateResource[]): ProviderResource {
  const urn = reference.slice(0, reference.lastIndexOf("::"));
  const recorded = resources.find((resource) => resource.urn === urn);
  const { version, ...inputs } = plain(recorded?.inputs ?? {});
  const options: CustomResourceOptions = typeof version === "string" ? { version } : {};
  return new SameProvider(recorded?.type.split(":").at(-1) ?? "", urn.slice(urn.lastIndexOf("::") + 2), inputs, options);
}

/** Puts one question; undefined where there is nothing to ask. */
async function put(question: Question, inputs: Values, before: Values, provider: ProviderResource): Promise<Values | undefined> {
  if ("token" in question) {
    const known = Object.entries(question.args(inputs, before)).filter(([, value]) => value !== undefined);
    return await runtime.invoke(question.token, Object.fromEntries(known), { provider });
  }
  const id = question.id(inputs, before);
  if (id === "") return undefined;
  return await new Existing(question.read, id, question.outputs, provider).values;
}
