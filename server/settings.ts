import { isIP } from "node:net";
import { given } from "../model/data";
import { type Finding, InvalidInputError } from "../model/problems";
import type { RepositoryAccess } from "./git/access";
import type { VaultSettings } from "./secrets/vault";

/** What `kpaas server` is told. */
export interface Flags {
  readonly listen: string;
  readonly data: string;
  readonly database?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecureHttp?: boolean;
  readonly issuer?: string;
  readonly audience?: string;
  readonly client?: readonly string[];
  readonly pageClient?: string;
  readonly basicAuth?: string;
  readonly repository?: string;
  readonly secretsKey?: string;
  readonly vault?: string;
  readonly vaultRole?: string;
  readonly vaultToken?: string;
  readonly gitLogin?: string;
  readonly gitKey?: string;
  readonly gitHosts?: string;
  readonly gitCa?: string;
  readonly sandbox?: boolean;
  readonly webhookNetwork?: readonly string[];
  readonly replicated?: boolean;
  readonly stateBackend?: string;
  readonly metrics?: string;
}

/** How the service runs. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Where what is its own lies. */
  readonly folder: string;
  /** Of a PostgreSQL server; undefined: the embedded one, in `folder`. */
  readonly databaseUrl?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly tokens?: TokenSettings;
  /** Whom the page logs people in by: the issuer, and a public client of it. */
  readonly page?: { readonly issuer: string; readonly client: string };
  /** The file of the compatible log-in's password. */
  readonly basicAuth?: string;
  /** The repository of environments. @default a bare one in `folder` */
  readonly repository?: string;
  /** The file of the key that secrets are encrypted by. @default one in `folder` */
  readonly secretsKey?: string;
  /** Where secrets are kept in place of the database. */
  readonly vault?: VaultSettings;
  /** How the repository is logged in to. @default by what git finds by itself */
  readonly repositoryAccess?: RepositoryAccess;
  /** Whether operations are rehearsed in the sandbox. */
  readonly sandbox: boolean;
  /** Networks that webhooks may lead to although they are closed to them, such as `127.0.0.0/8`. */
  readonly webhookNetworks?: readonly string[];
  /** Whether others work with the same database: what the next one that leads needs then lies on nobody's disk. */
  readonly replicated: boolean;
  /** Where operations keep their states. @default where the environment's variables or the project say */
  readonly stateBackend?: StateBackend;
  /** Where metrics are told to whoever asks, without TLS and log-in. @default nowhere */
  readonly metrics?: Address;
}

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A backend of states. */
export interface StateBackend {
  /** Without a password. */
  readonly url: string;
  /** Of a PostgreSQL server. */
  readonly password?: string;
}

/** Whose tokens are taken. */
export interface TokenSettings {
  readonly issuer: string;
  /** What a token has to be meant for. */
  readonly audience: string;
  /** Clients whose tokens are taken without that, as those of K-PaaS's realm come. */
  readonly clients: readonly string[];
}

/** The variable of the environment that holds a URL with its password. */
export const DATABASE_URL = "KPAAS_DATABASE_URL";
/** The same of the backend of states. */
export const STATE_BACKEND = "KPAAS_STATE_BACKEND";

/**
 * Reads what was typed, and tells all that is wrong with it.
 * @throws InvalidInputError
 */
export function settingsOf(flags: Flags, env: Readonly<Record<string, string | undefined>>): Settings {
  const findings: Finding[] = [];
  const wrong = (path: string, reason: string, remedy: string) => findings.push({ path, reason, remedy });
  const { host, port } = addressOf("--listen", flags.listen, wrong);
  const metrics = flags.metrics === undefined ? undefined : addressOf("--metrics", flags.metrics, wrong);
  const tls = flags.tlsCert !== undefined && flags.tlsKey !== undefined ? { cert: flags.tlsCert, key: flags.tlsKey } : undefined;
  if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined))
    wrong(flags.tlsCert === undefined ? "--tls-cert" : "--tls-key", "certificate and key go together", "give both, or neither");
  if (tls === undefined && !isLoopback(host) && !flags.insecureHttp)
    wrong(
      "--listen",
      `${host} is met from other machines, and tokens would cross the network in clear`,
      "give --tls-cert and --tls-key, listen on 127.0.0.1, or say --insecure-http where a proxy before it speaks TLS",
    );
  const databaseUrl = flags.database ?? env[DATABASE_URL];
  if (databaseUrl !== undefined) checkDatabase(databaseUrl, flags.database !== undefined, wrong);
  if ((flags.issuer === undefined) !== (flags.audience === undefined))
    wrong(flags.issuer === undefined ? "--issuer" : "--audience", "issuer and audience go together", "give both, or neither");
  if (flags.issuer !== undefined) checkIssuer(flags.issuer, wrong);
  if (flags.client !== undefined && flags.issuer === undefined)
    wrong("--client", "there is no issuer whose clients these are", "give --issuer and --audience too");
  if (flags.pageClient !== undefined && flags.issuer === undefined)
    wrong("--page-client", "there is no issuer that the page could log in by", "give --issuer and --audience too");
  for (const network of flags.webhookNetwork ?? []) checkNetwork(network, wrong);
  const vault = vaultOf(flags, env, wrong);
  const repositoryAccess = repositoryAccessOf(flags, wrong);
  const stateBackend = stateBackendOf(flags, env, wrong);
  if (flags.replicated) checkReplicated(flags, databaseUrl, stateBackend, wrong);
  if (findings.length > 0)
    throw new InvalidInputError(findings.map((finding) => ({ environment: "", severity: "error" as const, ...finding })));
  const { issuer, audience, client: clients = [], pageClient, basicAuth, repository, secretsKey } = flags;
  return {
    ...{ host, port, folder: flags.data, sandbox: flags.sandbox === true, replicated: flags.replicated === true },
    ...given("webhookNetworks", flags.webhookNetwork),
    ...given("stateBackend", stateBackend),
    ...given("metrics", metrics),
    ...given("repository", repository),
    ...given("secretsKey", secretsKey),
    ...given("vault", vault),
    ...given("repositoryAccess", repositoryAccess),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(tls === undefined ? {} : { tls }),
    ...(issuer === undefined || audience === undefined ? {} : { tokens: { issuer, audience, clients } }),
    ...(issuer === undefined || pageClient === undefined ? {} : { page: { issuer, client: pageClient } }),
    ...(basicAuth === undefined ? {} : { basicAuth }),
  };
}

type Wrong = (path: string, reason: string, remedy: string) => void;

function addressOf(path: string, listen: string, wrong: Wrong): Address {
  const [, bracketed, plain = "", digits = ""] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(listen) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if (digits === "" || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6))
    wrong(path, `"${listen}" is no address with a port`, "write it as 127.0.0.1:8091, or [::1]:8091");
  return { host: host === "" ? "0.0.0.0" : host, port };
}

function checkNetwork(network: string, wrong: Wrong): void {
  const [address = "", bits = "", ...more] = network.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32))
    wrong("--webhook-network", `"${network}" is no network`, "write it as 10.0.5.0/24");
}

function checkDatabase(url: string, typed: boolean, wrong: Wrong): void {
  const path = typed ? "--database" : DATABASE_URL;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["postgres:", "postgresql:"].includes(parsed.protocol))
    wrong(path, "this is no URL of a PostgreSQL server", "write it as postgresql://USER@HOST:5432/NAME?sslmode=verify-full");
  else if (typed && (parsed.password !== "" || parsed.searchParams.has("password")))
    wrong(path, "everybody on this machine reads the password of a command line", `give the URL by the variable ${DATABASE_URL}`);
}

function stateBackendOf(
  { stateBackend: typed, sandbox }: Flags,
  env: Readonly<Record<string, string | undefined>>,
  wrong: Wrong,
): StateBackend | undefined {
  const given = typed ?? env[STATE_BACKEND];
  if (given === undefined) return undefined;
  const path = typed === undefined ? STATE_BACKEND : "--state-backend";
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed === undefined) wrong(path, "this is no URL of a backend", "write it as docs/state.md has them, such as s3://BUCKET?region=R");
  if (parsed?.protocol === "postgresql:") wrong(path, "the engine does not know postgresql://", "write postgres://");
  const password = parsed?.password ?? "";
  if (typed !== undefined && password !== "")
    wrong(path, "everybody on this machine reads the password of a command line", `give the URL by the variable ${STATE_BACKEND}`);
  if (sandbox) wrong(path, "the sandbox has a backend of its own", "leave out one of the two");
  if (parsed === undefined || password === "") return { url: given };
  parsed.password = "";
  return { url: parsed.toString(), password: decodeURIComponent(password) };
}

/** What the next one that leads needs must not go with the one that was lost. */
function checkReplicated(
  { repository, secretsKey, vault, sandbox }: Flags,
  databaseUrl: string | undefined,
  stateBackend: StateBackend | undefined,
  wrong: Wrong,
): void {
  if (databaseUrl === undefined)
    wrong(
      "--database",
      "the embedded database has one service alone",
      `give a PostgreSQL server's to all, by --database or ${DATABASE_URL}`,
    );
  if (sandbox) wrong("--sandbox", "what is simulated lies on one service's disk", "rehearse with one service, without --replicated");
  else if (stateBackend === undefined || /^(file|mem):/.test(stateBackend.url))
    wrong(
      "--state-backend",
      "states would lie on one service's disk, and another one would make everything a second time",
      "name a backend that all of them reach, such as postgres://, s3://, gs:// or azblob://",
    );
  if (repository === undefined)
    wrong("--repository", "each service would have environments of its own", "name a git repository that all of them reach");
  if (vault === undefined && secretsKey === undefined)
    wrong("--secrets-key", "each service would make a key of its own", "give all of them the same file, or keep secrets with --vault");
}

function vaultOf(
  { vault: url, vaultRole: role, vaultToken: tokenFile }: Flags,
  env: Readonly<Record<string, string | undefined>>,
  wrong: Wrong,
): VaultSettings | undefined {
  if ((role === undefined) !== (tokenFile === undefined))
    wrong(role === undefined ? "--vault-role" : "--vault-token", "role and token go together", "give both, or neither");
  if (url === undefined) {
    if (role !== undefined) wrong("--vault-role", "there is no vault that it is a role of", "give --vault too");
    return undefined;
  }
  if (!isSafeUrl(url)) wrong("--vault", `"${url}" is no https URL`, "write it as https://vault.example.org");
  if (role !== undefined && tokenFile !== undefined) return { url, role, tokenFile };
  const [roleId = "", secretId = ""] = [env.KPAAS_VAULT_ROLE_ID, env.KPAAS_VAULT_SECRET_ID];
  if (role === undefined && tokenFile === undefined && (roleId === "" || secretId === ""))
    wrong(
      "--vault",
      "there is no log-in to it",
      "set KPAAS_VAULT_ROLE_ID and KPAAS_VAULT_SECRET_ID, of an AppRole, or give --vault-role and --vault-token in a pod",
    );
  return { url, roleId, secretId };
}

function repositoryAccessOf(
  { repository, gitLogin: login, gitKey: key, gitHosts: hosts, gitCa: ca }: Flags,
  wrong: Wrong,
): RepositoryAccess | undefined {
  const files = { login, key, hosts, ca };
  for (const [name, file] of Object.entries(files))
    if (file !== undefined && repository === undefined)
      wrong(`--git-${name}`, "there is no repository that it is for", "give --repository too");
  if ((key === undefined) !== (hosts === undefined))
    wrong(
      key === undefined ? "--git-key" : "--git-hosts",
      "a key goes with the file of the host keys that are trusted",
      "give both, or neither",
    );
  if (URL.canParse(repository ?? "") && new URL(repository ?? "").password !== "")
    wrong("--repository", "everybody on this machine reads the password of a command line", "give it by --git-login");
  const given = Object.entries(files).flatMap(([name, file]) => (file === undefined ? [] : [[name, file]]));
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function checkIssuer(issuer: string, wrong: Wrong): void {
  if (!isSafeUrl(issuer))
    wrong("--issuer", `"${issuer}" is no https URL`, "write the realm's own, as https://login.example.org/realms/cp-realm");
}

/** Whether what is sent there is not read on its way. */
function isSafeUrl(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopback(parsed.hostname));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
