import { apache } from "./apache.ts";
import { awsLoadBalancer } from "./aws-load-balancer.ts";
import { azureGateway } from "./azure-gateway.ts";
import { caddy } from "./caddy.ts";
import { cloudflareSupport } from "./cloudflare-support.ts";
import { cloudflared } from "./cloudflared.ts";
import { crowdsec } from "./crowdsec.ts";
import { csf } from "./csf.ts";
import { database } from "./database.ts";
import { docker } from "./docker.ts";
import { envoy } from "./envoy.ts";
import { fail2ban } from "./fail2ban.ts";
import { firewall } from "./firewall.ts";
import { go } from "./go.ts";
import { googleLoadBalancer } from "./google-load-balancer.ts";
import { gunicorn } from "./gunicorn.ts";
import { haproxy } from "./haproxy.ts";
import { heroku } from "./heroku.ts";
import { iis } from "./iis.ts";
import { java } from "./java.ts";
import { kernel } from "./kernel.ts";
import { kubernetes } from "./kubernetes.ts";
import { modsecurity } from "./modsecurity.ts";
import { nginx } from "./nginx.ts";
import { node } from "./node.ts";
import { php } from "./php.ts";
import { phpFpm } from "./php-fpm.ts";
import { pm2 } from "./pm2.ts";
import { puma } from "./puma.ts";
import { ruby } from "./ruby.ts";
import type { Signature } from "./signature.ts";
import { supervisord } from "./supervisord.ts";
import { systemd } from "./systemd.ts";
import { tomcat } from "./tomcat.ts";
import { traefik } from "./traefik.ts";
import { uvicorn } from "./uvicorn.ts";
import { uwsgi } from "./uwsgi.ts";
import { varnish } from "./varnish.ts";

/** Every log line that is known, a list for each program that writes it. Those that fit one line are told in this order. */
export const SIGNATURES: readonly Signature[] = [
	...cloudflareSupport,
	...nginx,
	...apache,
	...modsecurity,
	...phpFpm,
	...php,
	...uvicorn,
	...gunicorn,
	...uwsgi,
	...puma,
	...ruby,
	...tomcat,
	...java,
	...go,
	...node,
	...pm2,
	...database,
	...haproxy,
	...traefik,
	...envoy,
	...caddy,
	...varnish,
	...iis,
	...awsLoadBalancer,
	...googleLoadBalancer,
	...azureGateway,
	...heroku,
	...cloudflared,
	...kernel,
	...firewall,
	...csf,
	...crowdsec,
	...fail2ban,
	...systemd,
	...supervisord,
	...docker,
	...kubernetes,
];
