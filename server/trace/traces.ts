import { AsyncLocalStorage } from "node:async_hooks";
import type { Span as ApiSpan, Attributes } from "@opentelemetry/api";

/** A piece of work that is under way. */
export interface Span {
  /** What is done as a part of it. */
  run<T>(work: () => T): T;
  /** Ends it. @param failed what kind of failure it ended with */
  end(attributes?: Attributes, failed?: string): void;
}

/** What a piece of work is, before it begins. */
export interface SpanOptions {
  /** @default "internal" */
  readonly kind?: "internal" | "server" | "client";
  /** W3C's `traceparent` of what it is a part of. @default what is under way */
  readonly parent?: string | undefined;
  /** No names of environments and people, no values and no texts: whoever reads traces may see none of these. */
  readonly attributes?: Attributes;
  /** When it began, in milliseconds since 1970. @default now */
  readonly from?: number;
}

/** Traces of what the service does, by OpenTelemetry. */
export interface Traces {
  begin(name: string, options?: SpanOptions): Span;
  /** The `traceparent` of what is under way; undefined where nothing is. */
  current(): string | undefined;
  /** Sends what was not sent yet, where the receiver takes it. */
  stop(): Promise<void>;
}

const NO_SPAN: Span = { run: (work) => work(), end: () => undefined };

/** None are made. */
export const NO_TRACES: Traces = { begin: () => NO_SPAN, current: () => undefined, stop: async () => undefined };

/** Does a piece of work as a span of its own. */
export async function spanned<T>(traces: Traces, name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = traces.begin(name, options);
  try {
    const done = await span.run(work);
    span.end();
    return done;
  } catch (error) {
    span.end({}, error instanceof Error ? error.name : typeof error);
    throw error;
  }
}

const NAME = "kpaas-server";
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A `traceparent` as it was sent; undefined where it is none. */
export function traceparentIn(text: unknown): string | undefined {
  return typeof text === "string" && TRACEPARENT.test(text) ? text : undefined;
}

/**
 * Traces that are sent by OTLP, over HTTP and as JSON, where the standard variables say whereto; else none, and nothing of OpenTelemetry is loaded.
 * @param env `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, and what else OpenTelemetry reads of the process' variables
 */
export async function tracesOf(env: Readonly<Record<string, string | undefined>>): Promise<Traces> {
  const there = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!there || env.OTEL_SDK_DISABLED?.toLowerCase() === "true" || env.OTEL_TRACES_EXPORTER === "none") return NO_TRACES;
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import("@opentelemetry/api");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": env.OTEL_SERVICE_NAME || NAME }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer(NAME);
  const under = new AsyncLocalStorage<ApiSpan>();
  const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT };
  const parentOf = (given: string | undefined) => {
    const [, traceId, spanId, flags = "0"] = TRACEPARENT.exec(given ?? "") ?? [];
    if (traceId !== undefined && spanId !== undefined)
      return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
    const now = under.getStore();
    return now === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, now);
  };
  return {
    begin: (name, { kind = "internal", parent, attributes = {}, from } = {}) => {
      const begun = { kind: kinds[kind], attributes, ...(from === undefined ? {} : { startTime: from }) };
      const span = tracer.startSpan(name, begun, parentOf(parent));
      return {
        run: (work) => under.run(span, work),
        end: (more = {}, failed) => {
          span.setAttributes(more);
          if (failed !== undefined) span.setAttribute("error.type", failed).setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    current: () => {
      const context = under.getStore()?.spanContext();
      if (context === undefined) return undefined;
      return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, "0")}`;
    },
    // Its receiver may be away: what it was not sent is lost, and the service ends in order.
    stop: () => provider.shutdown().catch(() => undefined),
  };
}
