import { type Said, saidIn } from "../../fleet/children";
import type { Operation } from "../../model/fleet/decide";
import type { Ended } from "../../model/fleet/records";
import type { Database } from "../../server/data/database";
import { Steps } from "../../server/work/steps";
import type { Runner, WorkParts } from "../../server/work/types";

/** What work goes by in a service that leads, whatever happens. */
export function leading(database: Database, place: string): Pick<WorkParts, "leadership" | "steps"> {
  const failed = (_operation: string, error: unknown) => {
    throw error;
  };
  return {
    leadership: { term: 1, fence: async () => undefined, require: () => undefined },
    steps: new Steps({ database, place, kept: async () => undefined, failed }, 500, 10),
  };
}

/** A runner whose steps end when, and how, a test says. */
export class PlayedRunner implements Runner {
  readonly launched: string[] = [];
  readonly looked: string[] = [];
  private readonly waiting = new Map<string, (ended: Ended) => void>();

  /** @param how a step ends at once; undefined: it waits for {@link end} */
  constructor(private readonly how: (operation: Operation) => Ended | undefined = () => ({ outcome: "done" })) {}

  launch(operation: Operation): Promise<Ended> {
    this.launched.push(`${operation.step}.${operation.attempt}`);
    const ended = this.how(operation);
    if (ended !== undefined) return Promise.resolve(ended);
    return new Promise((resolve) => this.waiting.set(operation.step, resolve));
  }

  async look(operation: Operation): Promise<Ended> {
    this.looked.push(`${operation.step}.${operation.attempt}`);
    return this.how(operation) ?? { outcome: "unknown" };
  }

  /** What a step has printed, unless a test says otherwise: nothing. */
  prints: (operation: Operation) => string = () => "";
  /** What it has said of how far it is. */
  says: (operation: Operation) => string = () => "";

  printed(operation: Operation): string {
    return this.prints(operation);
  }

  said(operation: Operation, from = 0): Said {
    return saidIn(Buffer.from(this.says(operation)).subarray(from), from);
  }

  /** Ends a step that waits. */
  end(step: string, ended: Ended): void {
    this.waiting.get(step)?.(ended);
  }
}
