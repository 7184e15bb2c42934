import { apache } from "./apache.ts";
import { caddy } from "./caddy.ts";
import { cloudflared } from "./cloudflared.ts";
import { fail2ban } from "./fail2ban.ts";
import { gunicorn } from "./gunicorn.ts";
import { haproxy } from "./haproxy.ts";
import { iis } from "./iis.ts";
import { kernel } from "./kernel.ts";
import { kubernetes } from "./kubernetes.ts";
import { modsecurity } from "./modsecurity.ts";
import { nginx } from "./nginx.ts";
import { node } from "./node.ts";
import { php } from "./php.ts";
import { phpFpm } from "./php-fpm.ts";
import type { Signature } from "./signature.ts";
import { systemd } from "./systemd.ts";

/** Every log line that is known, a list for each program that writes it. Those that fit one line are told in this order. */
export const SIGNATURES: readonly Signature[] = [
	...nginx,
	...apache,
	...modsecurity,
	...phpFpm,
	...php,
	...gunicorn,
	...node,
	...haproxy,
	...caddy,
	...iis,
	...cloudflared,
	...kernel,
	...systemd,
	...kubernetes,
	...fail2ban,
];
