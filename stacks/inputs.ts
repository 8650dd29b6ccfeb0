import { Output, type OutputInstance, output, secret } from "@pulumi/pulumi";
import { at, isFields } from "../model/data";
import type { InfrastructureFields, PlatformFields } from "../model/environment/environment-fields";
import { backupSecrets } from "../model/plan/backups";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { loginHosts, loginSecrets } from "../model/plan/registry-logins";
import type { Findings } from "../model/problems";
import type { EnvironmentSecrets } from "./secrets";

/*
 * Outputs among the fields of an environment that a program writes. What only flows into some resource may be one, of another stack too: in the
 * plan a reference stands for it, so that the plan stays pure and can be printed. What decides how many resources there are, and under which
 * names, has to be known before anything is made.
 */

type Network = NonNullable<InfrastructureFields["network"]>;
type Access = NonNullable<InfrastructureFields["access"]>;
type Ssh = NonNullable<Access["ssh"]>;
type Tls = NonNullable<PlatformFields["tls"]>;

/** The fields of the infrastructure, with outputs where a value only flows. */
export interface InfrastructureInputs extends Omit<InfrastructureFields, "network" | "access" | "credentials"> {
  /** The machines' network. */
  readonly network?: Omit<Network, "existing"> & {
    /** What exists already and is used instead of being made: by name or id, or an output that is an id. */
    readonly existing?: {
      readonly network: string | Output<string>;
      readonly subnets: { readonly node: string | Output<string> };
      readonly router?: string | Output<string>;
    };
  };
  /** Who may reach the environment, and how this tool does. */
  readonly access?: Omit<Access, "ssh"> & {
    readonly ssh?: Omit<Ssh, "privateKey" | "sudoPassword"> & {
      readonly privateKey?: SecretReference | Output<string>;
      readonly sudoPassword?: SecretReference | Output<string>;
    };
  };
  /** Arguments of the cloud's provider. Default: the provider's environment variables or configuration. */
  readonly credentials?: SecretReference | OutputInstance<Readonly<Record<string, string>>>;
}

/** The platform's certificate, with outputs where a value only flows. */
export type TlsInputs =
  | Exclude<Tls, { readonly kind: "provided" }>
  | {
      readonly kind: "provided";
      readonly certificate: SecretReference | Output<string>;
      readonly key: SecretReference | Output<string>;
      readonly authority?: SecretReference | Output<string>;
    };

/** Fields without outputs, and the outputs by what stands for them. */
export interface PlainFields<T> {
  readonly fields: T;
  readonly secrets: EnvironmentSecrets;
  /** Ids by the reference that the plan has in their place. */
  readonly ids: Readonly<Record<string, Output<string>>>;
}

const EXISTING = /^infrastructure\.network\.existing\.(network|subnets\.node|router)$/;
const VARIABLE = /^cluster\.variables\.(.+)$/;
const SECRETS: Readonly<Record<string, Exclude<keyof EnvironmentSecrets, "variables">>> = {
  "infrastructure.credentials": "credentials",
  "infrastructure.access.ssh.privateKey": "sshPrivateKey",
  "infrastructure.access.ssh.sudoPassword": "sudoPassword",
  "platform.tls.certificate": "tlsCertificate",
  "platform.tls.key": "tlsKey",
  "platform.tls.authority": "tlsAuthority",
};

/** Takes the outputs out of fields. One where a plain value has to stand is a problem at its path. */
export function plainFields<T>(fields: T, findings: Findings): PlainFields<T> {
  const secrets: Record<string, Output<unknown>> = {};
  const variables: Record<string, Output<string>> = {};
  const ids: Record<string, Output<string>> = {};
  const registries = at(fields, "cluster.registries");
  const secretsOfFields = { ...backupSecrets, ...loginSecrets(loginHosts(isFields(registries) ? registries : {})) };
  const reference = (path: string): SecretReference => ({ config: `output of ${path}` });
  const take = (path: string, value: unknown): unknown => {
    const flowing: Output<unknown> = output<unknown>(value);
    const known = SECRETS[path];
    if (known !== undefined) {
      secrets[known] = secret(flowing);
      return reference(path);
    }
    const [ofField] = Object.entries(secretsOfFields).find(([, field]) => field === path) ?? [];
    const variable = ofField ?? VARIABLE.exec(path)?.[1];
    if (variable !== undefined) {
      variables[variable] = secret(flowing.apply(String));
      return reference(path);
    }
    if (EXISTING.test(path)) {
      const standIn = `output of ${path}`;
      ids[standIn] = flowing.apply(String);
      return standIn;
    }
    findings.error(
      path,
      "is an output, which is known too late: what it decides must be known before anything is made",
      "write the value itself, or read it before: from the configuration, or with `getOutputValue` of a StackReference",
    );
    return undefined;
  };
  const walk = (value: unknown, path: string): unknown => {
    const below = (key: string | number): string => (path === "" ? `${key}` : `${path}.${key}`);
    if (Output.isInstance(value) || value instanceof Promise) return take(path, value);
    if (Array.isArray(value)) return value.map((each, index) => walk(each, below(index)));
    if (!isFields(value)) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, walk(each, below(key))] as const);
    return Object.fromEntries(entries.filter(([key, each]) => each !== undefined || value[key] === undefined));
  };
  const plain = walk(fields, "") as T;
  return { fields: plain, secrets: { ...secrets, ...(Object.keys(variables).length > 0 ? { variables } : {}) }, ids };
}
