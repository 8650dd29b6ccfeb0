import { setTimeout as pause } from "node:timers/promises";
import { type Log, whatFailed } from "./http/log";
import type { Parts } from "./parts";
import type { Settings } from "./settings";
import { LEASE_MS } from "./work/leadership";

/** How often it is shown that this service lives. */
const BEAT_MS = 5_000;
/** How often it is looked whether something waits: another service may have been asked for it. */
const WAKE_MS = 2_000;
/** The same where nobody else is asked, but the database may have been away. */
const WAKE_ALONE_MS = 30_000;
/** How often it is looked whether something is to be delivered to webhooks. */
const DELIVER_MS = 1_000;
/** How often the audit trail's head is committed, where it has moved. */
const HEAD_MS = 300_000;
/** How often it is looked whether a cluster lacks a token. */
const TOKENS_MS = 30_000;
/** How often what others have pushed is taken over. */
const FOLLOW_MS = 15_000;

/** Raised where another service works with the database, and neither was told of others. */
export class DatabaseBusyError extends Error {
  override readonly name = "DatabaseBusyError";
}

/**
 * Begins what the service does by itself: it leads, or waits until nobody does; carries out what waits; tells webhooks; commits the audit trail's head. Gives what
 * ends that.
 * @throws DatabaseBusyError
 */
export async function beginBeats(parts: Parts, settings: Settings, log: Log): Promise<() => Promise<void>> {
  const { leadership, steps, work, trail, repository, deliverer } = parts;
  const { replicated } = settings;
  const safely = (what: string, run: () => Promise<unknown>) => () => run().catch((error: unknown) => log.failure(what, whatFailed(error)));
  const wake = safely("wake", () => work.wake());
  const lead = safely("leadership", async () => {
    const before = leadership.term;
    await leadership.beat();
    if (before === undefined && leadership.term !== undefined) await wake();
  });
  const keepHead = safely("audit", async () => leadership.term !== undefined && (await trail.commitHead()));
  const deliver = safely("webhooks", async () => leadership.term !== undefined && (await deliverer.deliver()));
  const renew = safely("tokens", async () => leadership.term !== undefined && (await parts.tokens.renew()));
  await leadership.beat();
  if (!replicated) await becomeOnly(parts);
  const tell = every(
    BEAT_MS,
    safely("steps", () => steps.beat()),
  );
  const ends = [
    every(BEAT_MS, lead),
    every(replicated ? WAKE_MS : WAKE_ALONE_MS, wake),
    every(HEAD_MS, keepHead),
    every(DELIVER_MS, deliver),
    // Nothing in the sandbox signs anything.
    ...(settings.sandbox ? [] : [every(TOKENS_MS, renew)]),
    every(
      FOLLOW_MS,
      safely("repository", () => repository.refresh()),
    ),
  ];
  await work.wake();
  return async () => {
    for (const end of ends) end();
    work.stop();
    await keepHead();
    await safely("leadership", () => leadership.release())();
    // Steps outlive the service on its host. With a pod they would end: so it waits for its own, while another service has taken over all else.
    if (replicated) await steps.idle();
    tell();
  };
}

/** Waits for a service that was lost to be believed so. */
async function becomeOnly({ leadership }: Pick<Parts, "leadership">): Promise<void> {
  for (const until = performance.now() + LEASE_MS + BEAT_MS; leadership.term === undefined && performance.now() < until; ) {
    await pause(BEAT_MS / 5);
    await leadership.beat();
  }
  if (leadership.term !== undefined) return;
  const other = (await leadership.leader()) ?? "another service";
  throw new DatabaseBusyError(`${other} works with this database: give it another one, or say --replicated to all that share it`);
}

/** Does something again and again, never twice at once. Gives what ends that. */
function every(ms: number, work: () => Promise<unknown>): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void work().finally(() => {
      busy = false;
    });
  }, ms);
  timer.unref();
  return () => clearInterval(timer);
}
