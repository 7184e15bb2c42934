import type { ActionsBlock } from "@slack/types";
import { type Message, message, say } from "../../message/message.ts";
import { text } from "../../message/text.ts";
import { plainElement } from "./spans.ts";

/** The button that shows what was held back from its asker (see `HeldBack`). */
export const REST_ID = "cf520_rest";

/** @param key to ask for it with */
export const restBlock = (key: string): ActionsBlock => ({
	type: "actions",
	elements: [{ type: "button", action_id: REST_ID, text: plainElement("Show the rest", 75), value: key }],
});

/** It was shown already, or the process ended since. */
export const restGone: Message = message("neutral", say(text`I no longer have the rest. Ask again.`));
