import { z } from "zod";
import { parseInputs } from "../inputs";
import type { SshInputs } from "../kubespray/inputs";
import { secretTexts } from "../kubespray/values";
import type { CheckFailure, Properties } from "../rpc/provider";

const text = z.string().min(1);
const variables = z.record(z.string(), z.unknown());

const schema = z.strictObject({
  playbook: text,
  digest: z.string().exactOptional(),
  hosts: z.record(
    z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, "must be a host's name"),
    z.strictObject({
      address: text,
      user: text.exactOptional(),
      port: z.int().min(1).max(65535).exactOptional(),
      groups: z.array(text).exactOptional(),
      variables: variables.exactOptional(),
    }),
  ),
  variables: variables.exactOptional(),
  tags: z.array(text).exactOptional(),
  limit: z.array(text).exactOptional(),
  triggers: z.unknown().exactOptional(),
  checkInPreview: z.boolean().exactOptional(),
  onDelete: text.exactOptional(),
  kubespray: text.exactOptional(),
  ssh: z.strictObject({
    user: text,
    privateKey: text.exactOptional(),
    agent: z.boolean().exactOptional(),
    becomePassword: text.exactOptional(),
    bastion: z.strictObject({ address: text, user: text, port: z.int().exactOptional(), name: text.exactOptional() }).exactOptional(),
  }),
});

/** The inputs of `kpaas:ansible:Playbook`, with secrets revealed. */
export type PlaybookInputs = Omit<z.infer<typeof schema>, "ssh"> & {
  readonly ssh: SshInputs;
  /** The secret texts among them: no log may show them. */
  readonly secretValues: readonly string[];
};

/** Inputs whose change does not run the playbook: how to get there, and what is done at other times. */
export const NO_RUN: readonly string[] = ["ssh", "checkInPreview", "onDelete"];

/** The inputs, or what is wrong with them; neither where something must be known first. */
export function parsePlaybook(properties: Properties): { readonly inputs?: PlaybookInputs; readonly failures: readonly CheckFailure[] } {
  const { inputs, failures } = parseInputs(schema, properties);
  return { failures, ...(inputs === undefined ? {} : { inputs: { ...inputs, secretValues: secretTexts(properties) } }) };
}
