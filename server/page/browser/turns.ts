import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api, StreamState } from "./api";
import type { Shared } from "./context";
import type { Turn } from "./shapes";

/** After so long the lists are asked for anew where the service tells of no turns. */
const LOOK_MS = 30_000;

/** Turns of operations, from one stream for the whole page. */
export function useTurns(api: Api): { readonly stream: StreamState | undefined; readonly onTurn: Shared["onTurn"] } {
  const [stream, setStream] = useState<StreamState | undefined>();
  const told = useRef(new Set<(turn: Turn | undefined) => void>());
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setInterval> | undefined;
    const tell = (turn: Turn | undefined) => {
      for (const each of told.current) each(turn);
    };
    const now = (state: StreamState) => {
      if (gone.signal.aborted) return;
      setStream((was) => {
        // What happened meanwhile may be missing.
        if (was === "lost" && state === "open") tell(undefined);
        return state;
      });
    };
    const look = () => {
      timer ??= setInterval(() => tell(undefined), LOOK_MS);
    };
    api.follow("/api/v1/events", ({ data }) => tell(JSON.parse(data) as Turn), now, gone.signal).then(look, look);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, [api]);
  const onTurn = useMemo<Shared["onTurn"]>(
    () => (listener) => {
      told.current.add(listener);
      return () => told.current.delete(listener);
    },
    [],
  );
  return { stream, onTurn };
}
