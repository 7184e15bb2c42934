import { clock, code, type Text, text } from "../message/text.ts";
import type { Ray } from "../read/ray/decode.ts";
import { shortPlace } from "./words.ts";

/** One line about a Ray ID that was pasted with its site: when and where the request was received. */
export const rayLine = ({ id, receivedAtMs, colo }: Pick<Ray, "id" | "receivedAtMs" | "colo">, nowMs: number): Text =>
	text`Your Ray ID ${code(id)}: ${clock(receivedAtMs, nowMs)}${colo === null ? text`` : text`, ${shortPlace(colo)}`}`;
