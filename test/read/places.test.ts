import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments } from "../../src/adapters/terminal/arguments.ts";
import { placeMeanings } from "../../src/knowledge/places.ts";
import { hear } from "../../src/read/text/hear.ts";
import { PLACES_MAX, placesBehind, readPlaces } from "../../src/read/text/places.ts";

const NOW = Date.UTC(2026, 10, 25, 9, 41);

/** What a person types, and the normal form of the places in it; null: it names none. */
const LISTS: readonly (readonly [said: string, key: string | null])[] = [
	["germany", "de"],
	["us, germany", "de,us"],
	["Germany, de and Deutschland", "de"],
	["the US, UK & Japan", "gb,jp,us"],
	["são paulo and Sydney", "sao paulo,sydney"],
	["SAO PAULO", "sao paulo"],
	["texas", "us-tx"],
	["US-TX", "us-tx"],
	["georgia", "ge|us-ga"],
	["europe/asia", "continent-as,continent-eu"],
	["Lyon", "lyon"],
	["AS3320, aws-us-east-1 and eyeball-network", "as3320,aws-us-east-1,eyeball-network"],
	["Frankfurt+eyeball", "frankfurt+eyeball"],
	["world", "world"],
	["Everywhere!", "world"],
	["other places", "world"],
	["germany and everywhere", "world"],
	["IT", "it"],
	["de, it", "de,it"],
	["germany, 203.0.113.9", "de"],
	["germany, https://other.example/x", "de"],
	["it", null],
	["nginx", null],
	["germany, nginx", null],
	["my phone", null],
	["203.0.113.9", null],
	["https://shop.example/", null],
	["shop.example", null],
	["a5ffb22474c1d011-FRA", null],
	["germany but not from us", null],
	["", null],
	[" ,;, ", null],
	["__proto__", null],
	["x".repeat(5_000), null],
	["germany\u200f, \u202eus\u202c", "de,us"],
	["Frankfurt (FRA)", "frankfurt"],
	["FRA", "frankfurt"],
	["fra", "frankfurt"],
	["CAN, AUS and IND", "au,ca,in"],
	["DEU", "de"],
	["USA (Texas)", "usa+texas"],
	["ASN 3320", "as3320"],
	["AS 3320", "as3320"],
	["eu-west-1, europe-west1", "aws-eu-west-1,gcp-europe-west1"],
	["la France", "fr"],
	["south-africa", "za"],
	["Washington DC", "us-dc"],
	["\u{1f1e9}\u{1f1ea}", "de"],
	["12 places", "world"],
	["several other countries", "world"],
	["all over the globe", "world"],
	["two places in germany", "de"],
	["germany and from us, then japan", "de,jp,us"],
	["only germany, thank you!", "de"],
	["usa germany japan", "de,jp,us"],
	["us uk", "gb,us"],
	["south africa brazil", "br,za"],
	["united states united kingdom and north america", "continent-na,gb,us"],
	["\u{1f1e9}\u{1f1ea} \u{1f1ef}\u{1f1f5}", "de,jp"],
	["germany nowhere", "germany nowhere"],
	["paris texas", "paris texas"],
	["georgia usa", "georgia usa"],
	["new south wales", "new south wales"],
	["germany it", null],
	[`${"x".repeat(20)}, `.repeat(18) + "nigeria", "x".repeat(20)],
	[`${"germany ".repeat(48)}          nigeria`, "de"],
	["a different network", null],
	["someone else's computer", null],
];
for (const [said, key] of LISTS)
	test(`places in ${JSON.stringify(said.slice(0, 60))}: ${key}`, () => assert.equal(readPlaces(said)?.key ?? null, key));

test("more than eight are told, and not asked", () => {
	const read = readPlaces("de, us, jp, br, fr, es, it, pl, se, no");
	assert.equal(read?.places.length, PLACES_MAX);
	assert.deepEqual(read?.leftOut, ["Sweden", "Norway"]);
	assert.equal(read?.words.length, 10);
});

test("a place is sent in the person's words, and in English where it was said in another language", () => {
	const sent = readPlaces("Deutschland, us, texas, Lyon")?.places.map(({ magic, name }) => [magic, name]);
	assert.deepEqual(sent, [
		["Germany", "Germany"],
		["us", "US"],
		["texas", "Texas"],
		["Lyon", "Lyon"],
	]);
});

test("addresses among places are told", () => {
	assert.deepEqual(readPlaces("germany, 203.0.113.9")?.notPlaces, ["203.0.113.9"]);
	assert.deepEqual(readPlaces("germany, 203.0.113.9")?.words, ["germany"]);
});

/** Whole texts, and the normal form of the places that the question carries. */
const TEXTS: readonly (readonly [text: string, key: string | null])[] = [
	["shop.example from germany", "de"],
	["https://shop.example/a?b=c from germany, us and japan", "de,jp,us"],
	["check shop.example from world", "world"],
	["is shop.example down from brazil?", "br"],
	["is shop.example 520 from germany, us and japan?", "de,jp,us"],
	["shop.example --from de,us", "de,us"],
	["shop.example 520 --from=us", "us"],
	["`shop.example` from frankfurt", "frankfurt"],
	["https://shop.example/ 520 error from nginx", null],
	["520 error from nginx at shop.example", null],
	["shop.example from cloudflare", null],
	["shop.example 520 from squid", null],
	["shop.example is broken, tickets from germany pile up", null],
	["shop.example from germany\n\nRegards, Bob", null],
	["shop.example", null],
	["https://shop.example/x, from us", "us"],
	["https://shop.example/x (from us)", "us"],
	["shop.example only from germany", "de"],
	["is shop.example up from brazil?", "br"],
	["does shop.example work from brazil?", "br"],
	["shop.example 来自", null],
];
for (const [text, key] of TEXTS)
	test(`what is asked by ${JSON.stringify(text)}`, () => {
		const asked = hear(text, NOW);
		assert.equal(asked.kind, asked.kind === "explain" ? "explain" : "site");
		assert.equal((asked.kind === "site" ? asked.places?.key : undefined) ?? null, key);
	});

/** Words about places that ask none; what of them can be asked; null: there are no such words. */
const UNASKED: readonly (readonly [text: string, words: readonly string[] | null, key?: string])[] = [
	["shop.example in germany", ["germany"], "de"],
	["is shop.example down in the us?", ["us"], "us"],
	["is shop.example only down in Japan?", ["Japan"], "jp"],
	["from germany: shop.example", ["germany"], "de"],
	["check from germany and japan https://shop.example/x", ["germany", "japan"], "de,jp"],
	["https://shop.example/x is 520 from germany but not from us", ["germany", "us"], "de,us"],
	["users from Germany get 520 on shop.example", ["Germany"], "de"],
	["shop.example fails from germany\n\nRegards, Bob", ["germany"], "de"],
	["shop.example dall'Italia", ["Italia"], "it"],
	["shop.example em Portugal", ["Portugal"], "pt"],
	["is shop.example down from Untied States?", ["Untied States"], "untied states"],
	["is shop.example down from mars", ["mars"], "mars"],
	["is shop.example down elsewhere?", ["other places"], "world"],
	["headers shop.example from germany", ["germany"], "de"],
	["shop.example from my phone", ["my phone"]],
	["shop.example from localhost", ["localhost"]],
	["shop.example from outside germany", ["outside germany"]],
	["shop.example from 203.0.113.9", ["203.0.113.9"]],
	["shop.example --from 12", ["12"]],
	["shop.example --from", []],
	["shop.example 520 error from nginx", null],
	["520 error from nginx at shop.example", null],
	["shop.example from cloudflare", null],
	["shop.example 520 from squid", null],
	["shop.example from here", null],
	["shop.example from me", ["me"]],
	["shop.example from 8.8.8.8", ["8.8.8.8"]],
	["https://from-germany.example/in/france", null],
	["our origin server in Frankfurt, shop.example, returns 520", null],
	["shop.example fails in 5 of 7 requests", null],
	["shop.example is down", null],
	[`shop.example ${"and more words ".repeat(40)} from germany`, null],
];
for (const [text, words, key] of UNASKED)
	test(`words about places that ask none, in ${JSON.stringify(text.slice(0, 60))}: ${words}`, () => {
		const asked = hear(text, NOW);
		assert.ok(asked.kind === "site" || asked.kind === "headers", asked.kind);
		assert.deepEqual(asked.unasked?.words ?? null, words);
		assert.equal(asked.unasked?.places?.key, key);
	});

test("in the thread of a case, places alone are about its page", () => {
	const asked = hear("from germany and japan", NOW, { url: "https://shop.example/checkout", code: "520" });
	assert.deepEqual(asked.kind === "site" && [asked.target.url, asked.places?.key], ["https://shop.example/checkout", "de,jp"]);
	assert.deepEqual(hear("from germany", NOW), { kind: "misread", why: "which-site" });
});

test("of ten thousand commas, and of other hostile lists, no more than eight places are read", () => {
	for (const piece of [",", ", ", "germany,", "germany and ", "a.", "\u200f,", " ", "from ", "--from ", "'\u0301"]) {
		const text = `shop.example from ${piece.repeat(10_000)}`;
		const read = placesBehind("", text.slice("shop.example".length));
		assert.ok((read?.places.length ?? 0) <= PLACES_MAX);
	}
	assert.equal(readPlaces(`germany${",".repeat(10_000)}us`)?.key, "de,us");
});

test("no name of the language's own objects is a place", () => {
	for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) assert.deepEqual(placeMeanings(name), []);
});

test("--from at the command line is the same question", () => {
	const read = readArguments(["shop.example", "--from", "germany,us"]);
	assert.ok(typeof read !== "string");
	const asked = hear(read.question, NOW);
	assert.equal(asked.kind === "site" && asked.places?.key, "de,us");
	for (const args of [
		["--from", "germany"],
		["shop.example", "--from", "203.0.113.9"],
		["shop.example", "--from", ""],
	])
		assert.match(String(readArguments(args)), /^--from needs places and a site\./);
});

/** Behind `status`, and without it in front: the data center whose status is asked; "": all of Cloudflare's; null: none. */
const STATUSES: readonly (readonly [text: string, colo: string | null])[] = [
	["status", ""],
	["status fra", "FRA"],
	["status QQQ", "QQQ"],
	["status Frankfurt", "FRA"],
	["status frankfurt (fra)", "FRA"],
	["status of London?", "LHR"],
	["status of cloudflare", ""],
	["cloudflare status", ""],
	["Cloudflare's status page", ""],
	["cloudflare status FRA", "FRA"],
	["is cloudflare down right now?", ""],
	["is Cloudflare having problems in Frankfurt?", "FRA"],
	["is cloudflare down or is it us?", null],
	["cloudflare down?", ""],
	["is cf down?", ""],
	["any cloudflare issues in Frankfurt?", "FRA"],
	["cloudflare outage", ""],
	["the status page", ""],
	["status page", ""],
	["status cloudflare FRA", "FRA"],
	["status dallas/frankfurt", "DFW FRA"],
	["status fra dfw", "FRA DFW"],
	["status fra, dfw and London", "FRA DFW LHR"],
	["status hong kong frankfurt", null],
	["status fra fra", "FRA"],
	["status fra something", null],
	["status of dallas and the deploy", null],
	["cf 520 down", null],
	["status germany", null],
	["status it", null],
	["status of the deploy", null],
];
for (const [text, colo] of STATUSES)
	test(`whose status is asked by ${JSON.stringify(text)}: ${colo}`, () => {
		const asked = hear(text, NOW);
		assert.deepEqual(asked.kind === "status" ? [asked.colo ?? "", ...(asked.others ?? [])].join(" ") : null, colo);
	});

test("a list of 100 KB behind a site is asked, eight places at most", () => {
	for (const between of [", ", " ", " and "]) {
		const asked = hear(
			`https://shop.example/ from ${["germany", "japan", "brazil"].join(between)}${`${between}chile`.repeat(15_000)}`,
			NOW,
		);
		assert.equal(asked.kind === "site" && asked.places?.key, "br,cl,de,jp", between);
	}
});
