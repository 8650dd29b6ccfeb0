import { z } from "zod";
import type { Row } from "../data/tables";
import type { Fault } from "../http/problem";
import { text } from "../http/sent-text";

/** Clouds as K-PaaS calls them. */
export const PROVIDERS = ["AWS", "OPENSTACK", "NAVER", "NHN", "KT"] as const;
export const ofProvider = z.enum(PROVIDERS);
/** Clouds that accounts may be of: K-PaaS's, and those that it knows nothing of, called alike. */
export const CLOUDS = [...PROVIDERS, "GCP", "AZURE", "VSPHERE"] as const;
/** A cloud that accounts may be of. */
export type Provider = (typeof CLOUDS)[number];

/** What a cloud's account consists of, and what the cloud is here. */
interface KnownProvider {
  /** The provider in environment files; undefined: clusters on it are registered, and not made. */
  readonly provider?: string;
  /** The credentials of an account: by K-PaaS's names, or as environment files call them where K-PaaS has none. */
  readonly credentials: readonly string[];
  /** What else of an account has to be there. */
  readonly needs: readonly ("region" | "project" | "site")[];
  /** The variables by which the cloud's provider is given them. */
  readonly variables: (
    account: Row<"accounts">,
    secret: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, string | null | undefined>>;
}

const keystone: KnownProvider["variables"] = ({ region }, { auth_url, user_name, password }) => ({
  ...{ OS_AUTH_URL: auth_url, OS_USERNAME: user_name, OS_PASSWORD: password, OS_REGION_NAME: region },
});

const KNOWN: Readonly<Record<Provider, KnownProvider>> = {
  AWS: {
    ...{ provider: "aws", credentials: ["accessKey", "secretKey"], needs: ["region"] },
    variables: ({ region }, { accessKey, secretKey }) => ({
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_REGION: region,
    }),
  },
  OPENSTACK: {
    ...{ provider: "openstack", credentials: ["auth_url", "user_name", "password"], needs: ["region", "project"] },
    variables: (account, secret) => ({
      ...keystone(account, secret),
      OS_PROJECT_NAME: account.project,
      OS_USER_DOMAIN_NAME: "Default",
      OS_PROJECT_DOMAIN_NAME: "Default",
    }),
  },
  NHN: {
    ...{ provider: "nhn", credentials: ["auth_url", "user_name", "password"], needs: ["region", "project"] },
    variables: (account, secret) => ({ ...keystone(account, secret), OS_TENANT_ID: account.project }),
  },
  NAVER: { credentials: ["accessKey", "secretKey"], needs: ["region", "site"], variables: () => ({}) },
  KT: { credentials: ["accessKey"], needs: ["region"], variables: () => ({}) },
  // Project, subscription and region stand in the environment's file.
  GCP: {
    ...{ provider: "gcp", credentials: ["credentials"], needs: [] },
    variables: (_account, { credentials }) => ({ GOOGLE_CREDENTIALS: credentials }),
  },
  AZURE: {
    ...{ provider: "azure", credentials: ["tenantId", "subscriptionId", "clientId", "clientSecret"], needs: [] },
    variables: (_account, { tenantId, subscriptionId, clientId, clientSecret }) => ({
      ...{ ARM_TENANT_ID: tenantId, ARM_SUBSCRIPTION_ID: subscriptionId },
      ...{ ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: clientSecret },
    }),
  },
  VSPHERE: {
    ...{ provider: "vsphere", credentials: ["vsphereServer", "user", "password"], needs: [] },
    variables: (_account, { vsphereServer, user, password }) => ({
      ...{ VSPHERE_SERVER: vsphereServer, VSPHERE_USER: user, VSPHERE_PASSWORD: password },
    }),
  },
};

/** What this is in an environment file; undefined where clusters on it are registered only. */
export function providerOf(provider: Provider): string | undefined {
  return KNOWN[provider].provider;
}

/** The credentials of an account as they are sent: those that its cloud has, and nothing else. */
export function credentialsIn(provider: Provider, sent: unknown): Readonly<Record<string, string>> {
  const parsed = z.record(z.string(), text(8_192)).safeParse(sent ?? {});
  const given = parsed.success ? parsed.data : {};
  return Object.fromEntries(KNOWN[provider].credentials.map((name) => [name, given[name] ?? ""]));
}

/** What an account lacks. */
export function lacking(
  provider: Provider,
  account: Readonly<Record<"region" | "project" | "site", string>>,
  secret: Readonly<Record<string, string>>,
): Fault[] {
  const { needs, credentials } = KNOWN[provider];
  const missing = [
    ...needs.filter((name) => account[name].trim() === ""),
    ...credentials.filter((name) => secret[name] === "").map((name) => `providerInfo.${name}`),
  ];
  return missing.map((path) => ({ path, reason: "must be given" }));
}

/** Which fields of an account each cloud takes. */
export function accountForms(): readonly {
  readonly provider: Provider;
  readonly needs: readonly string[];
  readonly credentials: readonly string[];
  readonly makes: boolean;
}[] {
  return CLOUDS.map((provider) => {
    const { needs, credentials, provider: makes } = KNOWN[provider];
    return { provider, needs: [...needs], credentials: [...credentials], makes: makes !== undefined };
  });
}

/** The field of an account, or of its credentials, that a variable is made of; undefined where it is of none. */
export function fieldOf(provider: Provider, variable: string | undefined): string | undefined {
  const { needs, credentials, variables } = KNOWN[provider];
  const account = { ...NO_ACCOUNT, ...Object.fromEntries(needs.map((name) => [name, `\0${name}`])) };
  const secret = Object.fromEntries(credentials.map((name) => [name, `\0credentials.${name}`]));
  return variables(account, secret)[variable ?? ""]?.slice(1);
}

const NO_ACCOUNT = { id: 0, name: "", provider: "", project: null, region: null, site: null, created: new Date(0), modified: new Date(0) };

/** Empty credentials of each of K-PaaS's clouds, by which the portal draws its form. */
export function emptyCredentials(): Record<(typeof PROVIDERS)[number], Record<string, string>> {
  const empty = (name: Provider) => Object.fromEntries(KNOWN[name].credentials.map((each) => [each, ""]));
  return { AWS: empty("AWS"), OPENSTACK: empty("OPENSTACK"), NAVER: empty("NAVER"), NHN: empty("NHN"), KT: empty("KT") };
}

/** The variables of a command that works with an account. */
export function accountVariables(account: Row<"accounts">, secret: Readonly<Record<string, string>>): Record<string, string> {
  const variables = KNOWN[account.provider as Provider].variables(account, secret);
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
