import type { EngineEvent } from "@pulumi/pulumi/automation";

/** How long an engine may tell of nothing at all, in milliseconds: longer than any cloud takes for one thing. */
const SILENCE_MS = 2 * 3_600_000;

/** How long it may take to begin, which it does once it has the state and the plugins, and to end, once everything is done. */
const EDGE_MS = 10 * 60_000;

/** After so long without a beginning or an end it is said what is waited for. */
const EDGE_SAID_MS = 60_000;

/** How long one command of the engine that is no operation may take: it asks the backend, and what secrets are encrypted by. */
const ANSWER_MS = 2 * 60_000;

/** After so much of that time it is said what is waited for. */
const SAID = 1 / 8;

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
  /** How long it may take to begin and to end, and no longer than it may be silent. @default ten minutes */
  readonly edgeMs?: number;
}

/** Watches an engine, and ends one that can get no further by itself. What it was doing is found out by the next operation, as after any kill. */
export class Watch {
  private end: (() => void) | undefined;
  private timers: readonly NodeJS.Timeout[] = [];
  private unwritten = 0;
  private reason: string | undefined;

  constructor(private readonly settings: WatchSettings) {}

  /** Why the engine was ended; undefined where it was not. */
  get why(): string | undefined {
    return this.reason;
  }

  /** Called when an engine is started. @param end ends it at once */
  begin(end: () => void): void {
    this.end = end;
    this.listen("the engine has not begun yet: the backend that keeps the state does not answer, or plugins are fetched");
  }

  /** Called when all is done that it was started for. */
  ending(): void {
    this.listen("all is done, and the engine has not ended yet: the backend that keeps the state does not answer");
  }

  /** Takes what it tells. */
  take({ diagnosticEvent, summaryEvent }: EngineEvent): void {
    if (summaryEvent !== undefined) this.ending();
    else this.listen();
    if (diagnosticEvent?.severity !== "error" || !SAYS_UNWRITTEN.test(diagnosticEvent.message)) return;
    this.unwritten += 1;
    if (this.unwritten === 1) this.settings.tell("the backend that keeps the state has refused it for half a minute: bring it back now");
    if (this.unwritten === UNWRITTEN)
      this.giveUp("the backend that keeps the state does not answer: the engine was ended, which could keep nothing more");
  }

  /** Called when it has ended. */
  done(): void {
    this.stop();
    this.end = undefined;
  }

  /** @param edge what is to be said before it has begun, or after it has done all */
  private listen(edge?: string): void {
    this.stop();
    if (this.end === undefined) return;
    const silence = this.settings.silenceMs ?? minutesOf("KPAAS_ENGINE_SILENCE") ?? SILENCE_MS;
    const limit = edge === undefined ? silence : Math.min(silence, this.settings.edgeMs ?? EDGE_MS);
    const reason = edge ?? "the engine does not answer";
    this.timers = [
      later(limit, () => this.giveUp(`${reason}: it told of nothing for ${lasting(limit)}, and was ended`)),
      ...(edge === undefined || limit <= EDGE_SAID_MS ? [] : [later(EDGE_SAID_MS, () => this.settings.tell(edge))]),
    ];
  }

  private stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private giveUp(reason: string): void {
    if (this.end === undefined || this.reason !== undefined) return;
    this.reason = reason;
    this.settings.tell(reason);
    this.end();
  }
}

/** A command of the engine that is waited for. */
export interface Awaited {
  /** Called when it has ended; gives why it was ended, undefined where it was not. */
  done(): string | undefined;
}

/**
 * Waits for a command of the engine that is no operation, says so where it takes long, and ends it where no answer comes.
 * @param command its first words
 * @param limit in milliseconds. @default two minutes, or what KPAAS_BACKEND_SILENCE says in minutes
 */
export function awaitAnswer(
  command: string,
  tell: (warning: string) => void,
  end: () => void,
  limit = minutesOf("KPAAS_BACKEND_SILENCE") ?? ANSWER_MS,
): Awaited {
  const who = `the backend that keeps the state, or what its secrets are encrypted by, does not answer (pulumi ${command})`;
  let reason: string | undefined;
  const timers = [
    later(limit * SAID, () => tell(`${who}: it is waited for, ${lasting(limit)} at most`)),
    later(limit, () => {
      reason = `${who}: nothing came for ${lasting(limit)}`;
      end();
    }),
  ];
  return {
    done() {
      for (const timer of timers) clearTimeout(timer);
      return reason;
    },
  };
}

/** A timer that keeps no process alive. */
function later(milliseconds: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, milliseconds).unref();
}

function lasting(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.round(milliseconds / 1_000)} s` : `${Math.round(milliseconds / 60_000)} minutes`;
}

/** What a variable of this process says in minutes, in milliseconds. */
function minutesOf(variable: string): number | undefined {
  const minutes = Number(process.env[variable]);
  return minutes > 0 ? minutes * 60_000 : undefined;
}
