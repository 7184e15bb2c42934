import type { TerminalStyle } from "../../src/adapters/terminal/render.ts";
import { askOnce } from "../../src/adapters/terminal/terminal.ts";
import { labDesk } from "./desk.ts";
import { openLab } from "./lab.ts";

/** What a newcomer sees asked, over real sockets and without internet. */
const SHOWN: readonly (readonly [string, string])[] = [
	["closes-empty", "/checkout"],
	["some-urls", "/checkout"],
	["now-and-then", "/"],
	["own-502", "/"],
	["refuses", "/"],
	["healthy", "/"],
];

/** `npm start -- demo`: starts the laboratory, asks about failing sites in it, prints the conversations. Returns the exit status. */
export async function demo(style: TerminalStyle): Promise<number> {
	const lab = await openLab();
	const out = (text: string) => void process.stdout.write(text);
	out(
		"A laboratory on this machine: sites with an edge in front that answers as Cloudflare does. Each question goes over real sockets.\n\n",
	);
	try {
		for (const [name, path] of SHOWN) {
			const question = lab.url(name, path);
			const what = lab.hosts.find((one) => one.host.startsWith(`${name}.`))?.what ?? "";
			out(`${"=".repeat(style.width)}\n(${what})\ncf520> ${question}\n\n`);
			await askOnce(labDesk(lab), question, false, style, { out, aside: () => {} });
		}
	} finally {
		await lab.close();
	}
	out(`That was the laboratory. Ask about a real site: npm start -- example.com\n`);
	return 0;
}
