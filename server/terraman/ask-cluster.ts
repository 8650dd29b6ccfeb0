import { once } from "node:events";
import { request } from "node:https";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { at, list, parsedJson } from "../../model/data";
import { HttpProblem } from "../http/problem";
import { type Addresses, ClosedAddressError } from "../webhooks/address";

/** What a cluster has said of itself. */
export interface AskedCluster {
  /** Its URL, without the fingerprint that it may have been given with. */
  readonly url: string;
  readonly version: string;
  readonly nodes: number;
  readonly ready: number;
  /** Of the certificate that its API showed: SHA-256, in hexadecimal. */
  readonly fingerprint: string;
}

/** How long a cluster may take to answer. */
const TIMEOUT_MS = 10_000;
/** More nodes than that are not counted. */
const MOST_NODES = 5_000;
/** No more of an answer is read, in characters: so many nodes are about half of that. */
const MOST_READ = 128 * 2 ** 20;

/** Raised where a cluster cannot be asked: at which of what was sent, and why. */
class NotAskedError extends Error {
  constructor(
    readonly path: "clusterApiUrl" | "clusterToken",
    reason: string,
    readonly remedy: string,
  ) {
    super(reason);
  }
}

/**
 * Asks a cluster for its version and its nodes. Its certificate is verified by the public authorities and those of `NODE_EXTRA_CA_CERTS`, or is the
 * one whose fingerprint stands behind its URL (`#sha256=…`), where a portal has no field for an authority. The token is sent to nobody else.
 * @param most characters of an answer that are read
 * @throws HttpProblem with what is wrong, and at which field
 */
export async function askCluster(
  sent: { readonly url: string; readonly token: string },
  addresses: Addresses,
  most = MOST_READ,
): Promise<AskedCluster> {
  try {
    const [plain = "", fragment] = sent.url.split("#");
    const url = plain.replace(/\/$/, "");
    const pin = fragment === undefined ? undefined : pinOf(fragment);
    const ask = (path: string) => answerOf(url, path, sent.token, { pin, addresses, most });
    const version = await ask("/version");
    const nodes = await ask(`/api/v1/nodes?limit=${MOST_NODES}`);
    const items = list(at(nodes.body, "items"));
    const isReady = (node: unknown) =>
      list(at(node, "status.conditions")).some((each) => at(each, "type") === "Ready" && at(each, "status") === "True");
    return {
      ...{ url, version: String(at(version.body, "gitVersion") ?? ""), nodes: items.length, ready: items.filter(isReady).length },
      fingerprint: nodes.fingerprint,
    };
  } catch (error) {
    if (!(error instanceof NotAskedError)) throw error;
    const { path, message: reason, remedy } = error;
    throw new HttpProblem("invalid-request", "Please check the input value again.", [{ path, reason, remedy }]);
  }
}

function pinOf(fragment: string): string {
  const [, pin] = /^sha256=([0-9a-fA-F:]+)$/.exec(fragment) ?? [];
  const bare = pin?.replaceAll(":", "").toLowerCase() ?? "";
  if (bare.length === 64) return bare;
  throw new NotAskedError("clusterApiUrl", "what follows # is no fingerprint", "write #sha256= and 64 hexadecimal digits, or nothing");
}

/** One answer, over a connection whose other end was known before anything was sent. */
async function answerOf(
  url: string,
  path: string,
  token: string,
  { pin, addresses, most }: { readonly pin: string | undefined; readonly addresses: Addresses; readonly most: number },
) {
  const { socket, fingerprint } = await connected(new URL(url), pin, addresses);
  try {
    // No agent: it would make a connection of its own, and leave this one.
    const asked = request(`${url}${path}`, {
      ...{ headers: { authorization: `Bearer ${token}`, accept: "application/json" } },
      createConnection: () => socket,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    asked.end();
    const [answer] = await once(asked, "response");
    let text = "";
    for await (const chunk of answer.setEncoding("utf8")) {
      text += chunk;
      if (text.length > most) throw new NotAskedError("clusterApiUrl", "its answer has no end", "give the URL of a Kubernetes API");
    }
    if (answer.statusCode === 401)
      throw new NotAskedError("clusterToken", "the cluster does not take this token", "give one of an account of it that has not ended");
    if (answer.statusCode === 403)
      throw new NotAskedError(
        "clusterToken",
        "this token may not list the cluster's nodes",
        "bind its account to a role that may look at them",
      );
    if (answer.statusCode !== 200)
      throw new NotAskedError(
        "clusterApiUrl",
        `it answers ${answer.statusCode} to ${path.split("?")[0]}`,
        "give the URL of a Kubernetes API",
      );
    return { body: parsedJson(text), fingerprint };
  } catch (error) {
    throw error instanceof NotAskedError ? error : unreachable(error);
  } finally {
    socket.destroy();
  }
}

async function connected(
  { hostname, port }: URL,
  pin: string | undefined,
  addresses: Addresses,
): Promise<{ socket: TLSSocket; fingerprint: string }> {
  const address = await addresses.of(hostname).catch((error: unknown) => {
    if (error instanceof ClosedAddressError)
      throw new NotAskedError("clusterApiUrl", error.message, "give an address of the cluster's own");
    throw unreachable(error);
  });
  // Whom it is is looked at below, so that its fingerprint can be told: nothing is sent before that.
  const socket = connect({
    ...{ host: address, port: Number(port || 443), rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] },
    // By its address where it has no name.
    ...(isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? { servername: hostname } : {}),
  });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect", { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    socket.destroy();
    throw unreachable(error);
  });
  const fingerprint = (socket.getPeerCertificate().fingerprint256 ?? "").replaceAll(":", "").toLowerCase();
  if (pin === undefined ? socket.authorized : pin === fingerprint) return { socket, fingerprint };
  socket.destroy();
  throw pin === undefined
    ? new NotAskedError(
        "clusterApiUrl",
        `nobody here knows who signed its certificate (${String(socket.authorizationError)}), whose SHA-256 is ${fingerprint}`,
        "compare that with `openssl x509 -noout -fingerprint -sha256 -in /etc/kubernetes/pki/apiserver.crt` on a control plane, and add #sha256=FINGERPRINT to the URL",
      )
    : new NotAskedError(
        "clusterApiUrl",
        "its certificate is another one than was named",
        "find out who answers there before anything else",
      );
}

/** What Node says of it holds neither token nor path. */
function unreachable(error: unknown): NotAskedError {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : "unknown";
  return new NotAskedError("clusterApiUrl", `the cluster does not answer (${code})`, "give a URL that this service reaches");
}
