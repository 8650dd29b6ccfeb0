import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What each version has changed; applied once, in this order, and never edited after a release. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-clusters": {
    up: (database) =>
      each(
        database,
        `create table clusters (
          id uuid primary key, name text not null, type text not null, provider text not null, description text not null,
          status char(1) not null check (status in ('C', 'A', 'D')), ssh_key text not null, account integer, environment text unique,
          api_url text, created timestamptz not null default now(), modified timestamptz not null default now())`,
        `create table cluster_logs (
          cluster uuid not null references clusters (id) on delete cascade, number integer not null, message varchar(300) not null,
          at timestamptz not null default now(), primary key (cluster, number))`,
        `create table accounts (
          id integer generated always as identity primary key, name text not null, provider text not null, project text, region text,
          site text, created timestamptz not null default now(), modified timestamptz not null default now())`,
        `create table templates (
          id integer generated always as identity primary key, name text not null, provider text not null, text text not null,
          region text, created timestamptz not null default now(), modified timestamptz not null default now())`,
        `create table ssh_keys (
          id integer generated always as identity primary key, name text not null unique, provider text not null,
          created timestamptz not null default now(), modified timestamptz not null default now())`,
        `create table secrets (path text primary key, sealed text not null, modified timestamptz not null default now())`,
      ),
  },
  "0002-audit": {
    up: (database) =>
      each(
        database,
        `create table audit (
          number integer primary key, at text not null, actor text not null, action text not null, target text not null,
          detail text not null, previous text not null, hash text not null unique)`,
        // Nothing of it is changed or taken away, by a mistake of ours either; who may alter tables is found out by the chain.
        `create function audit_is_appended() returns trigger language plpgsql as
          $$ begin raise exception 'the audit trail is only appended to'; end $$`,
        `create trigger audit_is_appended before update or delete or truncate on audit
          for each statement execute function audit_is_appended()`,
      ),
  },
  "0003-operations": {
    up: (database) =>
      each(
        database,
        `create table operations (
          id uuid primary key, environment text not null, cluster uuid references clusters (id) on delete set null,
          kind text not null check (kind in ('up', 'destroy')), state text not null check (state in ('waiting', 'running', 'done', 'failed')),
          step text, attempt integer not null default 0, asked_by text not null, reason text,
          created timestamptz not null default now(), started timestamptz, ended timestamptz)`,
        // Of an environment one is under way at a time, whoever asks and however often.
        `create unique index one_operation on operations (environment) where state in ('waiting', 'running')`,
      ),
  },
  "0004-approvals": {
    up: (database) =>
      each(
        database,
        `alter table operations
          drop constraint operations_kind_check, drop constraint operations_state_check,
          add check (kind in ('preview', 'up', 'destroy', 'drift', 'refresh', 'health')),
          add check (state in ('waiting', 'running', 'planned', 'done', 'failed', 'cancelled', 'rejected')),
          add labels text not null default '{}', add title text, add file text, add approvals text not null default '[]',
          add needs_approval boolean not null default false, add approved_by text, add approved timestamptz, add rejected_by text,
          add cancelled_by text, add remove_file boolean not null default false, add result text`,
        `drop index one_operation`,
        `create unique index one_operation on operations (environment) where state in ('waiting', 'running', 'planned')`,
        `create index operations_of on operations (environment, created)`,
        `create index operations_by_time on operations (created, id)`,
        `create table plans (operation uuid primary key references operations (id) on delete cascade, digest text not null,
          fingerprint text not null, plan text not null, made timestamptz not null default now())`,
        // A line's number is that of its attempt and its place there, so that one that is written down twice is there once.
        `create table operation_lines (operation uuid not null references operations (id) on delete cascade, number bigint not null,
          step text not null, text text not null, at timestamptz not null default now(), primary key (operation, number))`,
        // What an environment's operations log in by.
        `create table environments (name text primary key, account integer references accounts (id), ssh_key text)`,
        `create table requests (caller text not null, key text not null, digest text not null, answer text not null,
          created timestamptz not null default now(), primary key (caller, key))`,
        `create index requests_by_time on requests (created)`,
      ),
  },
  "0005-events": {
    up: (database) =>
      each(
        database,
        `create table events (id bigint generated always as identity primary key, operation uuid not null, environment text not null,
          kind text not null, state text not null, labels text not null, detail text not null, at timestamptz not null default now())`,
        `create table webhooks (id uuid primary key, url text not null, events text not null, created_by text not null,
          created timestamptz not null default now())`,
        `create table deliveries (id uuid primary key, webhook uuid not null references webhooks (id) on delete cascade,
          event bigint not null references events (id), state text not null check (state in ('waiting', 'done', 'failed')),
          tries integer not null default 0, due timestamptz not null default now(), status integer, reason text, delivered timestamptz)`,
        `create index due_deliveries on deliveries (due) where state = 'waiting'`,
      ),
  },
  "0006-leader": {
    up: (database) =>
      each(
        database,
        // Which of several services carries operations out: one row, taken over with a higher term.
        `create table leader (
          id integer primary key check (id = 1), term integer not null, holder text not null, place text not null, expires timestamptz not null)`,
        // Each attempt at a step, where its process was begun, when that place last told that it lives, and how it has ended.
        `create table steps (
          operation uuid not null references operations (id) on delete cascade, attempt integer not null, step text not null,
          place text not null, seen timestamptz not null default clock_timestamp(), ended text, primary key (operation, attempt))`,
        `create index open_steps on steps (place) where ended is null`,
      ),
  },
  "0007-lists": {
    up: (database) =>
      each(
        database,
        // Pages of lists, in the orders that they are asked for in.
        ...["clusters", "accounts", "templates", "ssh_keys"].flatMap((table) => [
          `create index ${table}_by_time on ${table} (created, id)`,
          `create index ${table}_by_name on ${table} (name collate "C", id)`,
        ]),
        // How an environment stands, by its newest operations of each kind: however many it has had.
        `create index operations_changing on operations (environment, created) where kind in ('up', 'destroy')`,
        `create index operations_done on operations (environment, kind, created) where state = 'done'`,
        `create index operations_of_cluster on operations (cluster) where cluster is not null`,
        `create index deliveries_of on deliveries (webhook, event)`,
        `alter table operations add trace text`,
      ),
  },
};

async function each(database: Kysely<unknown>, ...statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}
