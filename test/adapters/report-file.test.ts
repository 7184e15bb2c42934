import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { whyNoReportFile, writeReportFile } from "../../src/adapters/terminal/report-file.ts";
import { askForReport } from "../../src/adapters/terminal/terminal.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { checkPage } from "../reply/markup.ts";

/** The file of `--html`: where it is written, and where never. */

const folder = mkdtempSync(join(tmpdir(), "cf520-report-"));
let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(async () => {
	rmSync(folder, { recursive: true });
	await lab.close();
});
const at = (name: string) => join(folder, name);

/** A question asked with `--html`, over real sockets. */
async function ask(file: string, url: string) {
	const [told, aside]: [string[], string[]] = [[], []];
	const stores = memoryStores(realClock);
	const streams = { out: (text: string) => void told.push(text), aside: (text: string) => void aside.push(text) };
	const status = await askForReport(labDesk(lab, { stores }), url, false, { colour: false, width: 80, askPrefix: "" }, streams, {
		file,
		whyNot: () => whyNoReportFile(file),
		write: (page) => writeReportFile(file, page),
		opened: () => stores.cases.inThread("terminal"),
		now: Date.now,
		version: "1.2.3",
	});
	return { status, out: told.join(""), err: aside.join("") };
}

test("the report of the case that a question opened is written, for its owner alone", async () => {
	const file = at("report.html");
	const { status, out, err } = await ask(file, lab.url("closes-empty", "/pay?ticket=s3same"));
	assert.equal(status, 0);
	assert.ok(`\n${err}`.endsWith(`\ncf520: The report is in ${file}\n`));
	assert.match(out, /fails with 520/);
	assert.equal(statSync(file).mode & 0o777, 0o600);
	const page = readFileSync(file, "utf8");
	checkPage(page);
	assert.match(page, /<h1>closes-empty\.lab\.example returns 520<\/h1>/);
	assert.doesNotMatch(page, /s3same/);
	chmodSync(file, 0o644);
	await ask(file, lab.url("closes-empty"));
	assert.equal(statSync(file).mode & 0o777, 0o600, "an earlier report is replaced, also what may read it");
	checkPage(readFileSync(file, "utf8"));
});

test("a shorter report leaves nothing of a longer one", async () => {
	const page = (words: string) => `<!doctype html>\n<meta name="generator" content="cf520 1">${words}`;
	const file = at("twice.html");
	assert.equal(await writeReportFile(file, page("a".repeat(5_000))), null);
	assert.equal(await writeReportFile(file, page("b")), null);
	assert.equal(readFileSync(file, "utf8"), page("b"));
});

writeFileSync(at("notes.html"), "<!doctype html><p>my notes</p>");
writeFileSync(at("ours.html"), '<!doctype html>\n<meta name="generator" content="cf520 1">');
symlinkSync(at("ours.html"), at("link.html"));
symlinkSync(at("nowhere"), at("dangling.html"));
linkSync(at("ours.html"), at("hard.html"));
mkdirSync(at("folder.html"));
execFileSync("mkfifo", [at("fifo.html")]);

for (const [what, name, says] of [
	["a file of somebody's own", "notes.html", /is not a cf520 report\. Choose another name/],
	["a link to a report", "link.html", /This is a link\. Name the file itself\./],
	["a link to nothing", "dangling.html", /This is a link\. Name the file itself\./],
	["a file with a second name", "hard.html", /is not a cf520 report/],
	["a folder", "folder.html", /is a folder|is not a cf520 report/],
	["a FIFO that nobody reads", "fifo.html", /is not a cf520 report|cannot be written/],
	["a file in a folder that is not there", "none/report.html", /This folder does not exist\. Create it first\./],
	["a file below a file", "notes.html/report.html", /This folder does not exist\. Create it first\./],
] as const)
	test(`a report is never written to ${what}`, async () => {
		const file = at(name);
		const before = existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : null;
		const { status, out, err } = await ask(file, lab.url("closes-empty"));
		assert.equal(status, 2);
		assert.equal(out, "", "nothing is checked for a report that cannot be written");
		assert.match(err, says);
		assert.match((await writeReportFile(file, "x")) ?? "", says);
		assert.equal(existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : null, before);
		assert.equal(existsSync(at("nowhere")), false);
	});

test("a question that opens no case writes nothing", async () => {
	const file = at("none.html");
	const { status, err } = await ask(file, "explain 520");
	assert.equal(status, 2);
	assert.match(err, /opened no case/);
	assert.equal(existsSync(file), false);
});
