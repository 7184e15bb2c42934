import assert from "node:assert/strict";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { maskedResponse } from "../../src/message/masked-response.ts";
import type { Ending } from "../../src/read/wire/ending.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";

function masked(bytes: Buffer, ending: Ending) {
	const found = autopsy(bytes, ending, "GET");
	const { reading } = found;
	const faults = reading.oddities.map(({ span }) => span);
	const codingBroken = reading.oddities.some(({ kind }) => kind === "content-coding-broken");
	return { found, out: maskedResponse(bytes, { ...reading, faults, codingBroken }) };
}
const verdict = ({ proxy, findings }: ReturnType<typeof autopsy>) =>
	JSON.stringify({ proxy, findings: findings.map(({ id, span, what }) => ({ id, span, what })) });

for (const file of [...allOriginFiles(), ...findingFiles()])
	test(`masked, ${file.name} has the same faults at the same places`, () => {
		const ending = file.ending === "deadline" ? "enough" : file.ending;
		const { found, out } = masked(file.bytes, ending);
		assert.equal(out.length, file.bytes.length);
		assert.equal(verdict(autopsy(out, ending, "GET")), verdict(found));
	});

const SECRET = "s3cr3tValue123456";
const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n";
const SECRETS: Record<string, string> = {
	"a cookie": `${HEAD}Set-Cookie: id=${SECRET}; Path=/\r\n\r\nab`,
	"a cookie with a fault in it": `${HEAD}Set-Cookie: id=\0${SECRET}\r\n\r\nab`,
	"a cookie on a folded line": `${HEAD}Set-Cookie: id=\r\n ${SECRET}\r\n\r\nab`,
	"a cookie behind a CR alone": `${HEAD}X-A: b\rSet-Cookie: id=${SECRET}\r\n\r\nab`,
	"a cookie with a space in its name": `${HEAD}Set Cookie: id=${SECRET}\r\n\r\nab`,
	"a cookie with a NUL in its name": `${HEAD}Set-\0Cookie: id=${SECRET}\r\n\r\nab`,
	"a cookie without a colon": `${HEAD}Set-Cookie id=${SECRET}\r\n\r\nab`,
	"a cookie in an unfinished header section": `${HEAD}Set-Cookie: id=${SECRET}`,
	"a cookie in an interim response": `HTTP/1.1 103 Early Hints\r\nSet-Cookie: id=${SECRET}\r\n\r\n${HEAD}\r\nab`,
	"a token in a field of its own": `${HEAD}X-Api-Key: ${SECRET}\r\n\r\nab`,
	"a bearer token": `${HEAD}X-Debug: Bearer ${SECRET}\r\n\r\nab`,
	"a token in a redirect": `${HEAD}Location: https://shop.example/?token=${SECRET}\r\n\r\nab`,
	"a token at the end of a long value": `${HEAD}X-A: ${"a ".repeat(3_000)}token=${SECRET}\r\n\r\nab`,
	content: `${HEAD}\r\npassword ${SECRET}`,
	"content in chunks": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\npassword ${SECRET} abcd\r\n`,
	"a chunk extension": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=${SECRET}\r\na\r\n`,
	"a trailer": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nSet-Cookie: id=${SECRET}\r\n`,
};
for (const [what, text] of Object.entries(SECRETS))
	test(`${what} is masked`, () => {
		const bytes = Buffer.from(text, "latin1");
		const { found, out } = masked(bytes, "fin");
		assert.ok(bytes.includes(SECRET));
		assert.ok(!out.includes(SECRET) && !out.includes("3Value1"), out.toString("latin1"));
		assert.equal(verdict(autopsy(out, "fin", "GET")), verdict(found));
	});
