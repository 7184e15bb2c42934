import { controls, fields, grid, type Message, message, note, say, title } from "../../src/message/message.ts";
import { bold, code, text } from "../../src/message/text.ts";

/** Messages with every widget, for looking at how a chat draws them. */
export const SAMPLES: Readonly<Record<string, readonly Message[]>> = {
	"widgets-head": [
		message(
			"bad",
			title(text`shop.example/checkout fails with 520`, text`5 of 5 requests, only this page`),
			say(text`The origin sent Cloudflare an empty or invalid response. ${bold("At fault: the origin")} (certain).`),
			note(text`Dallas (DFW) · Ray ${code("a5e86f7c780ad1c3")} · 13:56:05 UTC · for alice`),
			controls(
				text`else`,
				[
					{ label: "Check again", action: { do: "recheck", case: "c" } },
					{ label: "Watch", action: { do: "watch", url: "https://shop.example/checkout" } },
					{ label: "Evidence", action: { do: "evidence", case: "c" }, primary: true },
				],
				[
					{
						label: "⋯",
						options: [
							{ label: "Report…", action: { do: "report", case: "c" } },
							{ label: "Follow", action: { do: "follow", case: "c" } },
						],
					},
				],
			),
		),
	],
	"widgets-evidence": [
		message(
			"neutral",
			title(text`What the check saw`),
			grid(
				["Request", "Status", "Time", "Ray ID"],
				[
					["/checkout ×5", "520", "0.1 s", "a5e86f7c780ad1c3"],
					["/", "200", "0.2 s", "a5e86f7c780ad1c4"],
				],
			),
			fields({ name: "At fault", value: text`the origin (certain)` }, { name: "Data center", value: text`Dallas (DFW)` }),
		),
	],
	"widgets-watch": [
		message(
			"good",
			title(text`shop.example/checkout recovered`, text`after 26 min`),
			{
				kind: "chart",
				title: "Checks of shop.example/checkout, UTC",
				categories: ["14:00", "14:05", "14:10", "14:15", "14:20"],
				series: [
					{ name: "failed", values: [5, 5, 3, 1, 0] },
					{ name: "worked", values: [0, 0, 2, 4, 5] },
				],
				text: text`Failed 14 of 25 checks.`,
			},
			controls(text`else`, [{ label: "Report…", action: { do: "report", case: "c" } }], []),
		),
	],
};
