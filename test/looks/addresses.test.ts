import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowedAddress, isSpecialAddress, limitKeyOf, ranges, touches, unmapped } from "../../src/looks/addresses.ts";

/** Just outside a special range, or carrying a public IPv4 address: sites may be there. Special ones: `ssrf.test.ts`. */
const PUBLIC = [
	"1.0.0.0",
	"9.255.255.255",
	"11.0.0.0",
	"100.63.255.255",
	"100.128.0.0",
	"126.255.255.255",
	"128.0.0.0",
	"161.25.255.255",
	"161.27.0.0",
	"166.7.255.255",
	"166.12.0.0",
	"168.63.129.15",
	"168.63.129.17",
	"169.253.255.255",
	"169.255.0.0",
	"172.15.255.255",
	"172.32.0.0",
	"192.0.1.0",
	"192.0.3.0",
	"192.80.8.123",
	"192.167.255.255",
	"192.169.0.0",
	"198.17.255.255",
	"198.20.0.0",
	"203.0.112.255",
	"203.0.114.0",
	"223.255.255.255",
	"2000::",
	"2001:200::",
	"2001:db7:ffff::1",
	"2001:db9::",
	"2001:4860:4860::8888",
	"2003::",
	"2606:4700::1111",
	"2620:4f:7fff::1",
	"2620:4f:8001::",
	"3ffe:ffff::1",
	"3fff:1000::",
	"::ffff:93.184.216.34",
	"::ffff:0:93.184.216.34",
	"64:ff9b::93.184.216.34",
	"2606:2800:220:1:0:5efe:93.184.216.34",
	"2606:2800:220:1:100:5efe:10.0.0.1",
];
for (const address of PUBLIC) test(`${address} is public`, () => assert.equal(isSpecialAddress(address), false));

const KEYS: readonly (readonly [address: string, key: string | null])[] = [
	["93.184.216.34", "93.184.216.34"],
	["::ffff:93.184.216.34", "93.184.216.34"],
	["::FFFF:5db8:d822", "93.184.216.34"],
	["::ffff:0:5db8:d822", "93.184.216.34"],
	["64:ff9b::5db8:d822", "93.184.216.34"],
	["2606:2800:220:1::1", "2606:2800:220:1::/64"],
	["2606:2800:0220:0001:ffff:0:5:6", "2606:2800:220:1::/64"],
	["2606:2800:220:2::1", "2606:2800:220:2::/64"],
	["2a00::1", "2a00::/64"],
	["2606:2800:220:1:0:5efe:104.16.0.1", "2606:2800:220:1::/64"],
	["104.16.0.1", null],
	["::ffff:104.16.0.1", null],
	["64:ff9b::104.16.0.1", null],
	["2606:4700::1", null],
];
for (const [address, key] of KEYS)
	test(`requests to ${address} are counted ${key === null ? "by name alone" : `as ${key}`}`, () =>
		assert.equal(limitKeyOf(address), key));

test("what is allowed opens the address that is named, and nothing that only carries it", () => {
	const loopback = ranges(["127.0.0.0/8"]);
	const opened = (address: string, allow = loopback) => isAllowedAddress(allow, address);
	assert.deepEqual(
		["127.0.0.1", "::ffff:127.0.0.1", "::1", "2606:2800:220:1:0:5efe:127.0.0.1", "::127.0.0.1", "nonsense", "fe80::1%lo"].map(
			(one) => opened(one),
		),
		[true, true, false, false, false, false, false],
	);
	assert.deepEqual(
		[opened("::1", ranges(["::1"])), opened("::1", ranges(["::/96"])), opened("::7f00:1", ranges(["::/96"]))],
		[true, true, false],
	);
	// 6to4 is opened, and loopback in it is not.
	const tunnels = ranges(["2002::/16"]);
	assert.deepEqual([opened("2002:5db8:d822::1", tunnels), opened("2002:7f00:1::1", tunnels)], [true, false]);
});

test("what is denied is denied in every form that carries it", () => {
	const own = ranges(["93.184.216.0/24"]);
	for (const address of [
		"93.184.216.255",
		"::ffff:5db8:d8ff",
		"::ffff:0:5db8:d8ff",
		"64:ff9b::5db8:d8ff",
		"2002:5db8:d8ff::1",
		"2001:0:5db8:d8ff::1",
		// Teredo's client, its bits turned around.
		"2001:0:101:101:0:0:a247:2700",
		"2606:2800:220:1:200:5efe:5db8:d8ff",
	])
		assert.equal(touches(own, address), true, address);
	assert.equal(touches(own, "93.184.217.0"), false);
	assert.equal(unmapped("::ffff:0:93.184.216.34"), "93.184.216.34");
});
