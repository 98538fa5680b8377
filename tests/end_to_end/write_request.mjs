// Requests of Prometheus' remote write, made by hand: what a sender sends whose every sample the test knows.

/** A number as protobuf's varint. */
function varint(number) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(number));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A field of bytes. */
const field = (number, bytes) => Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

const text = (number, value) => field(number, Buffer.from(value));

function sample([timeMs, value]) {
  const number = Buffer.alloc(8);
  number.writeDoubleLE(value);
  return field(2, Buffer.concat([Buffer.from([1 * 8 + 1]), number, varint(2 * 8), varint(timeMs)]));
}

function timeSeries({ labels, samples }) {
  const fields = Object.entries(labels).map(([name, value]) => field(1, Buffer.concat([text(1, name), text(2, value)])));
  return Buffer.concat([...fields, ...samples.map(sample)]);
}

/** One block of Snappy that says everything literally. */
function snappy(bytes) {
  const parts = [varint(bytes.length)];
  for (let i = 0; i < bytes.length; i += 65_536) {
    const part = bytes.subarray(i, i + 65_536);
    const head = Buffer.from([61 << 2, 0, 0]); // a literal, its size minus one in two bytes
    head.writeUInt16LE(part.length - 1, 1);
    parts.push(head, part);
  }
  return Buffer.concat(parts);
}

/** Sends series, `{ labels, samples: [[timeMs, value], …] }` with labels in order, and returns status and text of the answer. */
export async function write(url, series, signal) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy", "x-prometheus-remote-write-version": "0.1.0" },
    body: snappy(Buffer.concat(series.map((one) => field(1, timeSeries(one))))),
    signal,
  });
  return { status: response.status, text: await response.text() };
}
