import type { Message } from "../../src/message/message.ts";
import { standing } from "../asked.ts";
import { openLab } from "../lab/lab.ts";
import { threadSvg } from "./svg.ts";

/** The moment that the picture's Ray ID names. */
const AT = Date.UTC(2026, 10, 22, 13, 56, 5);
const RAY = "a5e86f7c780ad1c3";

/** As it would be for a real site: the laboratory's name, port, Ray ID and durations are different in every run. */
const asShop = (message: Message): Message =>
	JSON.parse(
		JSON.stringify(message)
			.replace(/closes-empty\.lab\.example(?::\d+)?/g, "shop.example")
			.replace(/\b[0-9a-f]{16}\b/g, RAY)
			.replace(/(sport = :|port )\d{4,5}\b/gi, "$1443")
			.replace(/\b\d+\.\d+ s\b/g, "0.05 s"),
	) as Message;

/** README's picture: the first answer to a 520, as the desk gives it: the head, and the question at the end of its thread. */
export async function firstAnswer(): Promise<string> {
	const lab = await openLab({ now: () => AT });
	try {
		const all = await standing(lab, lab.url("closes-empty", "/checkout"), () => AT, "alice");
		const [head] = all.filter(({ place }) => place === "head");
		const question = all.filter(({ place }) => place === "thread").at(-1);
		if (head === undefined) throw new Error("nothing was told");
		return threadSvg({
			who: "alice",
			asked: "/cf520 shop.example/checkout",
			head: asShop(head.message),
			under: question === undefined ? [] : [asShop(question.message)],
			title: "A thread with cf520",
			description:
				"alice asks about shop.example/checkout. cf520 says that it fails with 520, who is at fault, and asks the next question, with a command and buttons for the answers.",
		});
	} finally {
		await lab.close();
	}
}
