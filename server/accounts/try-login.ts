import type { CloudRequest, LoginFault, LoginTry } from "../../model/cloud";
import { type Incoming, sendTo } from "../http/outgoing";
import { type Addresses, ClosedAddressError } from "../webhooks/address";

/** A cloud that has not answered by then is not waited for. */
const TIMEOUT_MS = 10_000;
/** Of a catalogue of services so much is read. */
const MOST = 2 ** 20;

/** What came of it that credentials were tried out. */
export interface Tried {
  readonly good: boolean;
  /** What is wrong. */
  readonly fault?: LoginFault;
}

/** Sends a request to a cloud. */
export type Send = (request: CloudRequest) => Promise<Incoming>;

/** What sends to the addresses that may be sent to. */
export function sender(addresses: Addresses, timeoutMs = TIMEOUT_MS): Send {
  return async (request) => await sendTo(await addresses.of(new URL(request.url).hostname), { ...request, timeoutMs }, MOST);
}

/** Logs in, and takes back what that has made. What is wrong is told without what was sent, and without what was answered. */
export async function tryLogin(attempt: LoginTry | LoginFault, send: Send): Promise<Tried> {
  if ("reason" in attempt) return { good: false, fault: attempt };
  const { request, judge, undo } = attempt;
  if (!URL.canParse(request.url) || !/^https?:$/.test(new URL(request.url).protocol))
    return { good: false, fault: { reason: "the cloud's address is no URL", remedy: "give the one that the cloud's console shows" } };
  try {
    const answer = await send(request);
    const fault = judge(answer);
    const after = undo?.(answer);
    // A token that stays ends by itself.
    if (after !== undefined) await send(after).catch(() => undefined);
    return fault === undefined ? { good: true } : { good: false, fault };
  } catch (error) {
    return { good: false, fault: unreached(error, new URL(request.url).host) };
  }
}

function unreached(error: unknown, host: string): NonNullable<Tried["fault"]> {
  if (error instanceof ClosedAddressError)
    return {
      reason: error.message,
      remedy: "give the cloud's address, or start the service with --webhook-network for a cloud of this machine",
    };
  const named = error instanceof Error && "code" in error ? String(error.code) : error instanceof Error ? error.name : "";
  const [reason, remedy] = REASONS[named] ?? [
    `it cannot be reached (${named || "no reason is known"})`,
    "see that the service's machine reaches it",
  ];
  return { reason: `${host}: ${reason}`, remedy };
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  TimeoutError: ["it has not answered in time", "see that the service's machine reaches it"],
  ABORT_ERR: ["it has not answered in time", "see that the service's machine reaches it"],
  ENOTFOUND: ["there is no such host", "see that address and region are right"],
  ECONNREFUSED: ["nothing answers there", "see that address and port are right"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its certificate is of an authority that is not known here", "start the service with NODE_EXTRA_CA_CERTS"],
  SELF_SIGNED_CERT_IN_CHAIN: ["its certificate is of an authority that is not known here", "start the service with NODE_EXTRA_CA_CERTS"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "its certificate is of an authority that is not known here",
    "start the service with NODE_EXTRA_CA_CERTS",
  ],
};
