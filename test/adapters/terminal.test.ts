import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments } from "../../src/adapters/terminal/arguments.ts";
import { terminalConversation } from "../../src/adapters/terminal/conversation.ts";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { controls, type Message, message, say } from "../../src/message/message.ts";
import { ask, text } from "../../src/message/text.ts";
import { conversationContract, type Standing } from "./contract.ts";

const style = { colour: false, width: 100, askPrefix: "" };

conversationContract("terminal", async (desk) => {
	const asked: { parts: string[]; private: string[]; kinds: string[] }[] = [];
	return {
		ask: async (question) => {
			const one = { parts: [] as string[], private: [] as string[], kinds: [] as string[] };
			asked.push(one);
			const conversation = terminalConversation(
				(text) => one.parts.push(text),
				() => {},
				style,
			);
			await desk.handle(question, {
				...conversation,
				replyPrivately: async (message: Message) => void one.private.push(renderTerminal(message, style)),
			});
			conversation.end();
		},
		askTwice: null,
		editsInPlace: false,
		standing: (): Standing => ({
			heads: asked.flatMap((one, index) => one.parts.slice(0, 1).map((text) => ({ text, edits: 0, id: String(index) }))),
			thread: asked.flatMap((one, index) => one.parts.slice(1).map((text) => ({ text, under: String(index) }))),
			private: asked.flatMap((one) => one.private),
		}),
		pings: () => [],
		close: async () => {},
	};
});

const check = (args: readonly string[], expected: unknown) =>
	test(`the command line ${args.join(" ")}`, () => {
		const read = readArguments(args);
		assert.deepEqual(
			typeof read === "string" ? read : { ...read, words: undefined, resolve: [...read.resolve] },
			typeof expected === "string" ? expected : { ...(expected as object), words: undefined },
		);
	});
const plain = { all: false, json: false, html: null, insecure: false, httpVersion: 1, resolve: [] };
check(["example.com"], { ...plain, question: "example.com" });
check(["explain", "520", "--json"], { ...plain, question: "explain 520", json: true });
check(["x", "--resolve", "a.example:443:192.0.2.1", "--resolve", "a.example:443:2001:db8::1", "--http2", "--insecure"], {
	question: "x",
	all: false,
	json: false,
	html: null,
	insecure: true,
	httpVersion: 2,
	resolve: [["a.example:443", ["192.0.2.1", "2001:db8::1"]]],
});
check(["example.com", "--all"], { ...plain, question: "example.com", all: true });
check(["--html", "report.html", "example.com"], { ...plain, question: "example.com", html: "report.html" });
for (const args of [
	["--html", "report.html"],
	["--html", "", "x"],
])
	check(args, "--html needs a file and a site. Example: --html report.html shop.example");
check(["--http1", "--http2", "x"], "Give only one of --http1 and --http2.");
check(
	["--resolve", "nonsense", "x"],
	'"nonsense" is not host:port:address, such as shop.example:443:203.0.113.7. Options are --all, --json, --html FILE, --insecure, --http1, --http2, --resolve host:port:address, --origin address[:port] and --from places.',
);
check(
	["--frobnicate"],
	"Unknown option '--frobnicate'. Options are --all, --json, --html FILE, --insecure, --http1, --http2, --resolve host:port:address, --origin address[:port] and --from places.",
);

test("what goes on with a case is not offered as a command of its own: the case has ended with the process", () => {
	const style = { colour: false, width: 200, askPrefix: "npm start -- " };
	const line = (question: string) => renderTerminal(message("neutral", say(text`${ask(question)}`)), style);
	assert.equal(line("answer origin-log nothing"), "answer origin-log nothing (at the prompt that npm start opens)");
	assert.equal(line("explain 520"), "npm start -- explain 520");
});

const question = (words: string) =>
	message(
		"neutral",
		say(text`${words}`),
		controls(text`else`, [{ label: "Yes", action: { do: "answer", case: "c", key: "origin-log", value: "crash" } }], []),
	);
const saying = (words: string) => message("neutral", say(text`${words}`));

for (const [what, edited, expected] of [
	["replaced by another", ["first", question("another")], ["head", "another"]],
	["that is closed", ["first", saying("No answer is needed anymore.")], ["head"]],
	["that is closed after another message", ["first", saying("See below."), saying("places")], ["head", "first", "places"]],
] as const)
	test(`a question ${what} while its answer goes on is printed as it is at the end, or not at all`, async () => {
		const out: string[] = [];
		const conversation = terminalConversation(
			(printed) => out.push(printed),
			() => {},
			style,
		);
		await conversation.begin(saying("head"));
		await conversation.update(saying("head"));
		const ref = await conversation.followUp(question("first"));
		for (const between of edited.slice(2)) if (typeof between !== "string") await conversation.followUp(between);
		const [, closed] = edited;
		if (ref !== null) await conversation.edit(ref, closed);
		conversation.end();
		assert.deepEqual(
			out.map((printed) => printed.trim().split("\n")[0]),
			expected,
		);
	});
