import type { Signature } from "./signature.ts";

/** Lines of the load balancers of AWS. */
export const awsLoadBalancer: readonly Signature[] = [
	{
		id: "alb-502",
		server: "aws application load balancer access",
		looks: / app\/\S{1,120} \S{1,60} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -1 502 - /,
		speaksFor: "502",
		originLog: null,
		meaning: "The target closed or reset the connection before a response, or sent an unreadable one",
		fix: "Find its crash; its keep-alive timeout must exceed the load balancer's",
		source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
		example:
			'https 2026-11-24T09:14:07.123456Z app/shop/50dc6c 192.0.2.10:33210 10.0.0.66:80 0.001 -1 -1 502 - 0 257 "GET https://shop.example:443/cart HTTP/2.0" "Mozilla/5.0" ECDHE TLSv1.2',
	},
	{
		id: "alb-504",
		server: "aws application load balancer access",
		looks: / app\/\S{1,120} \S{1,60} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -1 504 - /,
		speaksFor: "504",
		originLog: null,
		meaning: "The target did not accept a connection within 10 s, or sent no response within the idle timeout",
		fix: "Find what is slow; compare the idle timeout",
		source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
		example:
			'https 2026-11-24T09:14:07.123456Z app/shop/50dc6c 192.0.2.10:33210 10.0.0.66:80 -1 -1 -1 504 - 0 257 "GET https://shop.example:443/cart HTTP/2.0" "Mozilla/5.0" ECDHE TLSv1.2',
	},
	{
		id: "alb-503",
		server: "aws application load balancer access",
		looks: / app\/\S{1,120} \S{1,60} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -1 503 - /,
		speaksFor: "503",
		originLog: null,
		meaning: "The target group has no registered target",
		fix: "Register one; read the health checks",
		source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
		example:
			'https 2026-11-24T09:14:07.123456Z app/shop/50dc6c 192.0.2.10:33210 10.0.0.66:80 -1 -1 -1 503 - 0 257 "GET https://shop.example:443/cart HTTP/2.0" "Mozilla/5.0" ECDHE TLSv1.2',
	},
	{
		id: "alb-460",
		server: "aws application load balancer access",
		looks: / app\/\S{1,120} \S{1,60} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -?[\d.]{1,12} 460 /,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection before the idle timeout",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
		example:
			'https 2026-11-24T09:14:07.123456Z app/shop/50dc6c 192.0.2.10:33210 10.0.0.66:80 0.001 125.002 -1 460 - 0 257 "GET https://shop.example:443/cart HTTP/2.0" "Mozilla/5.0" ECDHE TLSv1.2',
	},
	{
		id: "elb-502",
		server: "aws classic load balancer access",
		looks: /Z [\w-]{1,64} \S{1,60} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -1 50[234] 0 /,
		speaksFor: "502",
		originLog: null,
		meaning: "The instance closed the connection, was too slow, or is not registered",
		fix: "Find its crash; its keep-alive timeout must exceed the load balancer's",
		source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
		example:
			'2026-11-24T09:14:07.123456Z shop-lb 192.0.2.10:33210 10.0.0.66:80 0.000073 -1 -1 502 0 0 57 "GET http://shop.example:80/cart HTTP/1.1" "Mozilla/5.0" - -',
	},
];
