// Sends one message to SslAgent: a picture (perhaps with a caption), a line of text, or both as the two halves of a pair.
//
//   node produce.mjs --brokers localhost:9092 --topic world --source cam-1 --picture door.jpg --caption "a man at the door"
//   node produce.mjs --brokers localhost:9092 --topic world --source app   --text "disk /dev/sda1 is 91 % full"
//
// Needs two packages: npm install (package.json beside this file). The contract is docs/formats/wire.md.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { encode } from "@msgpack/msgpack";
import { Kafka, logLevel } from "kafkajs";

const { values: args } = parseArgs({
  options: {
    brokers: { type: "string", default: "localhost:9092" },
    topic: { type: "string" },
    source: { type: "string" },
    picture: { type: "string" }, // JPEG, PNG, WebP or GIF
    caption: { type: "string" }, // words that belong to the picture, in the same message
    text: { type: "string" }, // a text of its own
    pair: { type: "string" }, // joins picture and text that are sent apart
  },
});
if (!args.topic || !args.source || !(args.picture || args.text)) {
  console.error("produce.mjs: --topic, --source and --picture or --text are needed");
  process.exit(2);
}

const common = { v: 1, source: args.source, ts: Date.now(), pair: args.pair };
const contents = [];
if (args.picture) contents.push({ ...common, kind: "frame", data: readFileSync(args.picture), caption: args.caption });
if (args.text) contents.push({ ...common, kind: "text", text: args.text });

const messages = contents.map((content) => ({
  key: args.source,
  // A retry with the same id is recognised and dropped.
  value: Buffer.from(encode({ ...content, id: randomUUID() }, { ignoreUndefined: true })),
  headers: { "content-type": "application/msgpack" },
}));

const producer = new Kafka({ clientId: "produce.mjs", brokers: args.brokers.split(","), logLevel: logLevel.ERROR }).producer();
await producer.connect();
await producer.send({ topic: args.topic, messages });
await producer.disconnect();
