// The same work as work.py, by the client for Node, whose reading is another implementation than its writing.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import readline from "node:readline";
import {
  ANY, BACKWARDS, END, KurrentDBClient, NO_STREAM, START, STREAM_EXISTS, StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError, jsonEvent,
  streamNameFilter,
} from "@kurrent/kurrentdb-client";

let done = 0;

function check(what, holds) {
  if (!holds) {
    console.log(`FAILED: ${what}`);
    process.exit(1);
  }
  done += 1;
}

async function refused(what, kind, work) {
  try {
    await work();
  } catch (error) {
    check(`${what}: ${error}`, error instanceof kind);
    return;
  }
  check(what, false);
}

const make = (type, data) => jsonEvent({ id: randomUUID(), type, data, metadata: { by: "node" } });
const all = async (events) => {
  const found = [];
  for await (const { event } of events) found.push(event);
  return found;
};

async function run(url, double) {
  const client = KurrentDBClient.connectionString(url);
  const tag = randomUUID().slice(0, 8);
  const [one, two] = [`one${tag}-1`, `two${tag}-1`];

  // Appending, by many on one call and, where they are large, in parts.
  const first = [make("Opened", { n: 1 }), make("Renamed", { n: 2 })];
  const before = await client.appendToStream(one, first, { streamState: NO_STREAM });
  check("the revision is said", before.success && before.nextExpectedRevision === 1n);
  const again = await client.appendToStream(one, first, { streamState: NO_STREAM });
  check("the same append is answered the same", again.nextExpectedRevision === 1n && again.position.commit === before.position.commit);
  await refused("a stream that is there", WrongExpectedVersionError, () => client.appendToStream(one, make("Opened", {}), { streamState: NO_STREAM }));
  await refused("a revision that is past", WrongExpectedVersionError, () => client.appendToStream(one, make("Renamed", {}), { streamState: 0n }));
  await refused("a stream that is not there", WrongExpectedVersionError, () => client.appendToStream(two, make("Opened", {}), { streamState: STREAM_EXISTS }));
  await client.appendToStream(one, make("Renamed", { n: 3 }), { streamState: 1n });
  const many = Array.from({ length: 40 }, (_, m) => make("Counted", { m, text: "x".repeat(500) }));
  await client.appendToStream(two, many, { streamState: ANY, batchAppendSize: 2000 });
  // With credentials of its own an append is a call of its own.
  await client.appendToStream(two, make("Closed", { m: 40 }), { streamState: STREAM_EXISTS, credentials: { username: "admin", password: "changeit" } });
  const racing = await Promise.all(Array.from({ length: 20 }, (_, m) => client.appendToStream(`many${tag}-1`, make("Counted", { m }), { streamState: ANY })));
  check("twenty at once stand one after the other", new Set(racing.map((r) => r.nextExpectedRevision)).size === 20);

  // Reading.
  const read = await all(client.readStream(one));
  check("what was written", JSON.stringify(read.map((e) => [e.type, Number(e.revision), e.data])) === JSON.stringify([["Opened", 0, { n: 1 }], ["Renamed", 1, { n: 2 }], ["Renamed", 2, { n: 3 }]]));
  check("ids and metadata", read[0].id === first[0].id && read[0].metadata.by === "node" && read[0].isJson);
  check("a time", Math.abs(new Date(read[0].created).getTime() - Date.now()) < 120_000);
  check("from a revision", (await all(client.readStream(one, { fromRevision: 1n }))).length === 2);
  const back = await all(client.readStream(one, { direction: BACKWARDS, fromRevision: END, maxCount: 2 }));
  check("backwards", back.map((e) => e.revision).join() === "2,1");
  await refused("a stream that never was", StreamNotFoundError, () => all(client.readStream(`none-${tag}`)));
  const filter = streamNameFilter({ prefixes: [`one${tag}`, `two${tag}`] });
  const found = await all(client.readAll({ fromPosition: START, filter }));
  check("all, in order", found.length === 44 && found.slice(0, 3).every((e) => e.streamId === one) && found.slice(3).every((e, n) => e.streamId === two && e.revision === BigInt(n)));
  check("positions grow", found.every((e, n) => n === 0 || e.position.commit > found[n - 1].position.commit));
  const rest = await all(client.readAll({ fromPosition: found[2].position, filter, maxCount: 5 }));
  check("from a position", rest.map((e) => e.id).join() === found.slice(2, 7).map((e) => e.id).join());
  const last = await all(client.readAll({ direction: BACKWARDS, fromPosition: END, filter, maxCount: 1 }));
  check("all, backwards", last[0].id === found[43].id);

  // Following.
  const one_on = client.subscribeToStream(one, { fromRevision: 0n });
  setTimeout(() => client.appendToStream(one, make("Renamed", { n: 4 }), { streamState: 2n }), 300);
  const came = [];
  for await (const { event } of one_on) {
    came.push(Number(event.revision));
    if (came.length === 3) break;
  }
  check("what comes after a revision, now and later", came.join() === "1,2,3");
  let marks = 0;
  const marked = streamNameFilter({ prefixes: [`one${tag}`, `two${tag}`], checkpointInterval: 1, maxSearchWindow: 10, checkpointReached: () => { marks += 1; } });
  const every = client.subscribeToAll({ fromPosition: found[0].position, filter: marked });
  const seen = [];
  for await (const { event } of every) {
    seen.push(event.id);
    if (seen.length === 44) break;
  }
  check("all that comes after a position", seen.slice(0, 43).join() === found.slice(1).map((e) => e.id).join());
  check("with marks of how far that came", marks > 0);

  // Deleting.
  const at = await client.deleteStream(two, { expectedRevision: 40n });
  check("where it was noted", at.position.commit > found[43].position.commit);
  await refused("a deleted stream", StreamNotFoundError, () => all(client.readStream(two)));
  await client.appendToStream(two, make("Opened", { m: 41 }), { streamState: NO_STREAM });
  check("it goes on", (await all(client.readStream(two))).map((e) => e.revision).join() === "41");
  await refused("another revision than is there", WrongExpectedVersionError, () => client.deleteStream(two, { expectedRevision: 40n }));
  await client.tombstoneStream(two);
  await refused("a tombstoned stream", StreamDeletedError, () => all(client.readStream(two)));
  await refused("writing to it", StreamDeletedError, () => client.appendToStream(two, make("Opened", {}), { streamState: ANY }));

  // An answer that is lost: done again, it is done once.
  if (double) {
    await double.tell("lose 1");
    const lost = make("Renamed", { n: 5 });
    let told = false;
    for (let attempt = 0; attempt < 5 && !told; attempt += 1) {
      told = await client.appendToStream(one, lost, { streamState: 3n }).then(() => true, () => new Promise((resolve) => setTimeout(resolve, 200, false)));
    }
    check("it is connected again", told);
    check("it was done once", (await all(client.readStream(one))).length === 5);
    await double.tell("cut");
    check("after a cut", (await all(KurrentDBClient.connectionString(url).readStream(one))).length === 5);
  }
  await client.dispose();
}

const given = process.argv[2];
if (/^(kurrentdb|esdb)(\+discover)?:/.test(given)) {
  await run(given);
} else {
  const child = spawn(given, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value;
  const tell = async (word) => {
    child.stdin.write(`${word}\n`);
    await line();
  };
  const url = await line();
  await run(url, { tell });
  child.stdin.end();
}
console.log(`node pass ${done}`);
process.exit(0);
