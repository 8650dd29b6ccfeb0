import { at, list, text } from "../../../model/data";

/** The context that the federation API takes of its kubeconfig: K-PaaS's, and that of Karmada's own installer. */
export const KARMADA_CONTEXT = "karmada-apiserver";

/** Where Karmada's API is, and as whom its programs log in there. */
export interface KarmadaApi {
  readonly server: string;
  /** Secret. */
  readonly token: string;
}

/** What a kubeconfig says of Karmada's API: empty texts, where it does not. */
export function karmadaApi(kubeconfig: string): KarmadaApi {
  const content = parsed(kubeconfig);
  const named = (kind: string, name: unknown): unknown => list(at(content, `${kind}s`)).find((each) => at(each, "name") === name);
  const context = named("context", KARMADA_CONTEXT);
  return {
    server: text(at(named("cluster", at(context, "context.cluster")), "cluster.server")) ?? "",
    token: text(at(named("user", at(context, "context.user")), "user.token")) ?? "",
  };
}

/** Why a kubeconfig leads nobody to Karmada; undefined where it does. */
export function wrongKubeconfig(kubeconfig: string): string | undefined {
  const { server, token } = karmadaApi(kubeconfig);
  if (!server.startsWith("https://")) return `has no context ${KARMADA_CONTEXT} that leads to a server by https`;
  if (token === "")
    return `has no token in the context ${KARMADA_CONTEXT}: the federation collector logs in by one alone, so a certificate is not enough`;
  return undefined;
}

function parsed(kubeconfig: string): unknown {
  // Loaded where there is federation only.
  const { parse }: typeof import("yaml") = require("yaml");
  try {
    return parse(kubeconfig);
  } catch {
    return undefined;
  }
}
