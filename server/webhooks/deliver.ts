import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { eventOf } from "../api/streams";
import type { Database } from "../data/database";
import type { Row } from "../data/tables";
import { type Log, whatFailed } from "../http/log";
import { sendTo } from "../http/outgoing";
import type { SecretStore } from "../secrets/store";
import { NO_TRACES, spanned, type Traces } from "../trace/traces";
import { type Addresses, ClosedAddressError } from "./address";

/** Tried so often, each time after twice the time: for about a day and a half. */
const TRIES = 12;
const FIRST_MS = 30_000;
const TIMEOUT_MS = 10_000;
/** Deliveries at once. */
const TOGETHER = 20;
/** Those that are over are kept for so long. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** What deliveries go by. */
export interface DeliveryParts {
  readonly database: Pick<Database, "query">;
  readonly secrets: Pick<SecretStore, "read">;
  readonly addresses: Addresses;
  readonly log: Pick<Log, "failure">;
  readonly firstMs?: number;
  /** @default none */
  readonly traces?: Traces;
}

/** Where a webhook's secret is kept. */
export function webhookPath(id: string): string {
  return `secret/webhook/${id}`;
}

/** The signature of a delivery: of its moment and its body, so that neither is another's. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** Delivers what is due. Each stands in the database until somebody has taken it, so one may come twice, and none is lost. */
export class Deliverer {
  private under: Promise<void> | undefined;

  constructor(private readonly parts: DeliveryParts) {}

  /** Delivers what is due now, one round at a time. */
  async deliver(): Promise<void> {
    this.under ??= this.round().finally(() => {
      this.under = undefined;
    });
    await this.under;
  }

  private async round(): Promise<void> {
    const { query } = this.parts.database;
    const due = await query
      .selectFrom("deliveries")
      .selectAll()
      .where("state", "=", "waiting")
      .where("due", "<=", sql<Date>`now()`)
      .orderBy("due")
      .limit(TOGETHER)
      .execute();
    await Promise.all(
      due.map((delivery) => this.one(delivery).catch((error: unknown) => this.parts.log.failure(delivery.id, whatFailed(error)))),
    );
    await query
      .deleteFrom("deliveries")
      .where("state", "!=", "waiting")
      .where("due", "<", new Date(Date.now() - KEPT_MS))
      .execute();
  }

  private async one(delivery: Row<"deliveries">): Promise<void> {
    const { query } = this.parts.database;
    const webhook = await query.selectFrom("webhooks").selectAll().where("id", "=", delivery.webhook).executeTakeFirst();
    const event = await query.selectFrom("events").selectAll().where("id", "=", String(delivery.event)).executeTakeFirst();
    if (webhook === undefined || event === undefined) return;
    const body = JSON.stringify({ delivery: delivery.id, ...eventOf(event) });
    let [status, reason]: [number | null, string | null] = [null, null];
    try {
      const secret = (await this.parts.secrets.read(webhookPath(webhook.id)))?.secret;
      if (secret === undefined) throw new Error("its secret is not there any more");
      const { traces = NO_TRACES } = this.parts;
      status = await spanned(traces, "deliver webhook", { kind: "client" }, () => this.send(webhook.url, delivery.id, secret, body));
      if (status < 200 || status > 299) reason = `it answers with ${status}`;
    } catch (error) {
      reason = error instanceof Error ? ("code" in error ? String(error.code) : error.message) : "it failed";
      if (error instanceof ClosedAddressError) reason = error.message;
    }
    const tries = delivery.tries + 1;
    const wait = (this.parts.firstMs ?? FIRST_MS) * 2 ** delivery.tries;
    const change =
      reason === null
        ? { state: "done" as const, delivered: new Date(), due: new Date() }
        : tries >= TRIES
          ? { state: "failed" as const, due: new Date() }
          : { due: new Date(Date.now() + wait) };
    await query
      .updateTable("deliveries")
      .set({ tries, status, reason, ...change })
      .where("id", "=", delivery.id)
      .where("state", "=", "waiting")
      .execute();
  }

  /** Sends it to the address that was looked at; no redirection is followed. */
  private async send(url: string, id: string, secret: string, body: string): Promise<number> {
    const { protocol, hostname } = new URL(url);
    const address = await this.parts.addresses.of(hostname);
    if (protocol !== "https:" && !this.parts.addresses.isAllowed(address)) throw new ClosedAddressError("only https leaves this machine");
    const traceparent = this.parts.traces?.current();
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = {
      ...{ "content-type": "application/json", "user-agent": "kpaas-server" },
      ...(traceparent === undefined ? {} : { traceparent }),
      ...{ "kpaas-delivery": id, "kpaas-timestamp": timestamp, "kpaas-signature": signatureOf(secret, timestamp, body) },
    };
    return (await sendTo(address, { method: "POST", url, headers, body, timeoutMs: TIMEOUT_MS })).status;
  }
}
