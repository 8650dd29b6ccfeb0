import type { EngineEvent } from "@pulumi/pulumi/automation";

/** How long an engine may tell of nothing at all, in milliseconds: longer than any cloud takes for one thing. */
const SILENCE_MS = 2 * 3_600_000;

/**
 * After so many states that could not be written the engine is ended. It tries each for half a minute, one after the other for all that is under
 * way, and says nothing meanwhile: with 32 at once that goes on for half an hour, and nothing of it is kept.
 */
const UNWRITTEN = 2;

const SAYS_UNWRITTEN = /failed to save snapshot/;

/** How an engine is watched. */
export interface WatchSettings {
  tell(warning: string): void;
  /** @default two hours, or what KPAAS_ENGINE_SILENCE says in minutes */
  readonly silenceMs?: number;
}

/** Watches an engine, and ends one that can get no further by itself. What it was doing is found out by the next operation, as after any kill. */
export class Watch {
  private end: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unwritten = 0;
  private reason: string | undefined;

  constructor(private readonly settings: WatchSettings) {}

  /** Why the engine was ended; undefined where it was not. */
  get why(): string | undefined {
    return this.reason;
  }

  /** Called when an engine begins to work. @param end ends it at once */
  begin(end: () => void): void {
    this.end = end;
    this.listen();
  }

  /** Takes what it tells. */
  take({ diagnosticEvent }: EngineEvent): void {
    this.listen();
    if (diagnosticEvent?.severity !== "error" || !SAYS_UNWRITTEN.test(diagnosticEvent.message)) return;
    this.unwritten += 1;
    if (this.unwritten === 1) this.settings.tell("the backend that keeps the state has refused it for half a minute: bring it back now");
    if (this.unwritten === UNWRITTEN)
      this.giveUp("the backend that keeps the state does not answer: the engine was ended, which could keep nothing more");
  }

  /** Called when it has ended. */
  done(): void {
    clearTimeout(this.timer);
    this.end = undefined;
  }

  private listen(): void {
    clearTimeout(this.timer);
    if (this.end === undefined) return;
    const silence = this.settings.silenceMs ?? ofThisProcess() ?? SILENCE_MS;
    const about = silence < 60_000 ? `${Math.round(silence / 1_000)} s` : `${Math.round(silence / 60_000)} minutes`;
    this.timer = setTimeout(() => this.giveUp(`the engine does not answer: it told of nothing for ${about}, and was ended`), silence);
    this.timer.unref();
  }

  private giveUp(reason: string): void {
    if (this.end === undefined || this.reason !== undefined) return;
    this.reason = reason;
    this.settings.tell(reason);
    this.end();
  }
}

function ofThisProcess(): number | undefined {
  const minutes = Number(process.env.KPAAS_ENGINE_SILENCE);
  return minutes > 0 ? minutes * 60_000 : undefined;
}
