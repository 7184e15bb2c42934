import { formView } from "../../src/adapters/slack/form.ts";
import { homeView } from "../../src/adapters/slack/home.ts";
import { settingsView } from "../../src/adapters/slack/settings-form.ts";
import { newCase } from "../../src/judge/case.ts";
import { newWatch } from "../../src/judge/watch.ts";
import { CAUSE_IDS } from "../../src/knowledge/causes/list.ts";
import { message, title } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import { slackHtml, slackModal } from "./slack.ts";
import { thing, things } from "./thing.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const REF = '["C1","1.1"]';
const PLACE = { channel: "C1", threadTs: "1.1", isNewThread: false, open: true, alone: false };

const open = (id: string, words: string) =>
	newCase(
		{
			id,
			code: "520",
			url: `https://${id}.example/`,
			workspace: "slack T1",
			rays: [],
			head: message("bad", title(text`${words}`)),
			messageRef: REF,
		},
		NOON,
	);
const watch = newWatch(
	{
		id: "w1",
		url: "https://shop.example/checkout",
		workspace: "slack T1",
		who: "alice",
		asker: "slack U1",
		platform: "slack",
		isPrivate: false,
		room: "slack C1",
		isOpen: true,
		caseId: null,
		everyMs: 60_000,
		untilMs: NOON + 1_800_000,
	},
	NOON,
);

/** Slack's own pages and forms, by a name for the picture. */
export function slackViews(): Readonly<Record<string, string>> {
	const home = homeView({
		cases: [open("shop", "shop.example/checkout fails with 520"), open("api", "api.example fails with 521")],
		watches: [watch],
		atMs: NOON,
		links: new Map([[REF, "https://lab.slack.com/archives/C1/p11"]]),
		isAdmin: true,
	});
	return {
		home: slackHtml(things(home.blocks)),
		"form-solved": slackModal(thing(formView({ do: "solved-form", case: "c" }, PLACE, CAUSE_IDS))),
		"form-origin": slackModal(thing(formView({ do: "origin-form", url: "https://shop.example/" }, PLACE))),
		"form-paste": slackModal(thing(formView({ do: "paste-form", case: "c" }, PLACE))),
		"form-url": slackModal(thing(formView({ do: "url-form" }, PLACE))),
		"form-text": slackModal(thing(formView({ do: "text-form" }, PLACE))),
		"form-settings": slackModal(thing(settingsView(DEFAULT_POLICY))),
	};
}
