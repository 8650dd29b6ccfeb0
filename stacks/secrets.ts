import { Config, type Output, output, secret, unsecret } from "@pulumi/pulumi";
import { readSecret } from "../files/read-secret";
import { registry } from "../files/registry";
import { wrongCredentials } from "../model/cloud";
import { at } from "../model/data";
import { isReference, isTemplate, referencesIn } from "../model/environment/variable-values";
import { backupSecrets } from "../model/plan/backups";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { loginSecrets } from "../model/plan/registry-logins";
import type { EnvironmentPlan } from "../model/plan/types";
import { unplannedPorts } from "../model/plan/variable-flows";
import { type Problem, RefusedError } from "../model/problems";
import { cloudOf, fieldOf, serviceSecrets } from "../model/registry";
import { publicHalf, samePublicKey } from "../providers/ssh-key";
import { steadyError } from "../providers/steady-error";
import { authorityReader } from "./authority";

/** What an environment's secret references resolve to. All of it is secret but `authority`. */
export interface EnvironmentSecrets {
  readonly credentials?: Output<Readonly<Record<string, string>>>;
  /**
   * Certificates, as PEM, of the authority that vouches for the cloud, for what of its own runs in the cluster. No secret.
   * @default those that the cloud's provider is told of, by the credentials or in the usual ways
   */
  readonly authority?: Output<string>;
  readonly sshPrivateKey?: Output<string>;
  readonly sudoPassword?: Output<string>;
  readonly tlsCertificate?: Output<string>;
  readonly tlsKey?: Output<string>;
  readonly tlsAuthority?: Output<string>;
  /** What references among the variables for kubespray resolve to, by their dotted path in `cluster.variables`. */
  readonly variables?: Readonly<Record<string, Output<string>>>;
  /** What the cloud's own options refer to, by their dotted paths. */
  readonly cloud?: Readonly<Record<string, Output<string>>>;
  /** What services' own options refer to, by the fields of the file that hold the references. */
  readonly services?: Readonly<Record<string, Output<string>>>;
}

/**
 * Resolves every secret reference of a plan, before anything is registered.
 * @param folder what the relative paths of files go by: the environment file's
 * @param given what is at hand already
 * @throws RefusedError naming every reference that could not be resolved; never a value.
 */
export async function resolveSecrets(
  plan: EnvironmentPlan,
  folder = process.cwd(),
  given: EnvironmentSecrets = {},
): Promise<EnvironmentSecrets> {
  const problems: Problem[] = [];
  const tried = async <T>(path: string, remedy: string, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push({ environment: plan.environment, path, reason, remedy, severity: "error" });
      return undefined;
    }
  };
  const resolve = async <T>(path: string, reference: SecretReference | undefined, seal: (text: string) => T): Promise<T | undefined> =>
    reference && tried(path, "put the secret there, or refer to where it is", async () => seal(await read(reference, folder)));
  const text = (path: string, reference: SecretReference | undefined): Promise<Output<string> | undefined> =>
    resolve(path, reference, (value) => secret(value));
  const { tls } = plan.platform;
  const parsed =
    given.credentials === undefined
      ? await resolve("infrastructure.credentials", plan.credentials, (value) => parseCredentials(value, plan))
      : undefined;
  const credentials = given.credentials ?? (parsed && secret(parsed));
  const readAuthority = authorityReader(plan);
  const authority =
    given.authority ??
    (readAuthority &&
      (await tried("infrastructure.credentials", "name a file of certificates as PEM (cacertFile, OS_CACERT)", () =>
        given.credentials ? unsecret(given.credentials.apply(readAuthority)) : readAuthority(parsed ?? {}),
      )));
  const keyOf = (value: string): Output<string> => {
    const publicKey = publicHalf(value);
    const written = plan.access.ssh.publicKey;
    if (written !== undefined && !samePublicKey(written, publicKey)) throw new Error("is not the private half of publicKey");
    return secret(value);
  };
  const sshPrivateKey = given.sshPrivateKey ?? (await resolve("infrastructure.access.ssh.privateKey", plan.access.ssh.privateKey, keyOf));
  const sudoPassword =
    given.sudoPassword ?? (await resolve("infrastructure.access.ssh.sudoPassword", plan.access.ssh.sudoPassword, lineOf));
  const tlsCertificate =
    given.tlsCertificate ?? (tls.kind === "provided" ? await text("platform.tls.certificate", tls.certificate) : undefined);
  const tlsKey = given.tlsKey ?? (tls.kind === "provided" ? await text("platform.tls.key", tls.key) : undefined);
  const tlsAuthority = given.tlsAuthority ?? (tls.kind === "provided" ? await text("platform.tls.authority", tls.authority) : undefined);
  const variables: Record<string, Output<string>> = {};
  const fields = { ...backupSecrets, ...loginSecrets(plan.registries ?? []) };
  for (const [path, reference] of referencesIn(plan.cluster.variables)) {
    const value =
      given.variables?.[path] ??
      (await resolve(fields[path] ?? `cluster.variables.${path}`, reference, (each) => secret(parseVariable(each, plan))));
    if (value) variables[path] = value;
  }
  const cloud: Record<string, Output<string>> = {};
  for (const [path, reference] of cloudReferences(plan)) {
    const value = given.cloud?.[path] ?? (await resolve(`infrastructure.${plan.provider}.${path}`, reference, lineOf));
    if (value) cloud[path] = value;
  }
  const services: Record<string, Output<string>> = {};
  const wrong = serviceSecrets(registry);
  for (const [path, reference] of serviceReferences(plan)) {
    const value = given.services?.[path] ?? (await resolve(path, reference, (each) => secret(checked(each, wrong[path]))));
    if (value) services[path] = value;
  }
  if (problems.length > 0) throw new RefusedError(problems);
  return {
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
    ...(Object.keys(services).length > 0 ? { services } : {}),
    ...(Object.keys(cloud).length > 0 ? { cloud } : {}),
    ...(credentials ? { credentials } : {}),
    ...(authority ? { authority: output(authority) } : {}),
    ...(sshPrivateKey ? { sshPrivateKey } : {}),
    ...(sudoPassword ? { sudoPassword } : {}),
    ...(tlsCertificate ? { tlsCertificate } : {}),
    ...(tlsKey ? { tlsKey } : {}),
    ...(tlsAuthority ? { tlsAuthority } : {}),
  };
}

/** The same for a constructor, which cannot wait: what could not be resolved fails the run when it is first used. */
export function secretsLater(plan: EnvironmentPlan, given: EnvironmentSecrets = {}): EnvironmentSecrets {
  const found = output(
    resolveSecrets(plan, undefined, given).catch((error: unknown) => {
      throw error instanceof RefusedError ? steadyError(error.message) : error;
    }),
  );
  const { tls } = plan.platform;
  const paths = [...referencesIn(plan.cluster.variables).keys()];
  const ofCloud = [...cloudReferences(plan).keys()];
  const ofServices = [...serviceReferences(plan).keys()];
  return {
    ...(ofServices.length > 0
      ? {
          services: Object.fromEntries(ofServices.map((path) => [path, secret(found.apply(({ services }) => resolved(services?.[path])))])),
        }
      : {}),
    ...(ofCloud.length > 0
      ? { cloud: Object.fromEntries(ofCloud.map((path) => [path, secret(found.apply(({ cloud }) => resolved(cloud?.[path])))])) }
      : {}),
    ...(paths.length > 0
      ? { variables: Object.fromEntries(paths.map((path) => [path, secret(found.apply(({ variables }) => resolved(variables?.[path])))])) }
      : {}),
    ...(authorityReader(plan) ? { authority: unsecret(found.apply(({ authority }) => authority ?? "")) } : {}),
    ...(plan.credentials ? { credentials: secret(found.apply(({ credentials }) => resolved(credentials))) } : {}),
    ...(plan.access.ssh.privateKey ? { sshPrivateKey: secret(found.apply(({ sshPrivateKey }) => resolved(sshPrivateKey))) } : {}),
    ...(plan.access.ssh.sudoPassword ? { sudoPassword: secret(found.apply(({ sudoPassword }) => resolved(sudoPassword))) } : {}),
    ...(tls.kind === "provided"
      ? {
          tlsCertificate: secret(found.apply(({ tlsCertificate }) => resolved(tlsCertificate))),
          tlsKey: secret(found.apply(({ tlsKey }) => resolved(tlsKey))),
          ...(tls.authority ? { tlsAuthority: secret(found.apply(({ tlsAuthority }) => resolved(tlsAuthority))) } : {}),
        }
      : {}),
  };
}

function resolved<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a secret reference of the plan was not resolved");
  return value;
}

/**
 * The plan with nothing in it that refers to a secret: what the sandbox runs, where no secret is ever resolved.
 * A key pair and certificates are then generated as if the file named none, and no bastion stands before what is simulated.
 */
export function withStandIns(plan: EnvironmentPlan): EnvironmentPlan {
  const { credentials: _credentials, ...rest } = plan;
  const tls = plan.platform.tls.kind === "provided" ? { kind: "selfSigned" as const } : plan.platform.tls;
  const { user, keyPair } = plan.access.ssh;
  const ssh = { user, ...(keyPair === undefined ? {} : { keyPair }) };
  return { ...rest, access: { ...plan.access, api: "direct", ssh }, platform: { ...plan.platform, tls } };
}

/**
 * What stands for the secrets that the sandbox cannot do without, and secret like them: those among the variables for kubespray and among the
 * cloud's and the services' own options, and a key that nothing else stands for.
 */
export function standInSecrets(plan: EnvironmentPlan): EnvironmentSecrets {
  const standInFor = (reference: SecretReference): Output<string> => secret(`stand-in for ${JSON.stringify(reference)}`);
  const references = [...referencesIn(plan.cluster.variables)];
  const ofCloud = [...cloudReferences(plan)];
  const ofServices = [...serviceReferences(plan)];
  // Hosts that were there before have a key already: none is generated for them.
  const given = plan.machines.some(({ login }) => login !== undefined);
  return {
    ...(references.length === 0
      ? {}
      : { variables: Object.fromEntries(references.map(([path, reference]) => [path, standInFor(reference)])) }),
    ...(ofCloud.length === 0 ? {} : { cloud: Object.fromEntries(ofCloud.map(([path, reference]) => [path, standInFor(reference)])) }),
    ...(ofServices.length === 0
      ? {}
      : { services: Object.fromEntries(ofServices.map(([path, reference]) => [path, standInFor(reference)])) }),
    ...(given ? { sshPrivateKey: standInFor(plan.access.ssh.privateKey ?? { config: "agent" }) } : {}),
  };
}

/** The references among the options of the plan's cloud, by their dotted paths. */
function cloudReferences({ provider, cloud }: EnvironmentPlan): Map<string, SecretReference> {
  const { secrets = [] } = cloudOf(provider, registry);
  const found = secrets.map((path) => [path, at(cloud, path)] as const);
  return new Map(found.flatMap(([path, value]) => (isReference(value) ? [[path, value] as const] : [])));
}

/** The references among the options of the plan's services, by the fields of the file. */
function serviceReferences({ services }: EnvironmentPlan): Map<string, SecretReference> {
  return new Map(
    services.flatMap((service) => {
      const definition = registry.services[service.name];
      const paths = Object.keys(definition?.secrets ?? {});
      return paths.flatMap((path) => {
        const value = at(service.options, path);
        return isReference(value) ? [[`${fieldOf(definition ?? service)}.${path}`, value] as const] : [];
      });
    }),
  );
}

/** The text, where nothing is wrong with it. */
function checked(text: string, wrong: ((text: string) => string | undefined) | undefined): string {
  const reason = wrong?.(text);
  if (reason !== undefined) throw new Error(reason);
  return text;
}

/** What stands there, without the end of line that a file has. */
function lineOf(text: string): Output<string> {
  return secret(text.replace(/\r?\n$/, ""));
}

/** A variable's text, without the end of line that a file has. Nothing that Ansible would evaluate, or that needs a way nobody planned. */
function parseVariable(text: string, plan: EnvironmentPlan): string {
  const value = text.replace(/\r?\n$/, "");
  if (isTemplate(value)) throw new Error("it holds {{, {% or {#, which Ansible would take for a template");
  const [port] = unplannedPorts(value, plan.flows);
  if (port !== undefined)
    throw new Error(`it names a server at port ${port}, to which the plan opens no way: write the server in the file`);
  return value;
}

/** Credentials are one JSON object of provider arguments; the names K-PaaS keeps in its store are taken as well. */
function parseCredentials(text: string, { provider }: EnvironmentPlan): Readonly<Record<string, string>> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("must hold one JSON object of provider arguments");
  const credentials = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), String(each)]),
  );
  const wrong = wrongCredentials(cloudOf(provider, registry), credentials);
  if (wrong !== undefined) throw new Error(wrong);
  return credentials;
}

/** Undefined for what is no JSON: the parser's own message would show the secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function read(reference: SecretReference, folder: string): Promise<string> {
  if (!("config" in reference)) return await readSecret(reference, folder);
  const config = reference.config.includes(":") ? reference.config.split(":") : ["kpaas", reference.config];
  const value = new Config(config[0]).get(config[1] ?? "");
  if (!value) throw new Error(`the Pulumi configuration ${config.join(":")} is not set`);
  return value;
}
