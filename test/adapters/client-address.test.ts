import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { ClientCounts, clientAddress } from "../../src/adapters/client-address.ts";

/** Whom a request is counted for: whose connection, what the header says, and the client. */
const ROWS: readonly (readonly [what: string, peer: string | undefined, header: string | undefined, client: string])[] = [
	["no proxy", "8.8.4.4", undefined, "8.8.4.4"],
	["no proxy, and a header that the client made up", "8.8.4.4", "1.1.1.1", "8.8.4.4"],
	["a proxy on this machine", "127.0.0.1", "8.8.4.4", "8.8.4.4"],
	["a proxy in our network, as IPv6 writes IPv4", "::ffff:10.0.0.9", "8.8.4.4", "8.8.4.4"],
	["a proxy that adds to what the client made up", "10.0.0.9", "1.1.1.1, 9.9.9.9 , 8.8.4.4", "8.8.4.4"],
	["two proxies: their last word", "10.0.0.9", "8.8.4.4, 10.0.0.8", "10.0.0.8"],
	["a proxy without the header", "10.0.0.9", undefined, "10.0.0.9"],
	["a header that holds no address", "10.0.0.9", "8.8.4.4, unknown", "10.0.0.9"],
	["a proxy that writes the client's port", "10.0.0.9", "1.1.1.1, 8.8.4.4:51234", "8.8.4.4"],
	["the same with IPv6", "10.0.0.9", "[2a00:1450:4001:82a::200e]:51234", "2a00:1450:4001:82a::/64"],
	["brackets without a port", "10.0.0.9", "[2a00:1450:4001:82a::200e]", "2a00:1450:4001:82a::/64"],
	["a port that is none", "10.0.0.9", "8.8.4.4:port", "10.0.0.9"],
	["an empty header", "10.0.0.9", "", "10.0.0.9"],
	["a customer's IPv6 network", "2a00:1450:4001:82a::200e", undefined, "2a00:1450:4001:82a::/64"],
	["another address in it", "2a00:1450:4001:82a:ffff::1", undefined, "2a00:1450:4001:82a::/64"],
	["a connection that is gone", undefined, "8.8.4.4", ""],
];
for (const [what, peer, header, client] of ROWS)
	test(`a request is counted for its client: ${what}`, () => {
		const headers = header === undefined ? {} : { "x-forwarded-for": header };
		const socket = { remoteAddress: peer } as IncomingMessage["socket"];
		assert.equal(clientAddress({ headers, socket }), client);
	});

test("a client has so many requests a minute, and clients beyond the table push out the oldest", () => {
	let nowMs = 0;
	const counts = new ClientCounts(2, () => nowMs, 3);
	assert.deepEqual(
		["a", "a", "a", "b"].map((one) => counts.take(one)),
		[true, true, false, true],
	);
	nowMs = 59_999;
	assert.equal(counts.take("a"), false);
	nowMs = 60_000;
	assert.equal(counts.take("a"), true);
	for (const one of ["c", "d", "e"]) counts.take(one);
	assert.equal(counts.take("a"), true);
	assert.equal(counts.take("a"), true);
	assert.equal(counts.take("a"), false);
});
