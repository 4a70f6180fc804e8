// Graphile Worker with its batching switched on, as its documentation advises.
import pg from "pg";
import {
  countingTo, deferred, expectCounts, fail, inBatches, latenciesOf, payloadOf,
  program, rateOf, sleep, timed,
} from "./shared.mjs";

// Read while the package loads: its own performance test sets it as well.
process.env.NO_LOG_SUCCESS = "1";
const { Logger, makeWorkerUtils, run } = await import("graphile-worker");

const logger = new Logger(() => (level, message) => {
  if (level === "error") fail(message);
  if (level === "warning") console.error(message);
});
const table = "graphile_worker._private_jobs";

/// A pool that tells how many jobs are completed. A handler that has returned
/// says nothing about that, as completions are batched. The answer to the
/// DELETE, a transaction of its own, does, and costs no query of ours.
function poolOf(max, completed = () => {}) {
  class Client extends pg.Client {
    query(query, ...rest) {
      const result = super.query(query, ...rest);
      if (query?.name?.startsWith("complete_job")) {
        result.then(({ rowCount }) => completed(rowCount), fail);
      }
      return result;
    }
  }
  const pool = new pg.Pool({ Client, max });
  // Without these two the package installs its own, and warns.
  pool.on("error", fail);
  pool.on("connect", (client) => client.on("error", fail));
  return pool;
}

/// A runner fetches only when its local queue is empty. With two of them one
/// fetches while the other one works.
async function startRunners(options, { handled, completed }) {
  // As documented, but below the 100 that a server accepts by default.
  const max = Math.min(Math.max(10, options.concurrency + 2),
    Math.floor(90 / options.runners));
  const worker = {
    logger,
    maxPoolSize: max,
    concurrentJobs: options.concurrency,
    localQueue: { size: options["queue-size"] },
    completeJobBatchDelay: options["complete-delay"],
    failJobBatchDelay: options["complete-delay"],
  };
  const pools = Array.from({ length: options.runners },
    () => poolOf(max, completed));
  const runners = await Promise.all(pools.map((pgPool) =>
    run({ pgPool, preset: { worker } }, { noop: handled }, [])));
  const stop = async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await Promise.all(pools.map((pool) => pool.end()));
  };
  return { addJob: runners[0].addJob, stop };
}

function writing(utils, { payload, records }, batch) {
  const job = { identifier: "noop", payload: payloadOf(payload) };
  const jobs = Array(batch).fill(job);
  return inBatches(records, batch, (count) =>
    utils.addJobs(jobs.slice(0, count)));
}

const works = {
  async backlog(options, client, utils) {
    await writing(utils, options, 10000);
    await client.query(`vacuum analyze ${table}`);
    const count = countingTo(options.records);
    let runners;
    const seconds = await timed(options.seconds, async () => {
      runners = await startRunners(options, count);
      await count.done;
    });
    await runners.stop();
    count.check();
    return rateOf(options.records, seconds);
  },

  async write(options, client, utils) {
    const seconds = await timed(options.seconds,
      () => writing(utils, options, options.batch));
    const { rowCount } = await client.query(`delete from ${table}`);
    expectCounts(options.records, { written: rowCount });
    return rateOf(options.records, seconds);
  },

  // A writer in a thread of its own was no faster, and took more of the CPUs.
  async steady(options, client, utils) {
    const count = countingTo(options.records);
    const runners = await startRunners(options, count);
    const seconds = await timed(options.seconds, () =>
      Promise.all([writing(utils, options, options.batch), count.done]));
    await runners.stop();
    count.check();
    return rateOf(options.records, seconds);
  },

  async latency(options) {
    let began, gone;
    const runners = await startRunners(options, {
      handled: () => began.resolve(performance.now()),
      completed: () => gone.resolve(),
    });
    const payload = payloadOf(options.payload);
    const samples = [];
    await timed(options.seconds, async () => {
      // The first ones pay for connections and plans, and do not count.
      for (let i = -50; i < options.samples; ++i) {
        [began, gone] = [deferred(), deferred()];
        const start = performance.now();
        const added = runners.addJob("noop", payload);
        if (i >= 0) samples.push(await began.promise - start);
        await Promise.all([added, gone.promise]);
        await sleep(5 + 10 * Math.random());
      }
    });
    await runners.stop();
    return { samples: samples.length, ...latenciesOf(samples) };
  },
};

const many = { records: 20000, payload: 200, seconds: 600 };
const fast = { concurrency: 24, "queue-size": 2000 };
const defaults = {
  backlog: { ...many, ...fast, runners: 2, "complete-delay": 0 },
  write: { ...many, batch: 1000 },
  steady: { ...many, ...fast, runners: 1, "complete-delay": 10, batch: 1000 },
  latency: {
    samples: 500, payload: 200, seconds: 600, concurrency: 1, runners: 1,
    "queue-size": 500, "complete-delay": 0,
  },
};

await program("graphile-worker", defaults, async (work, options, client) => {
  await client.query("drop schema if exists graphile_worker cascade");
  const preset = { worker: { logger } };
  const utils = await makeWorkerUtils({ pgPool: poolOf(1), preset });
  await utils.migrate();
  const result = await works[work](options, client, utils);
  const { rows } = await client.query(`select count(*)::int from ${table}`);
  expectCounts(0, { left: rows[0].count });
  return result;
});
