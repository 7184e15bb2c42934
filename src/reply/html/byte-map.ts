import type { ByteMap } from "../../judge/byte-map.ts";
import { grouped } from "../words.ts";
import { type Html, html } from "./html.ts";

const WIDTH = 720;
const BAR_TOP = 26;
const BAR_HEIGHT = 34;

/** "Response of 1,204 bytes: headers end at byte 211, 993 of 5,000 promised bytes of content, fault at byte 1,204." */
function bytesInWords({ total, headersEnd, content, promised, faultAt }: ByteMap): string {
	const parts = [
		headersEnd === null ? "the headers are not complete" : `headers end at byte ${grouped(headersEnd)}`,
		...(headersEnd === null
			? []
			: [`${grouped(content)}${promised === null ? "" : ` of ${grouped(promised)} promised`} bytes of content`]),
		...(faultAt === null ? [] : [`the fault is at byte ${grouped(faultAt)}`]),
	];
	return total === 0
		? "The connection closed without a single byte."
		: `Response of ${grouped(total)} bytes: ${parts.join(", ")}.`;
}

/** Which bytes of the response are what, as a bar in SVG; the words beside it say the same. Pure. */
export function byteMapOf(map: ByteMap): Html {
	const { total, headersEnd, content, promised, faultAt } = map;
	const missing = headersEnd === null || promised === null ? 0 : Math.max(0, promised - content);
	const all = Math.max(1, total + missing);
	const x = (byte: number) => Math.round((Math.min(byte, all) / all) * WIDTH);
	const head = headersEnd ?? total;
	return html`<figure><div class="wide"><svg class="picture" role="img" aria-labelledby="bytes-title bytes-desc" viewBox="0 0 ${WIDTH} 84" width="${WIDTH}" height="84">
<title id="bytes-title">Bytes of the origin's response</title>
<desc id="bytes-desc">${bytesInWords(map)}</desc>
<rect class="grid-box" x="0" y="${BAR_TOP}" width="${WIDTH}" height="${BAR_HEIGHT}"/>
<rect class="headers" x="0" y="${BAR_TOP}" width="${x(head)}" height="${BAR_HEIGHT}"/>
<rect class="content" x="${x(head)}" y="${BAR_TOP}" width="${Math.max(0, x(total) - x(head))}" height="${BAR_HEIGHT}"/>
<text x="4" y="${BAR_TOP - 8}">headers</text><text x="${WIDTH - 4}" y="${BAR_TOP - 8}" text-anchor="end">${missing > 0 ? `${grouped(missing)} bytes missing` : "content"}</text>
${faultAt === null ? null : html`<path class="bad" d="M${x(faultAt)} ${BAR_TOP - 4}v${BAR_HEIGHT + 8}l-6 10h12l-6-10z"/><text x="${Math.min(WIDTH - 60, Math.max(60, x(faultAt)))}" y="${BAR_TOP + BAR_HEIGHT + 22}" text-anchor="middle">fault</text>`}
</svg></div>
<figcaption>${bytesInWords(map)}</figcaption></figure>
`;
}
