// The dossier of consultation.rs in XState: nanoseconds of CPU time a step, or bytes a dossier, as JSON.

import { createRequire } from "node:module";
import { createActor, createMachine } from "xstate";

const { version } = createRequire(process.cwd() + "/")("xstate/package.json");
const name = `XState ${version}, node ${process.versions.node}`;

const step = (id, next) => ({ [id]: { on: { [`${id}.complete`]: next } } });
const branch = (id) => ({
  initial: "open",
  states: { open: { on: { [`${id}.complete`]: "done" } }, done: { type: "final" } },
});
const machine = createMachine({
  id: "dossier",
  initial: "receive",
  states: {
    ...step("receive", "check"),
    ...step("check", "assign"),
    ...step("assign", "process"),
    ...step("process", "consult"),
    consult: {
      type: "parallel",
      states: { a: branch("consult-a"), b: branch("consult-b") },
      onDone: "approve",
    },
    ...step("approve", "sign"),
    ...step("sign", "return"),
    ...step("return", "end"),
    end: { type: "final" },
  },
});
const events = ["receive", "check", "assign", "process", "consult-a", "consult-b", "approve", "sign", "return"].map(
  (id) => ({ type: `${id}.complete` }),
);

function begun(events) {
  const actor = createActor(machine).start();
  for (const event of events) actor.send(event);
  return actor;
}

function cpu(operations, run) {
  run();
  const runs = Array.from({ length: 5 }, () => {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    return ((user + system) * 1000) / operations;
  });
  return runs.sort((a, b) => a - b)[2];
}

const parked = () => begun(events.slice(0, 5));
const save = (actor) => JSON.stringify(actor.getPersistedSnapshot());
const load = (text) => createActor(machine, { snapshot: JSON.parse(text) }).start();

function speed() {
  const dossiers = 5_000;
  const steps = cpu(dossiers * events.length, () => {
    for (let i = 0; i < dossiers; i++) {
      if (begun(events).getSnapshot().status !== "done") throw new Error("a dossier was not finished");
    }
  });
  const actor = parked();
  const saved = cpu(dossiers, () => {
    for (let i = 0; i < dossiers; i++) load(save(actor));
  });
  return { xstate_step: { name, ns: steps }, xstate_save: { name, ns: saved } };
}

function memory() {
  const dossiers = 10_000;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: dossiers }, parked);
  globalThis.gc();
  const bytes = (process.memoryUsage().heapUsed - before) / kept.length;
  return { xstate_live: { name, bytes }, xstate_saved: { name, bytes: Buffer.byteLength(save(kept[0])) } };
}

console.log(JSON.stringify(process.argv.at(-1) === "memory" ? memory() : speed()));
