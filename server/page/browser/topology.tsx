import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useWords } from "./context";
import type { Topology as Shape } from "./shapes";
import { Table } from "./table";
import { drawTopology } from "./topology-layout";

/** A cluster's machines by zone, drawn; and the same as a table, for whoever does not see it, and to look things up in. */
export function Topology({ of: { machines, services } }: { readonly of: Shape }) {
  const { t, number } = useWords();
  const [width, setWidth] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (place.current === null) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  const drawing = width === 0 ? undefined : drawTopology(machines, width, (n) => t("cluster.more", { n: number(n) }));
  const zones = new Set(machines.map(({ zone }) => zone ?? "")).size;
  return (
    <section aria-labelledby="topology">
      <h2 id="topology">{t("cluster.topology")}</h2>
      <p class="soft">{t("cluster.topology.text", { machines: machines.length, zones })}</p>
      <ul class="legend" aria-hidden="true">
        {(["control", "etcd", "worker", "other"] as const).map((kind) => (
          <li key={kind}>
            <span class={`swatch ${kind}`} /> {t(`cluster.kind.${kind}`)}
          </li>
        ))}
      </ul>
      <div ref={place} class="drawing">
        {drawing !== undefined && (
          <svg
            role="img"
            aria-labelledby={`${id}-title`}
            aria-describedby={`${id}-text`}
            width={drawing.width}
            height={drawing.height}
            viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          >
            <title id={`${id}-title`}>{t("cluster.topology")}</title>
            <desc id={`${id}-text`}>{t("cluster.topology.text", { machines: machines.length, zones })}</desc>
            {drawing.zones.map((zone) => (
              <g key={zone.name}>
                <rect class="zone" x={zone.x + 0.5} y={zone.y + 0.5} width={zone.width - 1} height={zone.height - 1} rx={10} />
                <text class="zone-name" x={zone.x + 12} y={zone.y + 22}>
                  {zone.name === "" ? t("cluster.nozone") : t("cluster.zone", { name: zone.name })}
                </text>
                {zone.items.map((item) => (
                  <g key={`${item.kind} ${item.name}`}>
                    <rect class={`machine ${item.kind}`} x={item.x} y={item.y} width={item.width} height={item.height} rx={6} />
                    <rect class={`edge ${item.kind}`} x={item.x} y={item.y} width={5} height={item.height} rx={2} />
                    <text class="machine-name" x={item.x + 14} y={item.y + 21}>
                      {shortened(item.name, item.width - 20, 8)}
                    </text>
                    <text class="machine-about" x={item.x + 14} y={item.y + 39}>
                      {shortened(item.about, item.width - 20, 6.6)}
                    </text>
                  </g>
                ))}
              </g>
            ))}
          </svg>
        )}
      </div>
      <h3>{t("cluster.machines")}</h3>
      <Table
        caption={t("cluster.machines")}
        columns={(["key", "roles", "pool", "zone", "address", "size"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
        rows={machines.map(({ key, roles, pool, zone, address, size }) => ({
          key,
          cells: [
            key,
            roles.join(", "),
            pool === "" ? t("app.none") : pool,
            zone ?? t("app.none"),
            <code key="address">{address}</code>,
            size,
          ],
        }))}
      />
      {services.length > 0 && (
        <>
          <h3>{t("cluster.services")}</h3>
          <Table
            caption={t("cluster.services")}
            columns={(["service", "version", "host"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
            rows={services.map(({ name, version, host }) => ({
              key: name,
              cells: [
                name,
                version,
                host === undefined ? (
                  t("app.none")
                ) : (
                  <a href={`https://${host}`} rel="noreferrer">
                    {host}
                  </a>
                ),
              ],
            }))}
          />
        </>
      )}
    </section>
  );
}

/** What there is room for, by the width of a letter; the table has all of it. */
function shortened(text: string, width: number, letter: number): string {
  const most = Math.max(4, Math.floor(width / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
