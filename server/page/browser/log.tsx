import { useEffect, useRef, useState } from "preact/hooks";
import type { StreamState } from "./api";
import { useShared, useWords } from "./context";
import { Failure, Tag } from "./parts";
import { plainText } from "./plain-text";
import type { Line, Operation } from "./shapes";

/** So many lines are shown: a browser that holds an hour of Ansible's becomes slow. */
const MOST = 5_000;

/** What an operation's steps say, as they say it. */
export function Log({ of: { id, state: operationState } }: { readonly of: Operation }) {
  const { api } = useShared();
  const { t, number } = useWords();
  const [lines, setLines] = useState<{ readonly shown: readonly Line[]; readonly left: number }>({ shown: [], left: 0 });
  const [state, setState] = useState<StreamState | undefined>();
  const [error, setError] = useState<unknown>();
  const [isFollowed, setFollowed] = useState(true);
  const [isAloud, setAloud] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // Of one that had ended, and goes on, there is more to be said.
  const isOpen = ["waiting", "running", "planned"].includes(operationState);
  const begun = useRef({ isOpen, times: 0 });
  if (isOpen && !begun.current.isOpen) begun.current.times++;
  begun.current.isOpen = isOpen;
  // A log that has ended is asked for anew where the operation goes on.
  useEffect(() => {
    const gone = new AbortController();
    let come: Line[] = [];
    let frame = 0;
    setLines({ shown: [], left: 0 });
    const take = () => {
      frame = 0;
      const more = come;
      come = [];
      setLines(({ shown, left }) => {
        const all = [...shown, ...more];
        return { shown: all.slice(-MOST), left: left + Math.max(0, all.length - MOST) };
      });
    };
    const path = `/api/v1/operations/${encodeURIComponent(id)}/log`;
    const told = (now: StreamState) => !gone.signal.aborted && setState(now);
    api
      .follow(
        path,
        ({ data }) => {
          come.push(JSON.parse(data) as Line);
          if (frame === 0) frame = requestAnimationFrame(take);
        },
        told,
        gone.signal,
      )
      .catch((failed: unknown) => !gone.signal.aborted && setError(failed));
    return () => {
      gone.abort();
      cancelAnimationFrame(frame);
    };
  }, [api, id, begun.current.times]);
  // Each new line is stayed at.
  useEffect(() => {
    if (isFollowed && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowed]);
  return (
    <section aria-labelledby="log">
      <h2 id="log">{t("log.title")}</h2>
      {error !== undefined && <Failure error={error} />}
      <div class="bar">
        <span>
          {state === "open" && (
            <Tag group="log" value="working">
              {t("log.live")}
            </Tag>
          )}
          {state === "ended" && error === undefined && (
            <Tag group="log" value="done">
              {t("log.ended")}
            </Tag>
          )}
        </span>
        <label>
          <input type="checkbox" checked={isFollowed} onChange={({ currentTarget }) => setFollowed(currentTarget.checked)} />{" "}
          {t("log.follow")}
        </label>
        <label>
          <input type="checkbox" checked={isAloud} onChange={({ currentTarget }) => setAloud(currentTarget.checked)} /> {t("log.aloud")}
        </label>
      </div>
      <p role="status" class="wrong">
        {state === "lost" ? t("log.lost") : ""}
      </p>
      {lines.left > 0 && <p class="small">{t("log.older", { n: number(lines.left) })}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard. */}
      <div ref={box} class="log" role="log" aria-live={isAloud ? "polite" : "off"} aria-labelledby="log" tabIndex={0} lang="en">
        {lines.shown.length === 0 ? <span lang="">{t("log.empty")}</span> : lines.shown.map((line) => <Said key={line.number} of={line} />)}
      </div>
    </section>
  );
}

function Said({ of: { at, text } }: { readonly of: Line }) {
  return (
    <div>
      <time dateTime={at}>{at.slice(11, 19)}</time> {plainText(text)}
    </div>
  );
}
