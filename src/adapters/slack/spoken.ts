import type { Button } from "../../message/message.ts";
import type { Action } from "../../read/action.ts";
import { SLACK_MAX } from "./limits.ts";
import { cut } from "./spans.ts";

/**
 * What a screen reader says of a button whose label is not enough: the label, so that it is found by its name, and the effect. null when
 * the label is enough.
 */
export function spokenLabel({ label, action }: Pick<Button, "label" | "action">): string | null {
	const does = doesWhat(action);
	return does === null ? null : cut(`${label.replace(/\s*…$/, "")}: ${does}`, SLACK_MAX.spokenLabel);
}

function doesWhat(action: Action): string | null {
	switch (action.do) {
		case "origin-form":
			return "opens a form for the origin's IP address";
		case "paste-form":
		case "text-form":
			return "opens a form for a text";
		case "token-form":
			return "opens a private form for a token";
		case "url-form":
			return "opens a form for a URL";
		case "solved-form":
		case "solved":
			return "asks for the cause and closes the case";
		case "answer":
			return action.value === null ? "skips this question" : "answers this question";
		case "take-back":
			return "takes this answer back for everyone";
		case "variants":
			return "sends other requests to see what works";
		case "it-was":
			return "closes the case with this cause";
		case "report":
			return "writes texts that you can forward";
		case "statement":
			return "shows the text for them";
		case "evidence":
			return "posts what the last check saw";
		case "record":
			return "posts how to record the next failure";
		case "recheck":
			return "sends the requests again";
		case "reopen":
			return "opens the case again";
		case "follow":
			return "mentions you when it recovers or fails again";
		case "unfollow":
			return "stops mentioning you";
		case "fresh":
			return "checks the site and opens a case of its own";
		case "places":
		case "case-places":
			return "requests the page from other places";
		case "watch":
			return "checks the site until it recovers";
		case "unwatch":
			return "ends the watch";
		case "allow-origin":
			return "lets everyone here check this origin";
		case "watch-evidence":
			return "posts what failed";
		case "not-it":
			return "says that it is not this cause";
		case "status":
			return "tells where this case is";
		case "access":
		case "ask":
		case "leave":
			return null;
	}
}
