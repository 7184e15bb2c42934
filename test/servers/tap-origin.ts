import { type AddressInfo, createServer } from "node:net";

/**
 * An origin in a process of its own, for the tap: `/big` is 10 MB, everything else 2 kB; of `/some`, which closes, one in a hundred is cut
 * and one in a hundred empty. Prints its port.
 */
const small = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\n\r\n${"x".repeat(2_000)}`);
const BIG_BYTES = 10 * 1024 * 1024;
const big = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BIG_BYTES}\r\n\r\n`), Buffer.alloc(BIG_BYTES, "x")]);
let nth = 0;
const server = createServer({ noDelay: true }, (socket) => {
	socket.on("error", () => {});
	socket.on("data", (request) => {
		const path = request.toString("latin1", 4, 9);
		if (path.startsWith("/big")) socket.write(big);
		else if (path === "/some") {
			nth += 1;
			if (nth % 100 === 7) socket.end(small.subarray(0, 900));
			else if (nth % 100 === 57) socket.end();
			else socket.end(small);
		} else socket.write(small);
	});
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () =>
	process.stdout.write(`${(server.address() as AddressInfo).port}\n`),
);
