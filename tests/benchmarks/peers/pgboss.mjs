// pg-boss, called the way it is fastest: whole batches, in several lanes.
import PgBoss from "pg-boss";
import {
  expectCounts, fail, inBatches, payloadOf, program, rateOf, sleep, timed,
} from "./shared.mjs";

const queue = "benchmark";

async function countOf(state, client) {
  const { rows } = await client.query(
    "select count(*)::int from pgboss.job where name = $1 and state = $2",
    [queue, state]);
  return rows[0].count;
}

/// Inserts all records: a statement, and a transaction, per batch.
function inserting(boss, batch, { payload, records }) {
  const jobs = Array(batch).fill({ name: queue, data: payloadOf(payload) });
  return inBatches(records, batch, (count) =>
    boss.insert(jobs.slice(0, count)));
}

/// Fetches and completes until all records are done. Others like it run at the
/// same time, hence an empty answer does not mean that nothing is left. It may
/// also mean an error, which fetch() hides: the time limit is for that.
async function lane(boss, options, counts) {
  const how = { batchSize: options.batch, priority: options.priority !== 0 };
  while (counts.handled < options.records) {
    const jobs = await boss.fetch(queue, how);
    if (jobs.length === 0) {
      await sleep(1);
      continue;
    }
    // The handler: it does no more than to look at the payload.
    const ids = [];
    for (const { id, data } of jobs) if (data.p) ids.push(id);
    counts.handled += ids.length;
    const { affected } = await boss.complete(queue, ids);
    counts.completed += affected;
  }
}

const works = {
  // work() would wait in between: it fetches no more than twice a second.
  async backlog(boss, options, client) {
    await inserting(boss, 10000, options);
    await client.query("vacuum analyze pgboss.job");
    const counts = { handled: 0, completed: 0 };
    const seconds = await timed(options.seconds, () =>
      Promise.all(Array.from({ length: options.lanes },
        () => lane(boss, options, counts))));
    // Completed rows stay in the table until maintenance, hours later.
    counts.inTable = await countOf("completed", client);
    expectCounts(options.records, counts);
    return rateOf(options.records, seconds);
  },

  async write(boss, options, client) {
    const seconds = await timed(options.seconds,
      () => inserting(boss, options.batch, options));
    const written = await countOf("created", client);
    expectCounts(options.records, { written });
    return rateOf(options.records, seconds);
  },
};

const all = { records: 20000, payload: 200, seconds: 600 };
const defaults = {
  // fetch() sorts the whole backlog each time, hence batches that large. All
  // have the same priority: not to sort by it only saves time.
  backlog: { ...all, batch: 20000, lanes: 2, priority: 0 },
  write: { ...all, batch: 1000 },
};

await program("pg-boss", defaults, async (work, options, client) => {
  await client.query("drop schema if exists pgboss cascade");
  const boss = new PgBoss({
    max: options.lanes ?? 1,
    // No maintenance, no cron: they would only take time from the jobs.
    supervise: false,
    schedule: false,
  });
  boss.on("error", fail);
  await boss.start();
  await boss.createQueue(queue);
  const result = await works[work](boss, options, client);
  await boss.stop({ graceful: false });
  return result;
});
