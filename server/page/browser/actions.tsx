import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { newKey } from "./api";
import { focusWrong, useAsked, valuesOf } from "./asked";
import { useShared, useWords } from "./context";
import { Dialog, Failure, Field } from "./parts";
import { may } from "./roles";
import { hashOf } from "./router";
import type { Asked, Operation, WholeEnvironment } from "./shapes";

/** What is wrong with a form, by field. */
type Wrong = Readonly<Record<string, string | undefined>>;

/** What can be done with a cluster by who is logged in: what changes something asks first, in words. */
export function Actions({ of }: { readonly of: WholeEnvironment }) {
  const { me, api, announce } = useShared();
  const { t, word } = useWords();
  const [open, setOpen] = useState<"up" | "scale" | "upgrade" | "destroy" | undefined>();
  const { busy, error, ask } = useAsked();
  const isOperator = may(me.roles, "operator", of.labels);
  const path = { name: of.name };
  const isOpen = of.operation !== undefined;
  // Sent twice, it is begun once.
  const once = () => ({ path, header: { "idempotency-key": newKey() } });
  const begin = async (call: Promise<{ readonly data?: Operation }>) => {
    const { id } = await api.ask(call);
    announce(t("act.begun"));
    location.hash = hashOf({ view: "operation", id });
  };
  const operate = (kind: Asked["kind"]) =>
    begin(api.calls.POST("/api/v1/environments/{name}/operations", { params: once(), body: { kind } }));
  const look = (kind: "preview" | "drift" | "health") => (
    <button type="button" disabled={busy} onClick={() => ask(() => operate(kind))}>
      {t(`act.${kind}`)}
    </button>
  );
  const pools = of.topology?.pools.filter(({ machines }) => machines > 0) ?? [];
  const close = () => setOpen(undefined);
  const getKubeconfig = () =>
    ask(async () => {
      const { kubeconfig } = await api.ask(api.calls.POST("/api/v1/environments/{name}/kubeconfig", { params: { path }, body: {} }));
      download(`${of.name}.kubeconfig`, kubeconfig);
      announce(t("act.kubeconfig.done"));
    });
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">{t("cluster.actions")}</h2>
      {!isOperator && <p class="soft">{`${t("role.lookonly")} ${t("role.needs", { role: word("role", "operator") })}`}</p>}
      {isOperator && isOpen && <p class="soft">{t("act.busy")}</p>}
      {isOperator && (
        <div class="buttons">
          {!isOpen && (
            <>
              <button type="button" class="primary" onClick={() => setOpen("up")}>
                {t("act.up")}
              </button>
              {look("preview")}
              {look("drift")}
              {look("health")}
              {pools.length > 0 && (
                <button type="button" onClick={() => setOpen("scale")}>
                  {t("act.scale")}
                </button>
              )}
              <button type="button" onClick={() => setOpen("upgrade")}>
                {t("act.upgrade")}
              </button>
            </>
          )}
          {of.state !== "new" && of.state !== "gone" && (
            <button type="button" disabled={busy} onClick={getKubeconfig}>
              {t("act.kubeconfig")}
            </button>
          )}
          {!isOpen && (
            <button type="button" class="danger" onClick={() => setOpen("destroy")}>
              {t("act.destroy")}
            </button>
          )}
        </div>
      )}
      {error !== undefined && <Failure error={error} focus />}
      {open === "up" && (
        <Ask title={t("act.up.title", { name: of.name })} text={t("act.up.text")} onClose={close} send={() => operate("up")} />
      )}
      {open === "scale" && (
        <Ask
          title={t("act.scale.title", { name: of.name })}
          text={t("act.scale.text")}
          onClose={close}
          check={({ count = "" }) => (/^\d{1,4}$/.test(count) ? {} : { count: t("act.number", { from: 0, to: 1_000 }) })}
          send={({ pool = "", count }) =>
            begin(api.calls.POST("/api/v1/environments/{name}/scale", { params: once(), body: { pool, count: Number(count) } }))
          }
        >
          {(wrong) => (
            <>
              <Field label={t("act.scale.pool")} name="pool" options={pools.map(({ name }) => name)} />
              <Field label={t("act.scale.count")} name="count" type="number" value={String(pools[0]?.machines ?? 1)} wrong={wrong.count} />
            </>
          )}
        </Ask>
      )}
      {open === "upgrade" && (
        <Ask
          title={t("act.upgrade.title", { name: of.name })}
          text={t("act.upgrade.text")}
          onClose={close}
          check={({ to = "" }) => (to.trim() === "" ? { to: t("act.required") } : {})}
          send={({ to = "" }) => begin(api.calls.POST("/api/v1/environments/{name}/upgrade", { params: once(), body: { to: to.trim() } }))}
        >
          {(wrong) => (
            <Field
              label={t("act.upgrade.to")}
              name="to"
              {...(of.release === undefined ? {} : { hint: t("act.upgrade.now", { release: of.release }) })}
              wrong={wrong.to}
            />
          )}
        </Ask>
      )}
      {open === "destroy" && (
        <Ask
          title={t("act.destroy.title", { name: of.name })}
          text={t("act.destroy.text", { n: of.machines ?? 0 })}
          danger
          onClose={close}
          check={({ name = "" }) => (name.trim() === of.name ? {} : { name: t("act.type.wrong", { name: of.name }) })}
          send={() => operate("destroy")}
        >
          {(wrong) => <Field label={t("act.type", { name: of.name })} name="name" wrong={wrong.name} />}
        </Ask>
      )}
    </section>
  );
}

/** A question with its consequences in words, and what is to be filled in. */
export function Ask(props: {
  readonly title: string;
  readonly text: string;
  /** @default makes a plan */
  readonly button?: string;
  readonly danger?: boolean;
  readonly onClose: () => void;
  readonly check?: (values: Readonly<Record<string, string>>) => Wrong;
  readonly send: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly children?: (wrong: Wrong) => ComponentChildren;
}) {
  const { title, text, button, danger = false, onClose, check, send, children } = props;
  const { t } = useWords();
  const [wrong, setWrong] = useState<Wrong>({});
  const { busy, error, ask } = useAsked();
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    if (form.current === null) return;
    const values = valuesOf(form.current);
    const found = check?.(values) ?? {};
    setWrong(found);
    if (Object.values(found).some((each) => each !== undefined)) return focusWrong(form.current);
    void ask(async () => {
      await send(values);
      onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <form ref={form} noValidate onSubmit={submit}>
        {children?.(wrong)}
        {error !== undefined && <Failure error={error} focus />}
        <div class="buttons">
          <button type="submit" class={danger ? "danger" : "primary"} aria-disabled={busy}>
            {button ?? t("act.begin")}
          </button>
          <button type="button" onClick={onClose}>
            {t("app.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  [link.href, link.download] = [url, name];
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}
