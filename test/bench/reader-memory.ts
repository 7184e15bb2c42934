import { ResponseReader } from "../../src/read/wire/read.ts";

/** A process of its own: reads a chunked response of so many bytes as it comes, and prints the peak of its memory in KB. */
const bytes = Number(process.argv[2]);
const reader = new ResponseReader("GET");
reader.push(Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
const size = 65_536;
const chunk = Buffer.from(`${size.toString(16)}\r\n${"x".repeat(size)}\r\n`);
let peak = 0;
for (let sent = 0; sent < bytes; sent += size) {
	// The same memory each time: what grows is the reader's own.
	reader.push(chunk);
	peak = Math.max(peak, process.memoryUsage.rss());
}
reader.push(Buffer.from("0\r\n\r\n"));
if (!reader.end(true).complete) throw new Error("not complete");
process.stdout.write(String(Math.round(peak / 1_024)));
