import type { Signature } from "./signature.ts";

/** What Cloudflare's support quotes from its own proxy: there the upstream is the origin. */
export const cloudflareSupport: readonly Signature[] = [
	{
		id: "cf-origin-closed",
		server: "Cloudflare's own proxy, as its support quotes it",
		// Only with Cloudflare's own label before it: without it the line is of an nginx at the origin.
		looks: /\bmessage: ?upstream prematurely closed connection while reading response header from upstream/,
		speaksFor: "origin-crashed",
		originLog: null,
		also: { "edge-saw": "no-status" },
		betterThan: "nginx-prem-hdr",
		meaning: "Cloudflare saw the origin close the connection before any header: the 520 itself",
		fix: "Read the origin's log at that second; raise its keep-alive timeouts above 900 s",
		source: "quoted by customers of Cloudflare",
		example: "message:upstream prematurely closed connection while reading response header from upstream",
	},
	{
		id: "cf-origin-reset",
		server: "Cloudflare's own proxy, as its support quotes it",
		looks: /\bmessage: ?recv\(\) failed \(104: Connection reset by peer\) while reading response header from upstream/,
		speaksFor: "origin-crashed",
		originLog: null,
		also: { "edge-saw": "no-status" },
		betterThan: "nginx-rst-hdr",
		meaning: "Cloudflare saw the origin reset the connection before any header: the 520 itself",
		fix: "Read the origin's log at that second; find firewalls and load balancers that reset",
		source: "by analogy with cf-origin-closed",
		example: "message:recv() failed (104: Connection reset by peer) while reading response header from upstream",
	},
];
