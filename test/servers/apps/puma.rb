dir = ENV.fetch("DIR")
port = ->(name) { ENV.fetch("PORT_#{name}") }
rackup "#{dir}/config.ru"
workers 1
threads 4, 8
early_hints true
# Puma closes an idle connection after 20 seconds; half of it makes the tests shorter.
persistent_timeout 10
worker_check_interval 1 if respond_to?(:worker_check_interval)
bind "tcp://127.0.0.1:#{port.("http")}"
pair = "key=#{dir}/srv.key&cert=#{dir}/srv.crt"
bind "ssl://127.0.0.1:#{port.("https")}?#{pair}"
bind "ssl://127.0.0.1:#{port.("mtls13")}?#{pair}&ca=#{dir}/ca.crt&verify_mode=force_peer"
