// What the peer programs have in common: arguments, payloads, one line of JSON.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import pg from "pg";

/// Reads `WORK [--flag NUMBER]...`. Each work has its own defaults. Flags that
/// only others have are ignored: a driver may pass the same ones to all.
function parseArguments(defaults) {
  const known = Object.keys(Object.assign({}, ...Object.values(defaults)));
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(known.map((key) => [key, { type: "string" }])),
    // parseArgs takes a negative number for a flag, but not after a '='.
    args: process.argv.slice(2).reduce((args, arg) => {
      const negative = /^-\d/.test(arg) && args.length > 0;
      return negative
        ? [...args.slice(0, -1), `${args.at(-1)}=${arg}`]
        : [...args, arg];
    }, []),
  });
  const [work] = positionals;
  if (positionals.length !== 1 || !Object.hasOwn(defaults, work)) {
    throw new Error(`expected one of: ${Object.keys(defaults).join(", ")}`);
  }
  const options = { ...defaults[work] };
  for (const [flag, text] of Object.entries(values)) {
    // Number("") is 0.
    if (text === "" || !Number.isInteger(Number(text))) {
      throw new Error(`--${flag} takes a whole number, not '${text}'`);
    }
    if (flag in options) options[flag] = Number(text);
  }
  return { work, options };
}

/// Returns an object that is `bytes` long as JSON. The text is random, so that
/// no peer gains by compressing it, and has nothing that JSON has to escape.
export function payloadOf(bytes) {
  const around = JSON.stringify({ p: "" }).length;
  if (bytes < around) throw new Error(`--payload is at least ${around}`);
  return { p: randomBytes(bytes).toString("base64").slice(0, bytes - around) };
}

/// Calls `write(count)` with one batch after the other.
export async function inBatches(records, batch, write) {
  for (let left = records; left > 0; left -= batch) {
    await write(Math.min(left, batch));
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function deferred() {
  let resolve;
  const promise = new Promise((keep) => { resolve = keep; });
  return { promise, resolve };
}

/// Returns how many seconds `work` took. A peer that hangs has to fail.
export async function timed(limit, work) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`not done after ${limit} seconds`);
    timer = setTimeout(() => reject(error), limit * 1000);
  });
  const start = performance.now();
  try {
    await Promise.race([work(), late]);
    return (performance.now() - start) / 1000;
  } finally {
    clearTimeout(timer);
  }
}

export function rateOf(records, seconds) {
  const rate = Math.round(records / seconds);
  return { records, seconds: Number(seconds.toFixed(4)), rate };
}

export function latenciesOf(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (part) => {
    const rank = Math.max(1, Math.ceil(part * sorted.length));
    return Number(sorted[rank - 1].toFixed(3));
  };
  return { p50_ms: at(0.5), p99_ms: at(0.99), min_ms: at(0), max_ms: at(1) };
}

/// Throws unless all the counts are what was expected.
export function expectCounts(expected, counts) {
  if (Object.values(counts).some((count) => count !== expected)) {
    throw new Error(`expected ${expected}, not ${JSON.stringify(counts)}`);
  }
}

/// Counts up to `records`: those that were handled, and those that are gone.
export function countingTo(records) {
  const { promise, resolve } = deferred();
  const counts = { handled: 0, completed: 0 };
  return {
    done: promise,
    handled: () => void ++counts.handled,
    completed(count) {
      counts.completed += count;
      if (counts.completed >= records) resolve();
    },
    check: () => expectCounts(records, counts),
  };
}

/// Ends the program: a figure that comes with an error is worth nothing.
export function fail(error) {
  console.error(error);
  process.exit(1);
}

/// The figures of a server without fsync say nothing, and pg_virtualenv
/// switches it off by itself. Hence each line says what it was run with.
async function serverFacts(client) {
  const { rows } = await client.query(`
    select name, setting from pg_settings where name in
      ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes')`);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/// Runs a peer program: `run(work, options, client)` returns what it measured.
export async function program(peer, defaults, run) {
  // Whatever a peer writes by itself must not get in between.
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    const { work, options } = parseArguments(defaults);
    const client = new pg.Client();
    await client.connect();
    const result = await run(work, options, client);
    const server = await serverFacts(client);
    await client.end();
    const require = createRequire(import.meta.url);
    const { version } = require(`${peer}/package.json`);
    const line = { peer, version, work, ...result, config: options, server };
    print(`${JSON.stringify(line)}\n`, () => process.exit(0));
  } catch (error) {
    fail(error);
  }
}
