import { existsSync, mkdirSync, rmSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { modal } from "../../src/adapters/discord/form.ts";
import { partsOf } from "../../src/adapters/discord/parts.ts";
import type { FormAction } from "../../src/adapters/form.ts";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { SITES, type Standing, standing, TEXTS, WHEN } from "../asked.ts";
import { handClock } from "../clock.ts";
import { openLab } from "../lab/lab.ts";
import { discordHtml, discordModal } from "./discord.ts";
import { page, said } from "./page.ts";
import { SAMPLES } from "./samples.ts";
import { type Line, SCENES_AT, scenes } from "./scenes.ts";
import { slackHtml } from "./slack.ts";
import { escaped, things } from "./thing.ts";
import { slackViews } from "./views.ts";

/**
 * `npm run pictures [part of a name]`: every kind of reply as both chats show it, at the width of a phone and of a desk, as PNG files in
 * `pictures/`. For looking at while words and widgets change; needs a Chromium on the machine, and loads nothing from anywhere.
 */

const FOLDER = new URL("../../pictures/", import.meta.url).pathname;
const WIDTHS = { phone: 390, desk: 1_000 } as const;
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const NOTES: Readonly<Record<Standing["place"], string>> = {
	head: "in the channel",
	thread: "in the thread",
	"only for the asker": "only visible to you",
};

/** One of each kind. */
const FORMS_ASKED: readonly FormAction[] = [
	{ do: "origin-form", url: "https://shop.example/checkout" },
	{ do: "paste-form", case: "c1" },
	{ do: "solved-form", case: "c1" },
	{ do: "url-form" },
	{ do: "text-form" },
];

const DRAWN: Readonly<Record<"slack" | "discord", (one: Standing) => string>> = {
	slack: ({ place, message }) =>
		said("cf520", NOTES[place], slackHtml(things(renderSlack(message, { inThread: place === "thread" }).blocks))),
	discord: ({ place, message }) =>
		said(
			"cf520",
			NOTES[place],
			partsOf(message, "container", [])
				.map((part) => discordHtml({ ...part }))
				.join(""),
		),
};

/** One conversation as a chat shows it. */
function chatPage(chat: "slack" | "discord", lines: readonly Line[]): string {
	const drawn = lines.map((line) => {
		if ("said" in line) return said(line.who, "", escaped(line.said.slice(0, 300)).replaceAll("\n", "<br>"));
		return "file" in line ? said("cf520", "a file", escaped(line.file)) : DRAWN[chat](line);
	});
	return page(chat, chat, ...drawn);
}

async function draw(browser: Browser, name: string, html: string): Promise<void> {
	for (const [device, width] of Object.entries(WIDTHS)) {
		const tab = await browser.newPage({ viewport: { width, height: 400 }, offline: true, javaScriptEnabled: false });
		await tab.setContent(html);
		await tab.screenshot({ path: `${FOLDER}${name}-${device}.png`, fullPage: true });
		await tab.close();
	}
}

async function drawBoth(browser: Browser, name: string, lines: readonly Line[]): Promise<number> {
	for (const chat of ["slack", "discord"] as const) await draw(browser, `${chat}-${name}`, chatPage(chat, lines));
	return 4;
}

/** The report as a person opens it: both color schemes, and on paper. */
async function drawReport(browser: Browser, html: string): Promise<number> {
	for (const colorScheme of ["light", "dark"] as const)
		for (const [device, width] of Object.entries(WIDTHS)) {
			const tab = await browser.newPage({
				viewport: { width, height: 400 },
				offline: true,
				javaScriptEnabled: false,
				colorScheme,
			});
			await tab.setContent(html);
			await tab.screenshot({ path: `${FOLDER}report-${colorScheme}-${device}.png`, fullPage: true });
			await tab.close();
		}
	const paper = await browser.newPage({ viewport: { width: 794, height: 1_123 }, offline: true, javaScriptEnabled: false });
	await paper.emulateMedia({ media: "print" });
	await paper.setContent(html);
	await paper.screenshot({ path: `${FOLDER}report-print.png`, fullPage: true });
	await paper.close();
	return 5;
}

async function main(wanted: string): Promise<number> {
	if (CHROMIUM === undefined) {
		process.stderr.write("pictures: there is no Chromium on this machine (Debian: apt-get install chromium).\n");
		return 1;
	}
	const started = performance.now();
	const now = () => Date.UTC(2026, 10, 22, 12, 0, 10) + Math.floor(performance.now() - started);
	const lab = await openLab({ now });
	const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-background-networking"] });
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	let drawn = 0;
	try {
		const questions = [
			...SITES.map(([name, path]) => [`site-${name}`, lab.url(name, path)] as const),
			...Object.entries(TEXTS),
		].filter(([name]) => name.includes(wanted));
		for (const [name, question] of questions) {
			const all = await standing(lab, question, name.startsWith("site-") ? now : WHEN);
			drawn += await drawBoth(browser, name, [{ who: "alice", said: question }, ...all]);
		}
		if ("forms".includes(wanted)) {
			await draw(
				browser,
				"discord-forms",
				page("Discord", "discord", ...FORMS_ASKED.map((action) => discordModal({ ...modal(action) }))),
			);
			drawn += 2;
		}
		for (const [name, messages] of Object.entries(SAMPLES).filter(([one]) => one.includes(wanted))) {
			const all = messages.map((message) => ({ place: "head", message }) as const);
			drawn += await drawBoth(browser, name, [{ who: "alice", said: name }, ...all]);
		}
		const clock = handClock(SCENES_AT);
		const timed = await openLab({ now: clock.now });
		try {
			for (const [name, lines] of await scenes(wanted, timed, clock)) {
				drawn += await drawBoth(browser, name, lines);
				const file = lines.find((line) => "file" in line);
				if (file !== undefined) drawn += await drawReport(browser, file.content);
			}
		} finally {
			await timed.close();
		}
		for (const [name, html] of Object.entries(slackViews()).filter(([one]) => one.includes(wanted))) {
			await draw(browser, `slack-${name}`, page("Slack", "slack", html));
			drawn += 2;
		}
	} finally {
		await browser.close();
		await lab.close();
	}
	process.stdout.write(`${drawn} pictures in pictures/\n`);
	return 0;
}

process.exitCode = await main(process.argv[2] ?? "");
