import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { writeWhole } from "../../host/files";
import { fields, parsedJson } from "../../model/data";
import type { Database } from "../data/database";
import type { Tables } from "../data/tables";
import { SERVICE } from "../git/git";
import type { Repository } from "../git/repository";
import { BEGINNING, type CommittedHead, type Deed, type Entry, entryOf, type Head, headsThatCount, Verifier } from "./chain";

/** Held by who appends: entries are numbered without a gap. Any number that nothing else of the service uses. */
const APPENDING = 7_190_040;
/** Entries that are looked at together. */
const PAGE = 1_000;
/** Where the head is kept in the repository of environments. */
const HEAD_FILE = "audit/head.json";

/** Whether the trail is whole. */
export interface Verification {
  readonly entries: number;
  /** How many committed heads it was held against. */
  readonly heads: number;
  readonly faults: readonly string[];
}

/** The audit trail: a chain of entries in the database, whose head is committed to git, so that a rewritten database is found. */
export class Trail {
  private committed = 0;

  constructor(
    private readonly database: Database,
    private readonly repository: Pick<Repository, "root" | "change" | "linesEver">,
    private readonly clock: () => Date = () => new Date(),
  ) {}

  /** Appends what was done. @param within the work that it belongs to, so that neither is there without the other */
  async append(deed: Deed, within?: Kysely<Tables>): Promise<void> {
    if (within === undefined) {
      await this.database.query.transaction().execute((transaction) => this.append(deed, transaction));
      return;
    }
    await sql`select pg_advisory_xact_lock(${APPENDING})`.execute(within);
    await within
      .insertInto("audit")
      .values(entryOf(deed, await last(within), this.clock()))
      .execute();
  }

  /** Commits the head to git where it has moved. @param restored whether the last entry tells of a backup that was restored */
  async commitHead(restored = false): Promise<void> {
    const head = await last(this.database.query);
    if (head.number === this.committed || head.number === 0) return;
    await this.repository.change(SERVICE, async () => {
      writeWhole(
        join(this.repository.root, HEAD_FILE),
        `${JSON.stringify({ number: head.number, hash: head.hash, ...(restored ? { restored } : {}) })}\n`,
      );
      return `Keep the audit trail's head at entry ${head.number}`;
    });
    this.committed = head.number;
  }

  /** Looks at every entry, and holds them against all heads that were committed. */
  async verify(): Promise<Verification> {
    const heads = await this.heads();
    const verifier = new Verifier(heads);
    for (let after = 0; ; ) {
      const page = await this.read(after, PAGE);
      for (const entry of page) verifier.take(entry);
      after = page.at(-1)?.number ?? after;
      if (page.length < PAGE) break;
    }
    return { entries: verifier.end().number, heads: heads.length, faults: verifier.faults };
  }

  /** Entries after a number, in order. */
  async read(after: number, most: number): Promise<Entry[]> {
    return await this.database.query.selectFrom("audit").selectAll().where("number", ">", after).orderBy("number").limit(most).execute();
  }

  /** What was committed of it, and still counts. */
  async heads(): Promise<Head[]> {
    const heads: CommittedHead[] = [];
    for (const line of await this.repository.linesEver(HEAD_FILE)) {
      const { number, hash, restored } = fields(parsedJson(line));
      if (typeof number === "number" && typeof hash === "string") heads.push({ number, hash, restored: restored === true });
    }
    return headsThatCount(heads);
  }
}

async function last(database: Kysely<Tables>): Promise<Head> {
  const row = await database.selectFrom("audit").select(["number", "hash"]).orderBy("number", "desc").limit(1).executeTakeFirst();
  return row ?? BEGINNING;
}
